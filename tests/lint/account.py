"""An account in which our form lives among others: what the rules of the corpus are judged in."""

from __future__ import annotations

from typing import Any

from parley.zendesk.lint import BusinessRule, Field, OurTickets, Status, read_rule
from parley.zendesk.lint.facts.our_tickets import CLOSED

FORM, BILLING_FORM = "10", "11"
PARLEY = "900"
OUR_GROUP, BILLING, IT = "500", "501", "502"
OUR_BRAND, OTHER_BRAND = "700", "701"
PARTY, REASON, TIER, NUMBER, RESPONDED, PM_MAIL, DUE = "1", "2", "3", "4", "5", "6", "7"
PRODUCT, REFUND, SPAM_BOX, COST_CENTRE = "60", "61", "62", "63"
OUR_WEBHOOK, SLACK = "01PARLEY", "01SLACK"

STATUSES = (
    Status("21", "new", "New"),
    Status("22", "open", "Open"),
    Status("23", "pending", "Pending"),
    Status("24", "hold", "On-hold"),
    Status("25", "solved", "Solved"),
    Status("31", "open", "Needs review", ours=True),
    Status("32", "pending", "Waiting on requester", ours=True),
    Status("33", "hold", "Tier 1: assignment message", ours=True),
    Status("34", "hold", "Tier 2: direct contact", ours=True),
    Status("35", "pending", "Confirming outcome", ours=True),
    Status("36", "solved", "Resolved", ours=True),
    Status("37", "solved", "Not eligible", ours=True),
    CLOSED,
)
PARTIES = frozenset({"escalation_party_worker", "escalation_party_client"})
REASONS = frozenset({"escalation_reason_payment_past_due", "escalation_reason_approval_overdue"})
TIERS = frozenset({"escalation_tier_1", "escalation_tier_2", "escalation_tier_3"})
ASKED = frozenset({"escalation_post_to_assignment", "escalation_pause"})
FIELDS = {
    PARTY: Field(PARTY, "I am the", "tagger", "requester", PARTIES),
    REASON: Field(REASON, "What is the escalation about?", "tagger", "requester", REASONS),
    NUMBER: Field(NUMBER, "WorkMarket assignment ID", "regexp", "requester"),
    TIER: Field(TIER, "Escalation tier", "tagger", "desk", TIERS),
    DUE: Field(DUE, "Next update due", "text", "desk"),
    RESPONDED: Field(RESPONDED, "Other side responded", "checkbox", "agents"),
    PM_MAIL: Field(PM_MAIL, "Project manager's e-mail", "text", "agents"),
}


def own(title: str, kind: str, event: str) -> dict[str, Any]:
    return {
        "id": 1,
        "title": title,
        "category_id": "77",
        "conditions": {
            "all": [
                {"field": "ticket_form_id", "operator": "is", "value": FORM},
                {"field": "update_type", "operator": "is", "value": kind},
            ],
            "any": [],
        },
        "actions": [
            {
                "field": "notification_webhook",
                "value": [OUR_WEBHOOK, f'{{"event":"{event}","ticket_id":"{{{{ticket.id}}}}"}}'],
            }
        ],
    }


OWN = own("Escalation: a ticket changed", "Change", "ticket.changed")
OUR_TICKETS = OurTickets(
    form=FORM,
    form_name="Escalate an assignment",
    user=PARLEY,
    statuses=STATUSES,
    fields=FIELDS,
    tags=PARTIES | REASONS | TIERS | ASKED,
    taken_off=ASKED,
    posting_tags=frozenset({"escalation_post_to_assignment"}),
    groups=frozenset({OUR_GROUP}),
    brands=frozenset({OUR_BRAND}),
    blank_fields=frozenset({PRODUCT, REFUND, SPAM_BOX, COST_CENTRE}),
    machine_tags=frozenset({"product_router", "product_switch"}),
    hand_tags=frozenset({"solve_soon"}),
    other_statuses={"92": "solved"},
    webhooks=frozenset({OUR_WEBHOOK}),
    own=(read_rule("trigger", OWN),),
)
NAMES = {
    "ticket_form_id": {FORM: "Escalate an assignment", BILLING_FORM: "Billing"},
    "group_id": {OUR_GROUP: "Escalations", BILLING: "Billing", IT: "IT"},
    "custom_status_id": {status.id: status.label for status in STATUSES},
    "users": {PARLEY: "Parley"},
}

MAILER: BusinessRule = read_rule(
    "trigger",
    {
        "id": 2,
        "title": "Notify requester and CCs of comment update",
        "default": True,
        "position": 1,
        "conditions": {
            "all": [
                {"field": "update_type", "operator": "is", "value": "Change"},
                {"field": "comment_is_public", "operator": "is", "value": "requester_can_see_comment"},
            ]
        },
        "actions": [{"field": "notification_user", "value": ["requester_and_ccs", "Re: …", "…"]}],
    },
)
