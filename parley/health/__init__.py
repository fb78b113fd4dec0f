"""How the desk is, for readiness, metrics and doctor."""
