"""What the database holds of the account: ids, signing secrets, tokens."""
