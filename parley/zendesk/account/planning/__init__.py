"""The three-way comparison, what it finds, and how people read it. Nothing is asked or sent here."""
