"""A policy's values as TOML and JSON have them, and as the policy keeps them, which nobody can change."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from typing import TYPE_CHECKING, Any

from escalation.model.tiers import NAMED
from escalation.policies.calendar import Calendar
from escalation.policies.policy_keys import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who can be written to."""

    name: str
    email: str


def calendar_of(table: Mapping[str, Any], holidays: Iterable[date]) -> Calendar:
    """Return the calendar of a policy file's business time and the public holidays."""
    own = {date.fromisoformat(str(day)) for day in table["own_holidays"]}
    worked = {date.fromisoformat(str(day)) for day in table["worked_holidays"]}
    return Calendar(
        zone=table["zone"],
        reading=table["reading"],
        weekdays=frozenset(WEEKDAYS.index(day) for day in table["weekdays"]),
        day_start=time.fromisoformat(table["day_start"]),
        opening=time.fromisoformat(table["opening"]),
        closing=time.fromisoformat("00:00" if table["closing"] == "24:00" else table["closing"]),
        holidays=frozenset(own | (set(holidays) - worked)),
    )


def calendar_from_json(data: Mapping[str, Any]) -> Calendar:
    """Return the calendar that a snapshot holds."""
    return Calendar(
        zone=data["zone"],
        reading=data["reading"],
        weekdays=frozenset(data["weekdays"]),
        day_start=time.fromisoformat(data["day_start"]),
        opening=time.fromisoformat(data["opening"]),
        closing=time.fromisoformat(data["closing"]),
        holidays=frozenset(date.fromisoformat(day) for day in data["holidays"]),
    )


def frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a policy keeps of the values of a file, or of a snapshot."""
    return {name: FREEZE[name](value) if name in FREEZE else value for name, value in values.items()}


def _people(table: Mapping[str, Any]) -> dict[str, Addressee]:
    return {project: Addressee(who["name"], who["email"]) for project, who in table.items()}


SAYS = ("dates", "says_itself", "says_absent", "says_along", "says_closing", "says_person", "says_undelivered")
FREEZE: dict[str, Callable[[Any], Any]] = {
    "languages": tuple,
    "brand_languages": dict,
    "violation_labels": tuple,
    "retry_waits": tuple,
    "file_types": tuple,
    "client_names": tuple,
    "automatic_replies": tuple,
    **dict.fromkeys(
        ("client_names_by_project", *SAYS),
        lambda table: {key: tuple(entries) for key, entries in table.items()},
    ),
    **{recipient.by_project: _people for recipient in NAMED},
}


def thawed(value: Any) -> Any:
    """Return a value of a policy as plain JSON."""
    if isinstance(value, str):  # thousands of words, a few of anything else
        return value
    if isinstance(value, Calendar | Addressee):
        return {field.name: thawed(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [one if isinstance(one, str) else thawed(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(thawed(one) for one in value)
    if isinstance(value, date | time):
        return value.isoformat()
    return {key: thawed(one) for key, one in value.items()} if isinstance(value, dict) else value
