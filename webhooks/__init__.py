"""The doors: verify, record, commit, announce, 202."""

from webhooks.asgi import create_app
from webhooks.deps import EventRecorder, SidebarDeps, WebhookDeps
from webhooks.signatures import intake_key, intake_mac, zendesk_mac

__all__ = ["EventRecorder", "SidebarDeps", "WebhookDeps", "create_app", "intake_key", "intake_mac", "zendesk_mac"]
