"""Reads what a view of a case is made of: one question, and what this process knows anyhow."""
