"""What both stand-ins need: HTTP, a clock to move, faults, and what goes out."""
