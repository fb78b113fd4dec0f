"""What is known: the rules as values, and what our tickets can be like."""
