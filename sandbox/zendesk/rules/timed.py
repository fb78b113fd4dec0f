"""Conditions of automations and views, which look at a ticket as it stands and not at a change of it.

Text fields can't be asked about in either: https://support.zendesk.com/hc/en-us/articles/4408887162394.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json, Ticket
from sandbox.zendesk.rules import conditions as rules
from sandbox.zendesk.rules.conditions import ConditionSubject

HOURS = {
    "NEW": "Hours since new",
    "OPEN": "Hours since open",
    "PENDING": "Hours since pending",
    "HOLD": "Hours since on-hold",
    "SOLVED": "Hours since solved",
    "assigned_at": "Hours since assigned",
    "updated_at": "Hours since update",
    "requester_updated_at": "Hours since requester update",
    "assignee_updated_at": "Hours since assignee update",
    "due_date": "Hours since due date",
    "until_due_date": "Hours until due date",
}
_TIMES = tuple(
    f"{name}{hours}" for hours in ("", "_business_hours") for name in ("is", "less_than", "greater_than")
)
_DIRECT = frozenset({"status", "type", "group_id", "assignee_id", "requester_id"})
_OF_CHANGES = frozenset({"update_type", "comment_is_public", "role", "current_via_id"})
_LISTED = frozenset({"tagger", "multiselect", "checkbox"})
_COLUMNS = 10


def subjects(account: Account) -> dict[str, ConditionSubject]:
    """What automations and views may ask about."""
    found = {}
    for name, subject in rules.subjects(account).items():
        if name in _OF_CHANGES or name == account.side_conversation_subject or _is_text(account, name):
            continue
        operators = tuple(one for one in subject.operators if "changed" not in one and "value" not in one)
        found[name] = replace(subject, operators=operators)
    return found | {name: ConditionSubject(name, title, _TIMES) for name, title in HOURS.items()}


def _is_text(account: Account, name: str) -> bool:
    number = name.removeprefix("custom_fields_")
    return number != name and account.fields[int(number)]["type"] not in _LISTED


def check(account: Account, given: Any, *, actions: list[Json] | None = None) -> Json:
    """The conditions as they will be kept. Raises 422; with `actions` they are an automation's."""
    given = given if isinstance(given, dict) else {}
    kept: Json = {"all": list(given.get("all") or []), "any": list(given.get("any") or [])}
    known = subjects(account)
    for row in (*kept["all"], *kept["any"]):
        subject = known.get(str(row.get("field")))
        if subject is None:
            raise invalid("conditions", f"Conditions: {row.get('field')} is not valid", "InvalidValue")
        if row.get("operator") not in subject.operators:
            raise invalid(
                "conditions", f"Conditions: {row.get('operator')} is not valid for {subject.name}", "InvalidValue"
            )
    asked = {str(row["field"]) for row in kept["all"]}
    if not asked & _DIRECT:
        said = "Conditions: must check for at least one of status, type, group, assignee or requester in all"
        raise invalid("conditions", said, "InvalidValue")
    if actions is not None:
        _check_automation(kept["all"], actions)
    return kept


def _check_automation(every: list[Json], actions: list[Json]) -> None:
    if not {str(row["field"]) for row in every} & HOURS.keys():
        raise invalid("conditions", "Conditions: must contain at least one time-based condition", "InvalidValue")
    once = any(row["field"] in HOURS and row["operator"] == "is" for row in every)
    if not once and not {row["field"] for row in every} & {row["field"] for row in actions}:
        said = "Automation: must be true only once, or contain an action that nullifies one of its conditions"
        raise invalid("base", said, "InvalidValue")


def output(given: Any) -> Json:
    """A view's columns as it shows them. Raises 422 for more than ten."""
    given = given if isinstance(given, dict) else {}
    columns = [str(one.get("id") if isinstance(one, dict) else one) for one in given.get("columns") or []]
    if len(columns) > _COLUMNS:
        raise invalid("output", f"Columns: {_COLUMNS} at most", "TooMany")
    order = {key: str(given[key]) for key in ("group_by", "group_order", "sort_by", "sort_order") if given.get(key)}
    return {**order, "columns": [{"id": one, "title": one.capitalize()} for one in columns], "fields": []}


def hours_passed(row: Json, ticket: Ticket, now: datetime) -> bool:
    """Whether a condition on hours holds; of the moments only the last update is kept here."""
    hours = (now - ticket.updated_at).total_seconds() / 3600
    wanted = float(row["value"])
    if row["operator"].startswith("less"):
        return hours < wanted
    return hours > wanted if row["operator"].startswith("greater") else int(hours) == int(wanted)
