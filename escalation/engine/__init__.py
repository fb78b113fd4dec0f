"""One turn of a case: its transitions, its timers, its budget, and what the turn has brought about."""
