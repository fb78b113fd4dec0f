"""Webhooks to the desk: a trigger's, and those of event types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from config.zendesk_specs import WebhookSpec
from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import AccountPart, Payload, Sources


def _parts(sources: Sources) -> Iterator[AccountPart]:
    for spec in sources.spec.webhooks:
        yield AccountPart("webhook", spec.key, spec.name, _payload(spec, sources.desired.public_url))


def _payload(spec: WebhookSpec, public_url: str) -> Payload:
    return {
        "name": spec.name,
        "status": "active",
        "endpoint": public_url.rstrip("/") + spec.path,
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": list(spec.subscriptions),
    }


def _subscriptions(details: Details) -> Properties:
    subscriptions = sorted(str(one) for one in details.get("subscriptions") or ())
    serves = "triggers" if "conditional_ticket_events" in subscriptions else "event types"
    return {"serves": serves, "subscriptions": subscriptions}


WEBHOOK: Final = AccountKind(
    Resource("webhook", "webhooks", "webhook", "name", change="PATCH"),
    "webhook",
    _parts,
    compared=("name", "status", "endpoint", "http_method", "request_format"),
    more=_subscriptions,
    fixed=("serves",),
    off={"status": "inactive"},
    signs=True,
)
