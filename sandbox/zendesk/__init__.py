"""A stand-in Zendesk: one account, its API over HTTP, its triggers and webhooks, and the people who use it."""

from sandbox.zendesk.service import StandInZendesk

__all__ = ["StandInZendesk"]
