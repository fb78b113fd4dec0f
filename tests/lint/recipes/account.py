"""The account that the recipes are judged in, as Zendesk lists it: our form beside two others."""

from __future__ import annotations

from typing import Any

from parley.zendesk.lint import OurTickets, read_rule
from parley.zendesk.lint.described import Described, describe_tickets

FORM, SUPPORT_FORM, BILLING_FORM = "10", "11", "12"
PARLEY, ADA, BOT = "900", "901", "902"
ESCALATIONS, SUPPORT, BILLING, NIGHT = "500", "501", "502", "503"
PARTY, REASON, NUMBER, TIER, DUE = "1", "2", "3", "4", "5"
RESPONDED, VIOLATION, JUSTIFICATION, APPROVAL, PM_MAIL, AM_MAIL = "6", "7", "8", "9", "20", "21"
PRODUCT, REFUND_DATE, ORDER, ROOT_CAUSE, CONTACTED = "60", "61", "62", "63", "64"
KEY = "22"
OUR_HOOK, SLACK, JIRA = "01PARLEY", "01SLACK", "01JIRA"
PARTIES = ("escalation_party_worker", "escalation_party_client")
REASONS = ("escalation_reason_payment_past_due", "escalation_reason_approval_overdue")
TIERS = ("escalation_tier_1", "escalation_tier_2", "escalation_tier_3")
STATED = ("escalation_justification_stated", "escalation_justification_not_stated")
TAKEN_OFF = frozenset({"escalation_post_to_assignment", "escalation_pause"})


def _field(number: str, title: str, kind: str, *options: str, **more: Any) -> dict[str, Any]:
    row = {"id": int(number), "title": title, "type": kind, "active": True, "removable": True, **more}
    return row | ({"custom_field_options": [{"name": one, "value": one} for one in options]} if options else {})


FIELDS = [
    *(
        _field(str(number), title, kind, removable=False)
        for number, title, kind in (
            (101, "Subject", "subject"),
            (102, "Description", "description"),
            (103, "Status", "status"),
            (104, "Type", "tickettype"),
            (105, "Priority", "priority"),
            (106, "Group", "group"),
            (107, "Assignee", "assignee"),
        )
    ),
    _field(NUMBER, "WorkMarket assignment ID", "regexp"),
    _field(PARTY, "I am the", "tagger", *PARTIES),
    _field(REASON, "What is the escalation about?", "tagger", *REASONS),
    _field(TIER, "Escalation tier", "tagger", *TIERS),
    _field(DUE, "Next update due", "text"),
    _field(KEY, "Case key", "text"),
    _field(RESPONDED, "Other side responded", "checkbox"),
    _field(VIOLATION, "Violation reported", "checkbox"),
    _field(JUSTIFICATION, "Justification already stated", "tagger", *STATED),
    _field(APPROVAL, "Client's average approval time", "text"),
    _field(PM_MAIL, "Project manager's e-mail", "text"),
    _field(AM_MAIL, "Account manager's e-mail", "text"),
    _field(PRODUCT, "Product", "tagger", "product_router", "product_switch"),
    _field(REFUND_DATE, "Refund due on", "date"),
    _field(ORDER, "Order number", "text"),
    _field(ROOT_CAUSE, "Root cause", "tagger", "cause_user", "cause_bug"),
    _field(CONTACTED, "Customer contacted", "checkbox"),
]
FILLED_BY_US = (TIER, DUE, KEY)
OUR_FIELDS = (NUMBER, PARTY, REASON, *FILLED_BY_US, RESPONDED, VIOLATION, JUSTIFICATION, APPROVAL, PM_MAIL, AM_MAIL)
SHOWN = [101, 102, 103, 106, 107, *(int(one) for one in OUR_FIELDS)]
STATUSES: list[dict[str, Any]] = [
    {"id": number, "status_category": category, "agent_label": label, "default": number < 30, "active": True}
    for number, category, label in (
        (21, "new", "New"),
        (22, "open", "Open"),
        (23, "pending", "Pending"),
        (24, "hold", "On-hold"),
        (25, "solved", "Solved"),
        (31, "open", "Needs review"),
        (32, "pending", "Waiting on requester"),
        (33, "hold", "Tier 1: assignment message"),
        (34, "hold", "Tier 2: direct contact"),
        (35, "pending", "Confirming outcome"),
        (36, "solved", "Resolved"),
        (37, "solved", "Not eligible"),
        (91, "hold", "Waiting for a spare part"),
        (92, "solved", "Abandoned"),
    )
]
OUR_STATUSES = frozenset({"31", "32", "33", "34", "35", "36", "37"})
OWN: dict[str, Any] = {
    "id": 1,
    "title": "Escalation: a ticket changed",
    "category_id": "77",
    "conditions": {
        "all": [
            {"field": "ticket_form_id", "operator": "is", "value": FORM},
            {"field": "update_type", "operator": "is", "value": "Change"},
        ],
        "any": [],
    },
    "actions": [
        {
            "field": "notification_webhook",
            "value": [OUR_HOOK, '{"event":"ticket.changed","ticket_id":"{{ticket.id}}"}'],
        }
    ],
}
ACCOUNT = Described(
    form={"id": int(FORM), "name": "Escalate an assignment", "ticket_field_ids": SHOWN, "in_all_brands": True},
    fields=FIELDS,
    statuses=STATUSES,
    form_statuses=OUR_STATUSES,
    our_statuses=OUR_STATUSES,
    fillers={
        **dict.fromkeys((NUMBER, PARTY, REASON), "requester"),
        **dict.fromkeys(FILLED_BY_US, "desk"),
        **dict.fromkeys((RESPONDED, VIOLATION, JUSTIFICATION, APPROVAL, PM_MAIL, AM_MAIL), "agents"),
    },
    taken_off=TAKEN_OFF,
    macro_tags=frozenset({"call_back", "goodwill"}),
    user=PARLEY,
    groups=frozenset({ESCALATIONS}),
    passing=frozenset({SUPPORT}),
    webhooks=frozenset({OUR_HOOK}),
    own=(read_rule("trigger", OWN),),
    posting_tags=frozenset({"escalation_post_to_assignment"}),
    secret_fields=frozenset({KEY}),
)
OUR_TICKETS: OurTickets = describe_tickets(ACCOUNT)
