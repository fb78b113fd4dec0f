"""The page of one case: what it shows, its line of time, and what an operator can do there."""
