"""The tables, and their rows as plain values."""
