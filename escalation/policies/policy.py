"""The escalation policy a case runs by: every number, name and choice that the process leaves open."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from escalation.language.automatic import BARE, Envelope, Speaks, who_speaks
from escalation.language.same_people import name_key, name_keys
from escalation.model.tiers import NAMED, Tier
from escalation.policies.calendar import Calendar
from escalation.policies.links import link_to
from escalation.policies.policy_keys import FIELDS, TOP, WEEKDAYS, problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from escalation.policies.texts import Texts

__all__ = ["Addressee", "Policy", "PolicyError", "fingerprint_of", "problems"]


class PolicyError(Exception):
    """A policy can't be used; `problems` holds one sentence for each thing to mend."""

    def __init__(self, found: list[str]) -> None:
        """Show the first problem and count the others."""
        more = len(found) - 1
        super().__init__(found[0] + (f" ({more} more like it.)" if more else ""))
        self.problems = found


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who can be written to."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; what each key means stands in `config/policy.toml`, under the same name.

    A name ending in `_hours` counts hours of the clock or, where the file says so, business hours; `_days`
    counts business days except `client_window_days` and `progress_link_days`.
    """

    calendar: Calendar
    texts: Texts
    language: str
    languages: tuple[str, ...]
    brand_languages: Mapping[str, str]
    # eligibility
    worker_window_months: int
    worker_window_basis: Literal["scheduled_end", "window_end"]
    client_window_days: int
    client_not_contacted: Literal["unknown", "mendable", "pass"]
    approval_extra_hours: float
    average_approval_hours: float
    message_answer_hours: float
    cancellation_message_hours: float
    short_cancellation_hours: float
    violation_labels: tuple[str, ...]
    # tiers
    tier_1_hours: float
    tier_2_hours: float
    months: int
    month_counted_from: Literal["tier_1_entry", "submission"]
    off_platform_link: str
    client_off_platform_link: str
    assignment_link: str
    # waiting and updates
    update_hours: float
    tell_progress: bool
    progress_link_days: int
    reminder_hours: float
    withdrawal_days: int
    confirm_days: int
    silence_days: int
    silence_unanswered_days: int
    agent_reminder_days: int
    lead_after_days: int
    pause_days: int
    # posting and delivery
    settle_seconds: float
    unreadable_hours: float
    digest_hours: float
    post_dedupe_hours: float
    retry_waits: tuple[float, ...]
    # files
    share_requester_files: bool
    file_types: tuple[str, ...]
    largest_file_mb: float
    scan_wait_minutes: float
    unscanned_files: Literal["ask", "send"]
    # retention
    keep_looks_hours: float
    keep_rows_days: int
    # report
    report_to: str
    report_each: Literal["week", "month"]
    # the desk's own page
    operators_group: str
    operators: tuple[str, ...]
    # people
    solve_as: str
    agents_group: str
    lead: str
    client_names: tuple[str, ...]
    client_names_by_project: Mapping[str, tuple[str, ...]]
    project_managers: Mapping[str, Addressee]
    account_managers: Mapping[str, Addressee]
    automatic_replies: tuple[str, ...]
    # what is automatic, by language
    says_itself: Mapping[str, tuple[str, ...]]
    says_absent: Mapping[str, tuple[str, ...]]
    says_along: Mapping[str, tuple[str, ...]]
    dates: Mapping[str, tuple[str, ...]]
    says_closing: Mapping[str, tuple[str, ...]]
    says_person: Mapping[str, tuple[str, ...]]
    says_undelivered: Mapping[str, tuple[str, ...]]
    # what it says differently for a client company, as JSON values by key; None where there is one only
    companies: Mapping[str, Mapping[str, Any]] | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any], *, holidays: Iterable[date], texts: Texts) -> Policy:
        """Build from what `config/policy.toml` holds, complete; raises PolicyError with every problem."""
        found = problems(mapping)
        if found:
            raise PolicyError(found)
        values: dict[str, Any] = {name: mapping[name] for name in TOP}
        for table, names in FIELDS.items():
            values |= {name: mapping[table][name] for name in names}
        return cls(calendar=_calendar(mapping["business_time"], holidays), texts=texts, **_frozen(values))

    def link_to(self, assignment_id: str) -> str:
        """Return where people open an assignment; empty where the policy names no such place, or it has no id."""
        return link_to(self.assignment_link, assignment_id)

    @property
    def who_leads(self) -> str:
        """How notes address whoever is told where nobody has done a thing in time."""
        return self.lead or self.agents_group

    def tier_hours(self, tier: Tier) -> float:
        """Return the business hours after which the next tier begins; the last tier has none."""
        hours: float = getattr(self, tier.hours)
        return hours

    def person(self, table: str, project: str) -> Addressee | None:
        """Return who stands for a project in a table of people, such as `project_managers`; None if nobody does."""
        people: Mapping[str, Addressee] = getattr(self, table)
        return people.get(project)

    def is_client_name(self, name: str, project: str) -> bool:
        """Say whether a note's author ("First Last") is one of the client's people named in the policy."""
        named = (*self.client_names, *self.client_names_by_project.get(project, ()))
        return name_key(name) in name_keys(named)

    def who_speaks(self, text: str, envelope: Envelope = BARE) -> Speaks:
        """Say whether a person wrote a message, an automatic reply, or a mail system that could not deliver."""
        vocabulary = {
            "itself": self.says_itself,
            "absence": {**self.says_absent, "": self.automatic_replies},
            "along": self.says_along,
            "dates": self.dates,
            "closing": self.says_closing,
            "person": self.says_person,
            "bounce": self.says_undelivered,
        }
        return who_speaks(vocabulary, text, envelope)

    def violation_label(self, labels: Iterable[str]) -> str | None:
        """Return the first of an assignment's labels that the policy takes for a violation's."""
        known = _plain_all(self.violation_labels)
        return next((label for label in labels if _plain(label) in known), None)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, without the texts: the snapshot that a case keeps."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        del values["texts"]
        if self.companies is None:
            del values["companies"]
        return {name: _thawed(value) for name, value in values.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, texts: Texts, current: Policy | None = None) -> Policy:
        """Read a snapshot back; a key younger than the snapshot is taken from the `current` policy."""
        known = {field.name for field in fields(cls)} - {"calendar", "texts"}
        values = {name: data[name] for name in known if name in data}
        younger = {name: getattr(current, name) for name in known - set(values)} if current else {}
        return cls(calendar=_calendar_from_json(data["calendar"]), texts=texts, **_frozen(values), **younger)

    def of_company(self, key: str) -> Policy:
        """Return what holds for a client company's cases; this one where nothing is said differently for it."""
        differs = (self.companies or {}).get(key)
        if not differs:
            return self
        return Policy.from_json({**self.to_json(), **differs}, texts=self.texts, current=self)

    def differing(self, other: Policy) -> dict[str, Any]:
        """Return what another policy says differently, as JSON values by key."""
        ours = self.to_json()
        return {name: value for name, value in other.to_json().items() if value != ours.get(name)}

    def fingerprint(self) -> str:
        """Return a short name for exactly this policy, the same on every machine."""
        return fingerprint_of(self.to_json())


def fingerprint_of(snapshot: Mapping[str, Any]) -> str:
    """Return the fingerprint of the policy that a snapshot is of."""
    canonical = json.dumps(snapshot, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=256)
def _plain_all(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_plain(phrase) for phrase in phrases)


def _calendar(table: Mapping[str, Any], holidays: Iterable[date]) -> Calendar:
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


def _calendar_from_json(data: Mapping[str, Any]) -> Calendar:
    return Calendar(
        zone=data["zone"],
        reading=data["reading"],
        weekdays=frozenset(data["weekdays"]),
        day_start=time.fromisoformat(data["day_start"]),
        opening=time.fromisoformat(data["opening"]),
        closing=time.fromisoformat(data["closing"]),
        holidays=frozenset(date.fromisoformat(day) for day in data["holidays"]),
    )


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
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


def _thawed(value: Any) -> Any:
    if isinstance(value, str):  # thousands of words, a few of anything else
        return value
    if isinstance(value, Calendar | Addressee):
        return {field.name: _thawed(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [one if isinstance(one, str) else _thawed(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(_thawed(one) for one in value)
    if isinstance(value, date | time):
        return value.isoformat()
    return {key: _thawed(one) for key, one in value.items()} if isinstance(value, dict) else value
