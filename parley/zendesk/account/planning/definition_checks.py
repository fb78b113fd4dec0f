"""What the account would refuse, found before anything is sent: by its features and by its own definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.reading import items, mapping
from connector.zendesk.account.setup import Definitions
from parley.zendesk.account.kinds import KINDS, ORDER, AccountKind
from parley.zendesk.account.model.part import AccountPart
from parley.zendesk.account.model.refs import PartIds, resolved
from parley.zendesk.account.planning.identify import follows
from parley.zendesk.account.planning.plan import Plan, Step

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


def kinds_to_check(plan: Plan) -> list[AccountKind]:
    """The kinds of which something is sent, and of which the account tells what it takes."""
    sent = {step.kind for step in plan.steps if _is_sent(step)}
    return [row for row in ORDER if row.judged and row.kind in sent]


def refusals(plan: Plan, definitions: Mapping[str, Definitions]) -> list[str]:
    """Sentences for what the account's definitions don't hold. Those that it doesn't tell refuse nothing."""
    return [said for said, is_certain in _said(plan, definitions) if is_certain]


def doubts(plan: Plan, definitions: Mapping[str, Definitions]) -> list[str]:
    """Sentences for what Zendesk documents for every account, and this account's definitions don't list."""
    said = [said for said, is_certain in _said(plan, definitions) if not is_certain]
    return [f"{one} Zendesk documents it for every account, so it is tried all the same." for one in said]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the account doesn't list: `before` and `after` are said around the names of the parts that want it."""

    before: str
    after: str
    certain: bool

    def told(self, names: Sequence[str]) -> str:
        """One sentence for all the parts that it concerns; `asks` is put in the plural where they are several."""
        after = self.after if len(names) == 1 else self.after.replace(" asks for", " ask for")
        return f"{self.before}{' and '.join(names)}{after}"


def _said(plan: Plan, definitions: Mapping[str, Definitions]) -> Iterator[tuple[str, bool]]:
    """Each cause once, with every part that it concerns; what follows from a part's own trouble is not a cause."""
    concerned: dict[Refusal, list[str]] = {}
    for step in plan.steps:
        if _is_sent(step) and step.kind in definitions and not follows(step.part, plan.troubled):
            name = f"the {KINDS[step.kind].noun} “{step.name}”"
            for cause in dict.fromkeys(_causes(step.part, definitions[step.kind], plan.ids)):
                concerned.setdefault(cause, []).append(name)
    for cause, names in concerned.items():
        yield cause.told(names), cause.certain


def _is_sent(step: Step) -> bool:
    return step.action == "create" or (step.action in ("adopt", "change") and bool(step.changed))


def _causes(part: AccountPart, known: Definitions, ids: PartIds) -> Iterator[Refusal]:
    body = resolved(part.body, ids)
    conditions = mapping(body.get("conditions"))
    for row in (*items(conditions.get("all")), *items(conditions.get("any"))):
        yield from _condition(row, known)
    for row in items(body.get("actions")):
        subject = str(row.get("field"))
        if known.actions and subject not in known.actions and not _is_new(subject):
            yield Refusal("This account doesn't list that ", f" may do {subject}.", subject not in DOCUMENTED)


def _condition(row: Mapping[str, Any], known: Definitions) -> Iterator[Refusal]:
    field, operator, value = str(row["field"]), str(row["operator"]), str(row["value"])
    if not known.conditions or _is_new(field):
        return
    subject = known.conditions.get(field)
    if subject is None:
        yield Refusal("This account doesn't let ", f" ask about {field}.", field not in DOCUMENTED)
    elif _is_understood(subject.operators) and operator not in subject.operators.values():
        takes = ", ".join(sorted(subject.operators.values()))
        yield Refusal("This account doesn't let ", f" ask whether {field} {operator}; it takes: {takes}.", True)
    elif value and _is_understood(subject.values) and not _is_new(value) and value not in subject.values.values():
        yield Refusal(f"This account doesn't know the value {value} of {field}, which ", " asks for.", True)


def _is_understood(listed: Mapping[str, str]) -> bool:
    """Whether each entry has its API value; in another shape the list tells nothing."""
    return bool(listed) and all(listed.values())


def _is_new(text: str) -> bool:
    """Whether it stands for something that is only going to be made."""
    return "<" in text
