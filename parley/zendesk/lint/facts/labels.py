"""Conditions and actions in the words of the Admin Center."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from parley.zendesk.lint.facts.business_rules import HOURS, PREFIX, Condition, RuleAction

NamesById = Mapping[str, Mapping[str, str]]
"""What ids are called, by the name of the condition that they stand in: `{"group_id": {"7": "Support"}}`.

Under `custom_fields` stand the titles of the custom fields, under `users` the names of people.
"""

SUBJECTS: Final = {
    "status": "Status category",
    "custom_status_id": "Ticket status",
    "ticket_form_id": "Form",
    "update_type": "Ticket",
    "current_tags": "Tags",
    "comment_is_public": "Comment",
    "comment_includes_word": "Comment text",
    "subject_includes_word": "Subject text",
    "ticket_is_public": "Privacy",
    "role": "Current user",
    "requester_id": "Requester",
    "requester_role": "Requester role",
    "assignee_id": "Assignee",
    "group_id": "Group",
    "brand_id": "Brand",
    "organization_id": "Organization",
    "via_id": "Channel",
    "current_via_id": "Update via",
    "priority": "Priority",
    "type": "Type",
    "locale_id": "Requester's language",
    "schedule_id": "Schedule",
    "set_schedule": "Set schedule",
    "within_schedule": "Within (schedule)",
    "in_business_hours": "Within business hours",
    "on_holiday": "During holiday",
    "recipient": "Received at",
    "satisfaction_score": "Satisfaction",
    "attachment": "Attachment",
    "cc": "CC",
    "reopens": "Reopens",
    "replies": "Agent replies",
    "agent_stations": "Assignee stations",
    "group_stations": "Group stations",
    "NEW": "Hours since created",
    "OPEN": "Hours since open",
    "PENDING": "Hours since pending",
    "HOLD": "Hours since on-hold",
    "SOLVED": "Hours since solved",
    "CLOSED": "Hours since closed",
    "assigned_at": "Hours since assigned",
    "updated_at": "Hours since update",
    "requester_updated_at": "Hours since requester update",
    "assignee_updated_at": "Hours since assignee update",
    "until_sla_next_breach_at": "Hours until next SLA breach",
    "sla_next_breach_at": "Hours since last SLA breach",
    "due_date": "Hours since due date",
    "until_due_date": "Hours until due date",
}
"""What the Admin Center calls the subjects of conditions.

https://support.zendesk.com/hc/en-us/articles/4408893545882
"""

ACTIONS: Final = {
    "current_tags": "Add tags",
    "set_tags": "Set tags",
    "remove_tags": "Remove tags",
    "notification_user": "User email",
    "notification_group": "Group email",
    "notification_sms_user": "Text user",
    "notification_sms_group": "Text group",
    "notification_webhook": "Active webhook",
    "notification_target": "Target",
    "notification_zis": "Integration",
    "deflection": "Autoreply with articles",
    "reply_public": "Public reply",
    "reply_internal": "Internal note",
    "comment_mode_is_public": "Comment mode",
    "side_conversation": "Side conversation by email",
    "side_conversation_ticket": "Side conversation by ticket",
    "side_conversation_slack": "Side conversation in Slack",
    "follower": "Add follower",
    "cc": "Add CC",
    "delete_ticket": "Delete ticket",
    "suspend_requester": "Suspend requester",
    "share_ticket": "Share ticket with",
}
OPERATORS: Final = {
    "is": "is",
    "is_not": "is not",
    "less_than": "less than",
    "greater_than": "greater than",
    "less_than_equal": "less than or equal to",
    "greater_than_equal": "greater than or equal to",
    "includes": "contains at least one of the following",
    "not_includes": "contains none of the following",
    "includes_words": "contains at least one of the following words",
    "not_includes_words": "contains none of the following words",
    "includes_string": "contains the following string",
    "not_includes_string": "does not contain the following string",
    "changed": "changed",
    "not_changed": "not changed",
    "value": "changed to",
    "changed_to": "changed to",
    "value_previous": "changed from",
    "changed_from": "changed from",
    "not_value": "not changed to",
    "not_value_previous": "not changed from",
    "present": "present",
    "not_present": "not present",
    "within_previous_n_days": "within the previous (days)",
    "within_next_n_days": "within the next (days)",
    "is_business_hours": "(business) is",
    "less_than_business_hours": "(business) less than",
    "greater_than_business_hours": "(business) greater than",
}
BY_WORDS: Final = {
    "includes": "contains at least one of the following words",
    "not_includes": "contains none of the following words",
    "is": "contains the following string",
    "is_not": "does not contain the following string",
}
"""Operators of conditions about a text, which the Admin Center names otherwise."""

WITHOUT_VALUE: Final = ("changed", "not_changed", "present", "not_present")

CHANNELS: Final = {
    "0": "Web form",
    "4": "Email",
    "5": "Web service (API)",
    "8": "Automation",
    "17": "Feedback tab",
    "19": "Merged ticket",
    "20": "Recovered from suspended tickets",
    "21": "Automatic solution",
    "24": "Forum topic",
    "26": "X direct message",
    "27": "Closed ticket",
    "29": "Chat",
    "30": "X (formerly Twitter)",
    "33": "Voicemail",
    "34": "Phone call (incoming)",
    "35": "Phone call (outgoing)",
    "38": "Facebook post",
    "41": "Facebook private message",
    "48": "Web Widget",
    "49": "Mobile SDK",
    "51": "Help Center post",
    "55": "Channel integration",
    "57": "Text message",
    "72": "LINE",
    "73": "WhatsApp",
}
"""https://developer.zendesk.com/documentation/ticketing/reference-guides/via-types/"""

