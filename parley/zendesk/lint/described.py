"""Our tickets, described from what Zendesk says of the form, the fields and the statuses of the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from parley.zendesk.lint.conditions.reachability import RATING
from parley.zendesk.lint.facts.business_rules import BusinessRule
from parley.zendesk.lint.facts.labels import STATUSES
from parley.zendesk.lint.facts.our_tickets import CLOSED, RANKS, Field, Filler, OurTickets, Status

Json = Mapping[str, Any]

LISTS: Final = frozenset({"tagger", "multiselect"})


@dataclass(frozen=True, slots=True)
class Described:
    """The account's rows as Zendesk lists them, and what of them is ours, by ids as strings.

    `form_statuses` is empty where the form takes every status. `fillers` has an entry for each field of ours.
    `statuses` is empty where there are no custom ones; `plain` are the categories that stand for states of ours.
    `macro_values` are what agents may set by a macro, by the name of the action.
    """

    form: Json
    fields: Sequence[Json]
    statuses: Sequence[Json]
    form_statuses: frozenset[str]
    our_statuses: frozenset[str]
    fillers: Mapping[str, Filler]
    taken_off: frozenset[str]
    macro_tags: frozenset[str]
    user: str
    groups: frozenset[str] | None
    passing: frozenset[str]
    webhooks: frozenset[str]
    own: tuple[BusinessRule, ...]
    plain: frozenset[str] = frozenset()
    told_by: str = ""
    macro_values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    posting_tags: frozenset[str] = frozenset()
    secret_fields: frozenset[str] = frozenset()


def describe_tickets(account: Described) -> OurTickets:
    """Fields that aren't on our form are taken to be empty on our tickets, and their options' tags to be absent."""
    on_form = {str(one) for one in account.form.get("ticket_field_ids") or ()}
    custom = [row for row in account.fields if row.get("removable", True)]
    our_fields = {
        str(row["id"]): _field(row, account.fillers) for row in custom if str(row["id"]) in account.fillers
    }
    absent = [row for row in custom if str(row["id"]) not in on_form and str(row["id"]) not in our_fields]
    form_id = str(account.form.get("id"))
    return OurTickets(
        form=form_id,
        form_name=str(account.form.get("name", "")),
        user=account.user,
        statuses=(*_statuses(account), CLOSED),
        fields=our_fields,
        tags=frozenset(tag for one in our_fields.values() for tag in one.options) | account.taken_off,
        taken_off=account.taken_off,
        posting_tags=account.posting_tags,
        groups=account.groups,
        passing=account.passing,
        brands=_brands(account.form),
        blank_fields=frozenset(str(row["id"]) for row in absent),
        machine_tags=frozenset(_option_tags(absent)),
        hand_tags=account.macro_tags,
        other_statuses={str(row.get("id")): str(row.get("status_category")) for row in account.statuses},
        webhooks=account.webhooks,
        own=account.own,
        told_by=account.told_by,
        secret_fields=account.secret_fields & our_fields.keys(),
        values=_values(account),
    )


OFF_FORM: Final = {"priority": "priority", "tickettype": "type"}
"""Zendesk's own fields that a form may lack, by their types: what conditions call them."""

UNRATED: Final = frozenset({"", "unoffered"})


def _values(account: Described) -> dict[str, frozenset[str]]:
    """What Zendesk's own fields may hold where our form lacks them; that a rule sets them is seen to later."""
    on_form = {str(one) for one in account.form.get("ticket_field_ids") or ()}
    off = [row for row in account.fields if row.get("type") in OFF_FORM and str(row.get("id")) not in on_form]
    names = [OFF_FORM[str(row["type"])] for row in off] if on_form else []
    empty = {name: frozenset({""}) | account.macro_values.get(name, frozenset()) for name in names}
    return {**empty, RATING: UNRATED}


def _field(row: Json, fillers: Mapping[str, Filler]) -> Field:
    field_id = str(row["id"])
    return Field(
        field_id, str(row.get("title", "")), str(row.get("type")), fillers[field_id], frozenset(_option_tags([row]))
    )


def _option_tags(rows: Iterable[Json]) -> Iterable[str]:
    for row in rows:
        if row.get("type") in LISTS:
            yield from (str(one.get("value", "")).lower() for one in row.get("custom_field_options") or ())
        elif row.get("tag"):
            yield str(row["tag"]).lower()


def _statuses(account: Described) -> Iterable[Status]:
    if not account.statuses:
        for one in RANKS[:-1]:
            yield Status("", one, STATUSES.get(one, one.capitalize()), one in account.plain)
    for row in account.statuses:
        status_id = str(row.get("id"))
        stands_for_ours = bool(row.get("default")) and row.get("status_category") in account.plain
        is_ours = stands_for_ours or status_id in account.our_statuses
        allowed = not account.form_statuses or status_id in account.form_statuses
        if is_ours or row.get("default") or (allowed and row.get("active", True)):
            yield Status(status_id, str(row.get("status_category")), str(row.get("agent_label", "")), is_ours)


def _brands(form: Json) -> frozenset[str] | None:
    """The brands in which the form is offered; None for all."""
    limited = form.get("restricted_brand_ids") or ()
    return None if form.get("in_all_brands", True) or not limited else frozenset(str(one) for one in limited)
