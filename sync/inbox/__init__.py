"""Inbox row → decide → save. Nothing here calls out."""