YES_NO: Final = {"true": "yes", "false": "no"}
VALUES: Final[NamesById] = {
    "update_type": {"Create": "Created", "Change": "Updated"},
    "comment_is_public": {
        "true": "Public",
        "false": "Private",
        "not_relevant": "Present (public or private)",
        "requester_can_see_comment": "Present, and requester can see the comment",
    },
    "ticket_is_public": {"public": "Ticket has public comments", "private": "Ticket has no public comments"},
    "role": {"agent": "(agent)", "end_user": "(end user)", "admin": "(admin)"},
    "via_id": CHANNELS,
    "current_via_id": CHANNELS,
    "comment_mode_is_public": {"true": "Public", "false": "Internal note"},
    "satisfaction_score": {
        "unoffered": "Unoffered",
        "offered": "Offered",
        "bad": "Bad",
        "badwithcomment": "Bad with comment",
        "good": "Good",
        "goodwithcomment": "Good with comment",
    },
    **dict.fromkeys(("in_business_hours", "on_holiday", "suspend_requester", "attachment", "cc"), YES_NO),
}
PEOPLE: Final = {
    "current_user": "(current user)",
    "requester": "(requester)",
    "requester_id": "(requester)",
    "requester_and_ccs": "(requester and CCs)",
    "assignee_id": "(assignee)",
    "all_agents": "(all non-restricted agents)",
    "group_id": "(assigned group)",
    "current_groups": "(current user's groups)",
    "": "–",
}
STATUSES: Final = {"hold": "On-hold"}
CAPITALS: Final = ("status", "priority", "type")
"""Subjects whose values are words of Zendesk's own."""

USERS: Final = ("assignee_id", "requester_id", "role", "follower", "cc", "notification_user")
"""Subjects and actions whose values may be people."""

NAMED: Final = {
    **dict.fromkeys(USERS, "a person"),
    "ticket_form_id": "a form",
    "custom_status_id": "a status",
    "group_id": "a group",
    "notification_group": "a group",
    "brand_id": "a brand",
    "organization_id": "an organization",
    "locale_id": "a language",
    "schedule_id": "a schedule",
    "set_schedule": "a schedule",
    "within_schedule": "a schedule",
    "notification_webhook": "a webhook",
    "notification_target": "a target",
}
"""What an id stands for where its name is not known."""


def condition_words(condition: Condition, names: NamesById) -> str:
    """A condition as the Admin Center shows it: `Status category less than Solved`."""
    parts = [_subject(condition.field, names), _operator(condition)]
    if condition.operator not in WITHOUT_VALUE:
        parts.append(_values(condition.field, condition.values, names))
    return " ".join(part for part in parts if part)


def conditions_words(every: Iterable[Condition], some: Iterable[Condition], names: NamesById) -> str:
    """The conditions of a rule in one line, all of them."""
    told = [condition_words(one, names) for one in every]
    either = [condition_words(one, names) for one in some]
    if either:
        told.append("any of: " + "; ".join(either))
    return ", and ".join(told) or "none: it fires on every ticket"


def action_words(action: RuleAction, names: NamesById) -> str:
    """An action as people read it; of a notification the recipient only, of a reply nothing more."""
    values = action.values
    if action.field.startswith("notification_") or action.field == "deflection":
        values = action.values[:1]
    elif action.field.startswith(("side_conversation", "reply_")):
        values = ()
    subject = ACTIONS.get(action.field) or _subject(action.field, names, what="action")
    return f"{subject}: {_values(action.field, values, names)}" if values else subject


def _operator(condition: Condition) -> str:
    if condition.field.endswith("_includes_word"):
        return BY_WORDS.get(condition.operator, "")
    told = OPERATORS.get(condition.operator, "is in some relation to")
    timed = condition.field in HOURS and not condition.operator.endswith("_business_hours")
    return f"(calendar) {told}" if timed else told


def _subject(name: str, names: NamesById, what: str = "condition") -> str:
    if name.startswith(PREFIX):
        title = names.get("custom_fields", {}).get(name.removeprefix(PREFIX))
        return f"“{title}”" if title else "A field that can't be read"
    return SUBJECTS.get(name) or names.get("subjects", {}).get(name) or f"A {what} that Parley doesn't know"


def _values(name: str, values: tuple[str, ...], names: NamesById) -> str:
    return ", ".join(_value(name, value, names) for value in values)


def _value(name: str, value: str, names: NamesById) -> str:
    known = names.get(SAME_NAMES.get(name, name), {}).get(value) or VALUES.get(name, {}).get(value)
    if known is None and name in CAPITALS:
        known = STATUSES.get(value.lower(), value.capitalize())
    known = known or PEOPLE.get(value) or BOXES.get(value if name.startswith(PREFIX) else "")
    if known is None and value.isdecimal() and name in NAMED:
        return f"{NAMED[name]} that can't be read"
    known = known or (f"{NAMED[name]} that can't be read" if name.startswith("notification_") else value)
    return known if len(known) <= LONGEST else f"{known[:LONGEST]}…"


SAME_NAMES: Final = {**dict.fromkeys(USERS, "users"), "notification_group": "group_id"}
"""Where the names of several subjects are kept together."""

BOXES: Final = {"true": "Checked", "false": "Unchecked"}
LONGEST: Final = 60
