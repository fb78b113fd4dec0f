"""What keeps the database small and nothing parked."""
