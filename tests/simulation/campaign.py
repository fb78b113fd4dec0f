"""Many seeds: what they came to, what has to have happened in them, and what repeats the first failure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from tests.simulation.run import Outcome, run_seed
from tests.simulation.swarm import ACTS, FAULTS

# What a hundred seeds and more must have seen, besides every kind of fault and everything that people do.
BRANCHES = (
    "clogged",
    "delivered look",
    "delivered post_message",
    "delivered start_conversation",
    "delivered create_ticket",
    "delivered update_ticket",
    "handled observed",
    "handled reconcile.ticket",
    "handled reconcile.assignment",
    "handled request.received",
    "handled request.submitted",
    "handled ticket.changed",
    "handled timer",
    "handled workmarket.note_added",
    "lock_taken",
    "postponed post_message",
    "postponed update_ticket",
    "refused update_ticket",
    "timer tier_ends",
    "timer next_update",
    "worker waits for the store",
)


@dataclass
class Campaign:
    """The sum of many seeds. `days` are simulated, `seconds` real ones of one core."""

    seeds: int = 0
    failed: list[Outcome] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    days: float = 0.0
    seconds: float = 0.0
    kills: int = 0
    points: int = 0
    effects: int = 0
    calls: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    """The most seconds that a seed took to heal, and which one that was."""

    def add(self, outcome: Outcome, seconds: float = 0.0) -> None:
        self.seeds += 1
        self.fired += outcome.fired
        self.days += outcome.days
        self.seconds += seconds
        self.kills += outcome.kills
        self.points += outcome.points
        self.effects += outcome.effects
        self.calls += outcome.calls
        self.slowest = max(self.slowest, (outcome.healed_s, outcome.seed))
        if outcome.wrong:
            self.failed.append(outcome)

    def __add__(self, other: Campaign) -> Campaign:
        return Campaign(
            self.seeds + other.seeds,
            self.failed + other.failed,
            self.fired + other.fired,
            self.days + other.days,
            self.seconds + other.seconds,
            self.kills + other.kills,
            self.points + other.points,
            self.effects + other.effects,
            self.calls + other.calls,
            max(self.slowest, other.slowest),
        )

    @property
    def never(self) -> list[str]:
        """What never happened, though it should have."""
        expected = [*FAULTS, *BRANCHES, *(act.__name__ for act in ACTS)]
        return [what for what in expected if not self.fired[what]]

    @property
    def last_to_heal(self) -> str:
        seconds, seed = self.slowest
        return f"seed {seed} after {round(seconds / 60)} min"

    @property
    def speed(self) -> float:
        """How many times faster than real time one core simulates."""
        return self.days * 86_400 / self.seconds if self.seconds else 0.0

    def figures(self) -> dict[str, float]:
        return {
            "seeds": self.seeds,
            "simulated_days": round(self.days),
            "kills": self.kills,
            "crash_points": self.points,
            "effects": self.effects,
            "calls": self.calls,
            "failed_seeds": len(self.failed),
            "times_real_time_per_core": round(self.speed),
            "longest_to_heal_minutes": round(self.slowest[0] / 60),
        }


def campaign(seeds: Iterable[int], run: Callable[[int], Outcome] = run_seed) -> Campaign:
    """Run seeds one after the other on this core."""
    found = Campaign()
    for seed in seeds:
        begun = perf_counter()
        found.add(run(seed), perf_counter() - begun)
    return found


def told(failed: list[Outcome]) -> str:
    """The first failures, each with the command that repeats it."""
    return "\n".join(f"python -m tests.simulation {one.seed}   # {one.wrong}" for one in failed[:5])


def shrink(seed: int, swap: dict[str, Any] | None = None) -> tuple[frozenset[str], Outcome]:
    """Turn kinds of faults off, many at once where it goes, for as long as the seed still fails; which are off."""
    off: frozenset[str] = frozenset()
    outcome = run_seed(seed, swap=swap)
    left = [[kind for kind, rate in outcome.rates.items() if rate]]
    while left:
        kinds = left.pop()
        tried = run_seed(seed, without=off.union(kinds), swap=swap)
        if tried.wrong:
            off, outcome = off.union(kinds), tried
        elif len(kinds) > 1:
            half = len(kinds) // 2
            left += [kinds[half:], kinds[:half]]
    return off, outcome
