"""Sessions, locks and the schema's version, on SQLite and PostgreSQL."""
