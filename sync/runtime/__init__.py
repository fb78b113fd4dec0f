"""The threads that run the desk, and the same desk step by step."""
