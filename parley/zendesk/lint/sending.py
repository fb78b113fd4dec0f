"""Whether what we send would be refused: fields that a ticket needs before it can be solved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parley.zendesk.lint.described import Described

SYSTEM_FIELDS: Final = frozenset({"tickettype", "priority"})
"""Fields of Zendesk that may be required and that we don't fill in."""

SET_BY_US: Final = frozenset({"open", "pending", "hold", "solved"})
"""The status categories that we put tickets in."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A field without which Zendesk refuses an update of ours; `always`, or only on some tickets."""

    field: str
    always: bool
    why: str


def obstacles(account: Described) -> tuple[Obstacle, ...]:
    """The form's required fields that we don't fill in, one obstacle a field.

    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/ (`required`),
    https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_forms/ (`agent_conditions`)
    """
    found: dict[str, Obstacle] = {}
    for one in (*_required(account), *_conditional(account)):
        if one.field not in found or (one.always and not found[one.field].always):
            found[one.field] = one
    return tuple(found.values())


def _on_form(account: Described) -> dict[str, Mapping[str, Any]]:
    on_form = [str(one) for one in account.form.get("ticket_field_ids") or ()]
    rows = {str(row.get("id")): row for row in account.fields}
    return {one: rows[one] for one in on_form if one in rows and rows[one].get("active", True)}


def _required(account: Described) -> Iterator[Obstacle]:
    for field_id, row in _on_form(account).items():
        ours_to_fill = row.get("removable", True) or row.get("type") in SYSTEM_FIELDS
        if row.get("required") is not True or not ours_to_fill:
            continue
        title = str(row.get("title", ""))
        if account.fillers.get(field_id) == "requester":
            why = "is required to solve a ticket: one that came without it, by e-mail for example, can't be solved"
            yield Obstacle(title, always=False, why=why)
        else:
            yield Obstacle(title, always=True, why="is required to solve a ticket, and Parley doesn't fill it in")


def _conditional(account: Described) -> Iterator[Obstacle]:
    on_form = _on_form(account)
    for condition in account.form.get("agent_conditions") or ():
        parent = str(condition.get("parent_field_id"))
        for child in condition.get("child_fields") or ():
            field_id = str(child.get("id"))
            if parent in on_form and field_id in on_form and _asked(child, account.our_statuses):
                sure = parent in account.fillers and account.fillers.get(field_id) != "requester"
                title, asking = on_form[field_id].get("title", ""), on_form[parent].get("title", "")
                why = f"is required where “{asking}” is {condition.get('value')}, and Parley doesn't fill it in"
                yield Obstacle(str(title), always=sure, why=why)


def _asked(child: Mapping[str, Any], our_statuses: Iterable[str]) -> bool:
    """Whether a field is asked for in a status that we set."""
    on = child.get("required_on_statuses")
    if not isinstance(on, Mapping):
        return child.get("is_required") is True
    if on.get("type") == "SOME_STATUSES":
        named = {str(one) for one in on.get("custom_statuses") or ()}
        return bool(SET_BY_US & set(on.get("statuses") or ()) or named & set(our_statuses))
    return on.get("type") == "ALL_STATUSES" or (
        child.get("is_required") is True and on.get("type") != "NO_STATUSES"
    )
