"""The tickets and moments that a rule is left with, made smaller by each of its conditions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from parley.zendesk.lint.facts.business_rules import PREFIX, RuleKind
from parley.zendesk.lint.facts.our_tickets import (
    CHANNELS,
    CLOSED,
    ENDED,
    HOURLY,
    MOMENTS,
    OurTickets,
    Status,
    UpdateMoment,
)


@dataclass(frozen=True, slots=True)
class PossibleValues:
    """What a value may be: any of `allowed` (None: anything), and none of `barred`."""

    allowed: frozenset[str] | None = None
    barred: frozenset[str] = frozenset()

    def only(self, wanted: Collection[str]) -> PossibleValues | None:
        """What is left where it has to be any of these; None where nothing is."""
        left = frozenset(wanted) if self.allowed is None else self.allowed & frozenset(wanted)
        return PossibleValues(left - self.barred) if left - self.barred else None

    def without(self, unwanted: Collection[str]) -> PossibleValues | None:
        """What is left where it must not be any of these; None where nothing is."""
        if self.allowed is None:
            return PossibleValues(None, self.barred | frozenset(unwanted))
        left = self.allowed - frozenset(unwanted)
        return PossibleValues(left) if left else None


ANYTHING: Final = PossibleValues()
BLANK: Final = PossibleValues(frozenset({""}))
TICKS: Final = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class Region:
    """Tickets of ours at moments. `wears` holds sets of tags of each of which the ticket has one.

    `values` holds what is known of other subjects, by the name of the condition. `before` is the status before the
    update, where one certain update is looked at.
    """

    moments: tuple[UpdateMoment, ...]
    statuses: tuple[Status, ...]
    values: Mapping[str, PossibleValues] = field(default_factory=dict)
    wears: tuple[frozenset[str], ...] = ()
    lacks: frozenset[str] = frozenset()
    before: Status | None = None

    def at(self, keep: Callable[[UpdateMoment], bool]) -> Region | None:
        """The part at these moments; None where there is none."""
        moments = tuple(moment for moment in self.moments if keep(moment))
        return replace(self, moments=moments) if moments else None

    def within(self, keep: Callable[[Status], bool]) -> Region | None:
        """The part in these statuses; None where there is none."""
        statuses = tuple(status for status in self.statuses if keep(status))
        return replace(self, statuses=statuses) if statuses else None

    def value(self, name: str, tickets: OurTickets) -> PossibleValues:
        found = self.values.get(name)
        return first_values(name, tickets) if found is None else found

    def holding(self, name: str, values: PossibleValues | None) -> Region | None:
        """The part where a subject's value is any of these; None where it can't be."""
        return None if values is None else replace(self, values={**self.values, name: values})

    @property
    def live(self) -> bool:
        """Whether tickets that have not ended are among them."""
        return any(status.category not in ENDED for status in self.statuses)


def whole(kind: RuleKind, tickets: OurTickets) -> Region:
    """Every ticket of ours at every moment at which rules of this kind run; automations leave closed ones alone."""
    if kind == "automation":
        return Region((HOURLY,), tuple(status for status in tickets.statuses if status is not CLOSED))
    return Region(MOMENTS, tickets.statuses)


def first_values(name: str, tickets: OurTickets) -> PossibleValues:
    """What a subject's value may be before any condition is looked at."""
    if name in tickets.values:
        return PossibleValues(tickets.values[name])
    if name == "ticket_form_id":
        return PossibleValues(frozenset({tickets.form}))
    if name == "via_id":
        return PossibleValues(CHANNELS)
    if name == "brand_id":
        return PossibleValues(tickets.brands)
    if name == "group_id":
        return PossibleValues(None if tickets.groups is None else tickets.groups | tickets.passing | {""})
    return _field_values(name.removeprefix(PREFIX), tickets) if name.startswith(PREFIX) else ANYTHING


def _field_values(field_id: str, tickets: OurTickets) -> PossibleValues:
    if field_id in tickets.blank_fields:
        return BLANK
    found = tickets.fields.get(field_id)
    if found is None:
        return ANYTHING
    if found.type == "checkbox":
        return PossibleValues(TICKS)
    empty = frozenset() if field_id == tickets.told_by else frozenset({""})
    return PossibleValues(found.options | empty) if found.type == "tagger" else ANYTHING
