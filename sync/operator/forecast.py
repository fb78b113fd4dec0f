"""What comes due in the next two weeks, hour by hour, and where the budgets of calls to Zendesk are not enough.

Stored deadlines are what they are. What they bring in turn (an update the next one) is a projection by the policy,
as if nobody answered and no case began, ended or was paused meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Final, Literal

from connector.calls import UPDATES, ZENDESK
from escalation.handlers.due import CONVERSING
from escalation.model.effect_kinds import LOOK
from escalation.model.effects import StartConversation, UpdateTicket
from escalation.model.values import State, Timer
from escalation.policies.calendar import Calendar
from escalation.policies.policy import Policy
from store import CaseFilter, DueCount, Tx
from sync.limits.bucket import RateLimit
from sync.limits.call_costs import LEAST

HOUR: Final = timedelta(hours=1)
DAYS: Final = 14
HOURS: Final = DAYS * 24
BUDGETS: Final = {ZENDESK: "calls to Zendesk", UPDATES: "updates"}
"""The budgets that are looked at, and what people call what they count."""
DueGroup = Literal["updates", "tier moves", "others"]
GROUPS: Final[tuple[DueGroup, ...]] = ("updates", "tier moves", "others")
_GROUP_OF: Final[Mapping[str, DueGroup]] = {
    Timer.NEXT_UPDATE: "updates",
    **dict.fromkeys((Timer.DATE_REACHED, Timer.TIER_ENDS, Timer.MONTH_ENDS), "tier moves"),
}
_UPDATE: Final = str(UpdateTicket.__dataclass_fields__["type"].default)
_E_MAIL: Final = str(StartConversation.__dataclass_fields__["type"].default)


def group_of(kind: str) -> DueGroup:
    """What people call a kind of deadline: an update, a tier move, or one of the others."""
    return _GROUP_OF.get(kind, "others")


@cache
def costs_of_due(kind: str) -> Mapping[str, int]:
    """The calls to Zendesk that a deadline mostly takes: the case is looked at, and its ticket updated.

    Where an answer would change what is done, side conversations are read too; a tier's end writes an e-mail.
    """
    calls: Counter[str] = Counter()
    for effect in (LOOK, _UPDATE, *((_E_MAIL,) if kind == Timer.TIER_ENDS else ())):
        calls.update({name: number for name, number in LEAST[effect].items() if name in BUDGETS})
    calls[ZENDESK] += kind in CONVERSING
    return calls


@dataclass(frozen=True, slots=True)
class Load:
    """One budget in one hour: what is needed by what comes due, what is left over from before, what is allowed."""

    budget: str
    needed: int
    carried: float
    allowed: float
    interval_s: float

    @property
    def left(self) -> float:
        """What does not leave within the hour."""
        return max(0.0, self.carried + self.needed - self.allowed)

    @property
    def is_breach(self) -> bool:
        """Whether something does not leave within the hour."""
        return self.left > 0

    @property
    def late(self) -> timedelta:
        """How long after the hour the last of it leaves."""
        return timedelta(seconds=self.left * self.interval_s)

    @property
    def share(self) -> float:
        """How much of the budget it takes; more than 1 is a breach."""
        return (self.carried + self.needed) / self.allowed


@dataclass(frozen=True, slots=True)
class ForecastHour:
    """An hour, and its load on each budget.

    `due`: how much comes due by kind; an update that a tier move says counts with the move. `stored`: the deadlines
    that are set. `is_projected`: others are expected beside them.
    """

    at: datetime
    due: Mapping[str, int]
    stored: Mapping[str, int]
    is_projected: bool
    loads: tuple[Load, ...]

    def number(self, group: DueGroup) -> int:
        """How many of a group come due."""
        return sum(number for kind, number in self.due.items() if group_of(kind) == group)

    @property
    def tightest(self) -> Load | None:
        """The load of which the budget leaves the least."""
        return max(self.loads, key=lambda load: load.share, default=None)

    @property
    def is_breach(self) -> bool:
        """Whether some budget is not enough."""
        return any(load.is_breach for load in self.loads)


@dataclass(frozen=True, slots=True)
class Breach:
    """Hours in a row in which more needs to leave than a budget allows."""

    budget: str
    begins: datetime
    ends: datetime
    needed: int
    carried: float
    allowed: float
    late: timedelta
    projected: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """Every hour from the one in which it was made on, and the breaches, soonest first."""

    made_at: datetime
    hours: tuple[ForecastHour, ...]
    breaches: tuple[Breach, ...]


def told_once(due: Mapping[str, int]) -> Mapping[str, int]:
    """What is due in an hour, without the updates that moves of the same hour say: both were set together."""
    told = due.get(Timer.TIER_ENDS, 0)
    return {**due, Timer.NEXT_UPDATE: max(0, due.get(Timer.NEXT_UPDATE, 0) - told)}


def forecast(
    due: Iterable[DueCount],
    limits: Mapping[str, RateLimit],
    policy: Policy,
    now: datetime,
    *,
    waiting: Mapping[str, int] | None = None,
    first_of_tiers: float = 0.5,
) -> Forecast:
    """What comes due in each hour, and what that does to the budgets.

    `waiting`: the calls, by budget, of what waits to leave already. `first_of_tiers`: the part of the tiers' ends
    that are tier 1's, after which tier 2's comes. What is late already counts in the first hour.
    """
    first = now.replace(minute=0, second=0, microsecond=0)
    stored: list[Counter[str]] = [Counter() for _ in range(HOURS)]
    for one in due:
        place = max(0, int((one.hour - first) / HOUR))
        if place < HOURS:
            stored[place][one.kind] += one.number
    projected = _projected(stored, first, policy, first_of_tiers)
    hours = tuple(_loaded(first, stored, projected, limits, waiting or {}))
    found = (breach for name in BUDGETS for breach in _breaches(name, hours))
    return Forecast(now, hours, tuple(sorted(found, key=lambda one: one.begins)))


@lru_cache(maxsize=4 * HOURS)
def _after(calendar: Calendar, at: datetime, hours: float) -> datetime:
    """When so many business hours after an hour are over: the next count asks for mostly the same hours."""
    return calendar.after_hours(at, hours).due


def _projected(
    stored: list[Counter[str]], first: datetime, policy: Policy, first_of_tiers: float
) -> list[Counter[str]]:
    """What each hour's deadlines bring by the policy, hour after hour."""
    projected: list[Counter[str]] = [Counter() for _ in range(HOURS)]
    firsts: dict[int, float] = defaultdict(float)

    def after(at: datetime, hours: float) -> datetime:
        return policy.opening_from(_after(policy.calendar, at, hours))

    def put(kind: str, number: float, at: datetime) -> int | None:
        place = int((at - first) / HOUR)
        if number and place < HOURS:
            projected[place][kind] += round(number)
            return place
        return None

    for place in range(HOURS):
        at, ends = first + place * HOUR, stored[place] + projected[place]
        updates = told_once(ends)[Timer.NEXT_UPDATE] + ends[Timer.TIER_ENDS]
        begun = ends[Timer.DATE_REACHED]
        of_first = stored[place][Timer.TIER_ENDS] * first_of_tiers + firsts[place]
        if updates + begun:
            put(Timer.NEXT_UPDATE, updates + begun, after(at, policy.update_hours))
        if round(of_first):
            put(Timer.TIER_ENDS, of_first, after(at, policy.tier_2_hours))
        if begun:
            reached = put(Timer.TIER_ENDS, begun, after(at, policy.tier_1_hours))
            if reached is not None:
                firsts[reached] += begun
        if reminders := ends[Timer.AGENT_REMINDER]:
            put(Timer.AGENT_REMINDER, reminders, policy.after_days(at, policy.agent_reminder_days).due)
    return projected


