"""Rules that write into our fields and tags."""

from __future__ import annotations

from tests.lint.recipes import account as a
from tests.lint.recipes.recipe import Recipes, rule

FIELDS = Recipes(301)
trigger, automation = FIELDS.trigger, FIELDS.automation


def set_to(field: str, value: object) -> tuple[str, object]:
    return f"custom_fields_{field}", value


trigger(
    "Replies are answers",
    f"ticket_form_id is {a.FORM}; update_type is Change; role is end_user",
    set_to(a.RESPONDED, "true"),
    harms="speaks for agents@requester's update",
    why="The box says that the other side has answered; the requester has.",
)
trigger(
    "Rude words are violations",
    "comment_includes_word includes fraud scam",
    set_to(a.VIOLATION, "true"),
    harms="speaks for agents@new request",
    why="A violation ends the case for good, and an agent is to say so.",
)
automation(
    "Not answered in three days: not stated",
    f"ticket_form_id is {a.FORM}; status is open; OPEN is 72",
    set_to(a.JUSTIFICATION, "escalation_justification_not_stated"),
    harms="speaks for agents@hour",
    why="It answers what an agent was asked.",
)
automation(
    "Straight to tier 3",
    f"ticket_form_id is {a.FORM}; status is hold; HOLD is 336",
    set_to(a.TIER, "escalation_tier_3"),
    harms="speaks for agents@hour",
    why="It moves the case as an agent would, from any tier and before its date.",
)
trigger(
    "Project manager of Acme",
    f"ticket_form_id is {a.FORM}; organization_id is 8001",
    set_to(a.PM_MAIL, "pam@acme.example"),
    harms="speaks for agents@agent's update",
    why="It takes away again what an agent has corrected.",
)
trigger(
    "Project manager of Acme, where nobody is named",
    f"ticket_form_id is {a.FORM}; organization_id is 8001; custom_fields_{a.PM_MAIL} not_present",
    set_to(a.PM_MAIL, "pam@acme.example"),
    why="It fills in what is empty, for our form on purpose.",
)
trigger(
    "Untick on every update",
    "update_type is Change",
    set_to(a.RESPONDED, "false"),
    harms="speaks for agents@our update",
    why="It unticks what an agent has ticked.",
)
trigger(
    "Answered tag ticks the box",
    f"ticket_form_id is {a.FORM}; current_tags includes call_back",
    set_to(a.RESPONDED, "true"),
    harms="speaks for agents@agent's update",
    why="A tag with another meaning ticks the box.",
)
trigger(
    "Billing: the average approval time",
    f"ticket_form_id is {a.BILLING_FORM}",
    set_to(a.APPROVAL, "24"),
    why="Another form.",
)
trigger(
    "Everybody is a worker",
    f"ticket_form_id is {a.FORM}; update_type is Create",
    set_to(a.PARTY, "escalation_party_worker"),
    harms="strips tags@new request",
    why="It replaces the requester's own answer.",
)
trigger(
    "Who says nothing is a worker",
    f"ticket_form_id is {a.FORM}; update_type is Create; custom_fields_{a.PARTY} not_present",
    set_to(a.PARTY, "escalation_party_worker"),
    why="It fills in what is empty.",
)
trigger(
    "Tier 1 for ever",
    f"ticket_form_id is {a.FORM}; update_type is Change",
    set_to(a.TIER, "escalation_tier_1"),
    harms="strips tags@our update",
    why="It replaces what our own update sets.",
)
trigger(
    "Root cause is unknown",
    f"status value solved; custom_fields_{a.ROOT_CAUSE} not_present",
    set_to(a.ROOT_CAUSE, "cause_user"),
    why="Not a field of ours.",
)
trigger(
    "Clean slate",
    "update_type is Create",
    ("set_tags", "untriaged"),
    harms="strips tags@new request",
    why="The form's answers are tags.",
)
trigger(
    "Clean slate for billing",
    f"update_type is Create; ticket_form_id is {a.BILLING_FORM}",
    ("set_tags", "untriaged"),
    why="Another form.",
)
trigger(
    "Take working tags off",
    "status value solved",
    ("remove_tags", "bump1 bump2 escalation_pause"),
    harms="strips tags@our update",
    why="One of them pauses the case.",
)
trigger(
    "Reset bumps on reply",
    "update_type is Change; role is end_user; current_tags includes bump1",
    ("remove_tags", "bump1 bump2"),
    why="None is ours.",
)
trigger(
    "Pause by night",
    f"ticket_form_id is {a.FORM}; in_business_hours is false",
    ("current_tags", "escalation_pause"),
    harms="loop@our update",
    why="We take the tag off in an update, on which it is added again.",
)
trigger(
    "Say client by tag",
    "update_type is Create; organization_id is 8001",
    ("current_tags", "escalation_party_client"),
    harms="strips tags@new request",
    why="The tag is the option of the requester's answer.",
)
trigger(
    "VIP tag",
    "update_type is Create; organization_id is 8001",
    ("current_tags", "vip"),
    why="A tag more.",
)
automation(
    "Clear the tier of old tickets",
    "status less_than solved; NEW greater_than 2000",
    set_to(a.TIER, ""),
    harms="speaks for agents@hour",
    why="The tier is the desk's and the agents' word.",
)
automation(
    "Root cause after solving",
    "status is solved; SOLVED is 24",
    set_to(a.ROOT_CAUSE, "cause_user"),
    why="Not a field of ours.",
)
trigger(
    "Order number makes it urgent",
    f"custom_fields_{a.ORDER} present",
    set_to(a.VIOLATION, "true"),
    why="Our form has no order number.",
)
trigger(
    "Solved problems report a violation",
    "type is problem; status is solved",
    set_to(a.VIOLATION, "true"),
    why="Our form has no type.",
)
trigger(
    "Set priority where there is none",
    "update_type is Create; priority is",
    ("priority", "normal"),
    why="A priority hurts nobody.",
)
trigger(
    "Set type where there is none",
    "update_type is Create; type is",
    ("type", "incident"),
    why="A type hurts nobody.",
)
trigger(
    "Product tag sets a party",
    "current_tags includes product_router; update_type is Change",
    set_to(a.PARTY, "escalation_party_client"),
    why="The tag is an option of a field that our form lacks.",
)
trigger(
    "High priority pauses",
    "update_type is Change; priority is high",
    ("current_tags", "escalation_pause"),
    why="Only normal is ever set on our tickets.",
    beside=(rule("Normal", "update_type is Create; priority is", ("priority", "normal")),),
)
