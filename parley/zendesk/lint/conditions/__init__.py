"""On which of our tickets a rule could fire, and when."""