def _loaded(
    first: datetime,
    stored: list[Counter[str]],
    projected: list[Counter[str]],
    limits: Mapping[str, RateLimit],
    waiting: Mapping[str, int],
) -> Iterator[ForecastHour]:
    left = {name: float(waiting.get(name, 0)) for name in BUDGETS}
    for place in range(HOURS):
        due = told_once(stored[place] + projected[place])
        loads = []
        for name in BUDGETS:
            if (limit := limits.get(name)) is None:
                continue
            needed = sum(costs_of_due(kind)[name] * number for kind, number in due.items())
            load = Load(name, needed, left[name], HOUR.total_seconds() / limit.interval_s, limit.interval_s)
            left[name] = load.left
            loads.append(load)
        yield ForecastHour(first + place * HOUR, due, stored[place], bool(projected[place]), tuple(loads))


def _breaches(name: str, hours: Iterable[ForecastHour]) -> Iterator[Breach]:
    pairs = ((hour, load) for hour in hours for load in hour.loads if load.budget == name)
    for is_breach, spell in groupby(pairs, key=lambda pair: pair[1].is_breach):
        if is_breach:
            found = list(spell)
            loads = [load for _, load in found]
            yield Breach(
                name,
                found[0][0].at,
                found[-1][0].at + HOUR,
                sum(load.needed for load in loads),
                loads[0].carried,
                sum(load.allowed for load in loads),
                max(load.late for load in loads),
                projected=any(hour.is_projected for hour, _ in found),
            )


def forecast_of(tx: Tx, limits: Mapping[str, RateLimit], policy: Policy, now: datetime) -> Forecast:
    """The forecast of the cases that there are: one question for all deadlines, and a few short ones."""
    due = tx.timers.due_by_hour(now.replace(minute=0, second=0, microsecond=0), HOURS)
    in_first, in_second = (tx.case_lists.count(CaseFilter(state=state)) for state in (State.TIER_1, State.TIER_2))
    waiting: Counter[str] = Counter()
    for kind, number in tx.outbox.waiting_by_kind().items():
        waiting.update({name: calls * number for name, calls in LEAST.get(kind, {}).items()})
    share = in_first / (in_first + in_second) if in_first + in_second else 0.0
    return forecast(due, limits, policy, now, waiting=waiting, first_of_tiers=share)
