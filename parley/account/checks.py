"""What the account would refuse, found before anything is sent: by its features and by its own definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from connector.reading import items, mapping
from connector.zendesk.setup import Definitions, Judged, Kind
from parley.account.kinds import KINDS
from parley.account.plan import Plan, Step
from parley.account.refs import Ids, resolved

JUDGED: Final[tuple[Judged, ...]] = ("trigger", "macro", "automation")

DOCUMENTED: Final = frozenset(
    {
        "status",
        "custom_status_id",
        "ticket_form_id",
        "update_type",
        "current_tags",
        "set_tags",
        "remove_tags",
        "comment_is_public",
        "role",
        "assignee_id",
        "requester_id",
        "group_id",
        "priority",
        "type",
        "via_id",
        "current_via_id",
        "NEW",
        "OPEN",
        "PENDING",
        "HOLD",
        "SOLVED",
        "updated_at",
        "assigned_at",
        "requester_updated_at",
        "assignee_updated_at",
        "notification_user",
        "notification_group",
        "notification_webhook",
        "comment_value",
        "comment_value_html",
        "comment_mode_is_public",
        "subject",
    }
)
"""Conditions and actions that the reference documents for every account, by its conditions and actions references:
https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/."""


def kinds_to_check(plan: Plan) -> list[Judged]:
    """The kinds of which something is sent."""
    return [kind for kind in JUDGED if any(_is_sent(step) and step.kind == kind for step in plan.steps)]


def refusals(plan: Plan, definitions: Mapping[Judged, Definitions]) -> list[str]:
    """Sentences for what the account's definitions don't hold. Those that it doesn't tell refuse nothing."""
    return [said for said, is_certain in _said(plan, definitions) if is_certain]


def doubts(plan: Plan, definitions: Mapping[Judged, Definitions]) -> list[str]:
    """Sentences for what Zendesk documents for every account, and this one's definitions don't list."""
    said = dict.fromkeys(said for said, is_certain in _said(plan, definitions) if not is_certain)
    return [f"{one} Zendesk documents it for every account, so it is tried all the same." for one in said]


def _said(plan: Plan, definitions: Mapping[Judged, Definitions]) -> Iterator[tuple[str, bool]]:
    for step in plan.steps:
        if _is_sent(step) and step.kind in definitions:
            yield from _refused(step, definitions[cast(Judged, step.kind)], plan.ids)


def _is_sent(step: Step) -> bool:
    return step.does == "create" or (step.does in ("adopt", "change") and bool(step.changed))


def _refused(step: Step, known: Definitions, ids: Ids) -> Iterator[tuple[str, bool]]:
    if step.part is None:
        return
    name = f"the {KINDS[step.kind].noun} “{step.name}”"
    body = resolved(step.part.body, ids)
    conditions = mapping(body.get("conditions"))
    for row in (*items(conditions.get("all")), *items(conditions.get("any"))):
        yield from _condition(row, known, name)
    for row in items(body.get("actions")):
        subject = str(row.get("field"))
        if known.actions and subject not in known.actions and not _is_new(subject):
            yield f"This account doesn't list that {name} may do {subject}.", subject not in DOCUMENTED


def _condition(row: Mapping[str, Any], known: Definitions, name: str) -> Iterator[tuple[str, bool]]:
    field, operator, value = str(row["field"]), str(row["operator"]), str(row["value"])
    if not known.conditions or _is_new(field):
        return
    subject = known.conditions.get(field)
    if subject is None:
        yield f"This account doesn't let {name} ask about {field}.", field not in DOCUMENTED
    elif _is_understood(subject.operators) and operator not in subject.operators.values():
        takes = ", ".join(sorted(subject.operators.values()))
        yield f"This account doesn't let {name} ask whether {field} {operator}; it takes: {takes}.", True
    elif value and _is_understood(subject.values) and not _is_new(value) and value not in subject.values.values():
        yield f"This account doesn't know the value {value} of {field}, which {name} asks for.", True


def _is_understood(listed: Mapping[str, str]) -> bool:
    """Whether each entry has its API value; in another shape the list tells nothing."""
    return bool(listed) and all(listed.values())


def _is_new(text: str) -> bool:
    """Whether it stands for something that is only going to be made."""
    return "<" in text


def lost_values(steps: Iterable[Step], kind: Kind = "field") -> list[Step]:
    """The fields that a plan would delete."""
    return [step for step in steps if step.does == "delete" and step.kind == kind]
