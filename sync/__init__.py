"""Handle, deliver, clock, reconcile, and the loops that run them."""
