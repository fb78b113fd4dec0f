"""What a rule that fires could do to our tickets, and the smallest change that avoids it."""
