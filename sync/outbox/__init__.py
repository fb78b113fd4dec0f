"""Outbox row → connector → result. Nothing here decides."""
