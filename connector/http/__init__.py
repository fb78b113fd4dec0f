"""The one way out over HTTP, within a time and a size."""
