"""The verbs of each table."""
