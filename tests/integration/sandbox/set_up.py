"""Sets an account up over HTTP, in the little that the sandbox's own tests need."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SetUp:
    form: int
    fields: dict[str, int]
    statuses: dict[str, int]


def option(tag: str) -> dict[str, str]:
    return {"name": tag.replace("_", " "), "value": tag}


FIELDS: dict[str, dict[str, Any]] = {
    "WorkMarket assignment ID": {"type": "regexp", "regexp_for_validation": r"\A\d+\z", "required_in_portal": True},
    "I am the": {
        "type": "tagger",
        "custom_field_options": [option("escalation_party_worker"), option("escalation_party_client")],
    },
    "What is the escalation about?": {
        "type": "tagger",
        "custom_field_options": [
            option("escalation_reason_approval_overdue"),
            option("escalation_reason_payment_past_due"),
        ],
    },
    "How did you try to reach them?": {
        "type": "multiselect",
        "custom_field_options": [option(f"escalation_attempt_{way}") for way in ("message", "email", "phone")],
    },
    "Outcome you hope for": {"type": "textarea"},
    "Escalation tier": {
        "type": "tagger",
        "custom_field_options": [option(f"escalation_tier_{tier}") for tier in (1, 2, 3)],
    },
    "Other side responded": {"type": "checkbox"},
}
AGENTS_ONLY = ("Escalation tier", "Other side responded")
STATUSES = {
    "Needs review": "open",
    "Tier 1: assignment message": "hold",
    "Waiting on requester": "pending",
    "Resolved": "solved",
}


def set_up(zd: Any) -> SetUp:
    fields = {}
    for title, given in FIELDS.items():
        portal = title not in AGENTS_ONLY
        wanted = {"title": title, "visible_in_portal": portal, "editable_in_portal": portal, **given}
        fields[title] = zd.post("ticket_fields.json", {"ticket_field": wanted})["ticket_field"]["id"]
    form = {
        "name": "Escalate an assignment",
        "end_user_visible": True,
        "ticket_field_ids": list(fields.values()),
    }
    form_id = zd.post("ticket_forms.json", {"ticket_form": form})["ticket_form"]["id"]
    statuses = {}
    for label, category in STATUSES.items():
        wanted = {"status_category": category, "agent_label": label, "end_user_label": label}
        made = zd.post("custom_statuses.json", {"custom_status": wanted})
        statuses[label] = made["custom_status"]["id"]
    return SetUp(form_id, fields, statuses)
