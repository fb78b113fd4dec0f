"""Inbox, cases, timers, outbox, journal and account, in one unit of work."""
