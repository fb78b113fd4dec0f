"""The doors: verify, record, commit, announce, 202."""

from webhooks.app import create_app
from webhooks.doors import Doors, Keeper
from webhooks.signatures import intake_key, intake_mac, zendesk_mac

__all__ = ["Doors", "Keeper", "create_app", "intake_key", "intake_mac", "zendesk_mac"]
