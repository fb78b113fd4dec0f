"""What the store tells of the desk: how it is, since when, what to do. For `parley doctor` and the desk's page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from connector.calls import SERVICES
from parley.health.stuck import standstills
from parley.health.vitals import CLOCK_MAY_LAG, LISTED_INSTEAD, Said
from parley.zendesk.account.watching import EVERY, last_look
from parley.zendesk.state.kept_findings import Part, looked_at
from store import Mark, Tx
from sync.limits.bucket import RateLimit
from sync.limits.call_costs import CALL_TAKES, hanging, service_of
from sync.operator.backlog import Backlog, backlog
from sync.reconciling.pulses import BY_EXPORT, BY_LIST, PARTS, Pulse, pulses
from sync.runtime.clock import HEARTBEAT as CLOCK

Grade = Literal["ok", "warning", "problem"]
SHOWN_ERRORS: Final = 3
EVENTS_MAY_WAIT_S: Final = 60
BACKLOG_MAY_TAKE_S: Final = 600
LOOK_MAY_LAG: Final = 2 * EVERY
TRIED_AGAIN: Final = "If that lasts, see what `parley doctor` says of the service itself."
START_CLOCK: Final = "Start `parley run`, or `parley clock`."
RULES_AND_RIGHTS: Final[dict[Part, str]] = {"lint": "the account's own rules", "rights": "rights"}
HOURLY_LOOK: Final = "hourly look"
DEAD_LETTERS: Final = "dead letters"
OF_OTHERS: Final = "in the account's own rules or in rights."
LOOK: Final = "Start `parley run`, or `parley clock`; where one runs, its log says what keeps it from looking."


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it is, and what to do about it. `since` is when it was last seen well, or when it
    ceased to be; `found` how many findings of the account it tells of."""

    what: str
    grade: Grade
    said: str
    todo: str = ""
    since: datetime | None = None
    found: int = 0

    def sentence(self) -> str:
        """How it is and what to do, for one line."""
        return f"{self.said} {self.todo}".strip()


