"""The page of dead letters: what an address asks for, what is said of each, and the order that settles them."""
