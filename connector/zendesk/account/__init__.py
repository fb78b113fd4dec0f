"""The account's ids, rules, secrets and settings."""