def span_of(seconds: float) -> str:
    """A length of time in its largest unit."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"{hours:.0f} h" if hours < 36 else f"{hours / 24:.0f} days"


def store_checks(
    tx: Tx, said: Said, limits: Mapping[str, RateLimit], now: datetime, away: Collection[str] = ()
) -> Iterator[Check]:
    """All that the store tells of the desk at work; `said` is what `vitals` found, `away` are services that take
    nothing now."""
    yield clock_check(tx.marks.get(CLOCK), now)
    yield from standing_checks(said, now)
    yield events_check(said, now)
    yield from service_checks(tx, now)
    yield backlog_checked(tx, limits, now, away)[1]
    if said["account_set_up"]:
        yield from reconcile_checks(tx, now)


def clock_check(beat: Mark | None, now: datetime) -> Check:
    """When the clock last ran."""
    if beat is None:
        return Check("clock", "problem", "never ran.", START_CLOCK)
    # A beat that is still to come is no sign of life either.
    lag = abs(now - beat.at)
    told = f"last ran {span_of(lag.total_seconds())} ago."
    if lag > CLOCK_MAY_LAG:
        return Check("clock", "problem", told, START_CLOCK, beat.at)
    return Check("clock", "ok", told, since=beat.at)


def standing_checks(said: Said, now: datetime) -> Iterator[Check]:
    """What has stood still for too long."""
    for one in standstills(said):
        since = now - timedelta(seconds=one.seconds)
        yield Check("standing still", "problem", f"{one.said}.", one.todo[:1].upper() + one.todo[1:], since)


def events_check(said: Said, now: datetime) -> Check:
    """How long the oldest event waits to be handled."""
    waiting = said["oldest_unhandled_s"]
    if waiting is None:
        return Check("events", "ok", "nothing waits.")
    since, told = now - timedelta(seconds=waiting), f"the oldest event waits {span_of(waiting)}."
    if waiting > EVENTS_MAY_WAIT_S:
        return Check("events", "warning", told, "Is `parley worker` running?", since)
    return Check("events", "ok", told, since=since)


def service_checks(tx: Tx, now: datetime) -> Iterator[Check]:
    """How much waits for a service to be tried again, with what it was told, and how much for an answer."""
    late, slow = tx.outbox.late(), hanging(tx, now)
    for service, name in SERVICES.items():
        kinds = {kind: number for kind, number in late.items() if service_of(kind) == service}
        told, since = [], None
        if kinds:
            since = tx.outbox.late_since(kinds)
            errors = dict.fromkeys(tx.outbox.errors_of(kinds, SHOWN_ERRORS))
            told.append(f"{sum(kinds.values())} to be tried again by themselves: {' '.join(errors)}")
        if slow[service]:
            told.append(f"{slow[service]} under way for over {CALL_TAKES.seconds} s, and not answered.")
        if told:
            yield Check(f"waiting for {name}", "warning", " ".join(told), TRIED_AGAIN, since)


def backlog_checked(
    tx: Tx, limits: Mapping[str, RateLimit], now: datetime, away: Collection[str] = ()
) -> tuple[Backlog, Check]:
    """How much waits to leave, and until when."""
    found = backlog(tx, limits, now, away)
    waits = found.seconds > BACKLOG_MAY_TAKE_S or found.pauses or found.held
    if not waits:
        return found, Check("backlog", "ok", found.sentence())
    return found, Check("backlog", "warning", found.sentence(), "It leaves by itself; nothing is lost.")


def reconcile_checks(tx: Tx, now: datetime) -> Iterator[Check]:
    """When each part last looked for what webhooks missed, by which way, and what keeps it from doing so."""
    for pulse in pulses(tx):
        yield _reconcile_check(pulse, now)


def _reconcile_check(pulse: Pulse, now: datetime) -> Check:
    what, lost = f"lost webhooks: {PARTS[pulse.part]}", pulse.lost_since(now) is not None
    if pulse.failing_since is not None:
        since = pulse.ok_at or pulse.failing_since
        told = f"not looked for in {span_of((now - since).total_seconds())}: {pulse.why}"
        return Check(what, "problem" if lost else "warning", told, "Each round tries again by itself.", since)
    if pulse.ok_at is None:
        wanted = pulse.behind_since
        told = f"never looked for since {wanted:%Y-%m-%d %H:%M} UTC." if wanted else "never looked for."
        return Check(what, "problem" if lost else "warning", told, LOOK, wanted)
    if lost:
        told = f"last looked for {span_of((now - pulse.ok_at).total_seconds())} ago."
        return Check(what, "problem", told, LOOK, pulse.ok_at)
    minutes = max(0, int((now - pulse.ok_at).total_seconds() // 60))
    way = " by the export" if pulse.way == BY_EXPORT else ""
    told = f"last looked for {minutes} min ago{way}."
    if pulse.part == "tickets" and pulse.way == BY_LIST:
        return Check(what, "warning", told, LISTED_INSTEAD, pulse.ok_at)
    return Check(what, "ok", told, since=pulse.ok_at)


def letters_check(letters: int, *, at_least: bool = False) -> Iterator[Check]:
    """How many dead letters there are; nothing where there are none."""
    if letters:
        many = f"{letters} or more wait" if at_least else "1 waits" if letters == 1 else f"{letters} wait"
        yield Check(DEAD_LETTERS, "warning", f"{many} for a person:", "see `parley dead list`.")


def _named(first: Sequence[str], found: int) -> str:
    """The first findings, each behind its number where there are several, and how many more there are."""
    if found == 1:
        return f": {first[0]}"
    numbered = " ".join(f"({number}) {one}" for number, one in enumerate(first, 1))
    return f": {numbered}" + (f" And {found - len(first)} more." if found > len(first) else "")


def hourly_look_check(tx: Tx, public_url: str, now: datetime) -> Check:
    """When the clock last looked at the account, `apply` having looked too, and what it found."""
    last = last_look(tx)
    if not public_url:
        return Check(HOURLY_LOOK, "warning", "is off while PUBLIC_URL is not set.")
    if last is None:
        return Check(HOURLY_LOOK, "warning", "never ran.", LOOK)
    age = now - last.at
    minutes = max(0, int(age.total_seconds() // 60))
    when = f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
    looks = looked_at(tx)
    found = last.findings + sum(looks[part].total for part in RULES_AND_RIGHTS)
    told = f"last ran {when} and found {found or 'nothing'}"
    told += _named(last.first, found) if last.first else f", {OF_OTHERS}" if found else "."
    if unseen := [said for part, said in RULES_AND_RIGHTS.items() if looks[part].looked is None]:
        told += f" It has not looked at {' and '.join(unseen)} yet."
    if age > LOOK_MAY_LAG:
        return Check(HOURLY_LOOK, "warning", f"{told} That is late.", LOOK, last.at, found)
    return Check(HOURLY_LOOK, "warning" if found else "ok", told, since=last.at, found=found)
