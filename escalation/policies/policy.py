"""The escalation policy a case runs by: every number, name and choice that the process leaves open."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from escalation.language.automatic import BARE, Envelope, Speaks, who_speaks
from escalation.language.same_people import name_key, name_keys
from escalation.model.tiers import Tier
from escalation.policies.calendar import Calendar
from escalation.policies.links import link_to
from escalation.policies.plain_values import Addressee, calendar_from_json, calendar_of, frozen, thawed
from escalation.policies.policy_keys import FIELDS, TOP, problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from escalation.model.derivation import Derivation
    from escalation.policies.texts import Texts

AFTER_CLOSING: Final = timedelta(minutes=15)
"""So long after the closing what was due by then is still acted on."""

__all__ = ["Addressee", "Policy", "PolicyError", "fingerprint_of", "problems"]


class PolicyError(Exception):
    """A policy can't be used; `problems` holds one sentence for each thing to mend."""

    def __init__(self, found: list[str]) -> None:
        """Show the first problem and count the others."""
        more = len(found) - 1
        super().__init__(found[0] + (f" ({more} more like it.)" if more else ""))
        self.problems = found


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
    # business time
    send_only_open: bool
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
    ask_before_end: bool
    unreached_end_days: int
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
        return cls(calendar=calendar_of(mapping["business_time"], holidays), texts=texts, **frozen(values))

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

    def after_hours(self, start: datetime, hours: float) -> Derivation:
        """Return when something is due `hours` business hours after `start`."""
        return self._when_open(self.calendar.after_hours(start, hours))

    def after_days(self, start: datetime, days: int) -> Derivation:
        """Return when something is due `days` business days after `start`."""
        return self._when_open(self.calendar.after_days(start, days))

    def months_after(self, start: datetime, months: int) -> Derivation:
        """Return when something is due `months` calendar months after `start`."""
        return self._when_open(self.calendar.months_after(start, months))

    def _when_open(self, found: Derivation) -> Derivation:
        due = self.opening_from(found.due)
        return found if due == found.due else replace(found, due=due, used_up=found.due)

    def opening_from(self, at: datetime) -> datetime:
        """Return `at` where people may be written to then, else the office's next opening."""
        return self.calendar.opening_from(at) if self.send_only_open else at.astimezone(UTC)

    def writes_at(self, at: datetime) -> bool:
        """Say whether people are written to at `at`; what was due by the closing may take until a little later."""
        return not self.send_only_open or self.calendar.is_open(at) or self.calendar.is_open(at - AFTER_CLOSING)

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
        return {name: thawed(value) for name, value in values.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], *, texts: Texts, current: Policy | None = None) -> Policy:
        """Read a snapshot back; a key younger than the snapshot is taken from the `current` policy."""
        known = {field.name for field in fields(cls)} - {"calendar", "texts"}
        values = {name: data[name] for name in known if name in data}
        younger = {name: getattr(current, name) for name in known - set(values)} if current else {}
        return cls(calendar=calendar_from_json(data["calendar"]), texts=texts, **frozen(values), **younger)

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
