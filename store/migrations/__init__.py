"""Alembic's migrations, which ship with the package."""
