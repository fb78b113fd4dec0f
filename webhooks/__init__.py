"""The doors: verify, record, commit, announce, 202."""
