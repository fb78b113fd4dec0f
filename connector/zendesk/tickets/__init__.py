"""Tickets: read, written once, and read back."""
