"""What webhooks missed, found by asking."""
