"""Small stories without chance, in which one thing goes wrong at a chosen place, or two do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from tests.simulation import swarm
from tests.simulation.run import Outcome, folder, heal, silence, told, uncollected
from tests.simulation.scheduler import Simulation
from tests.simulation.simulated_desk import DAY, HOUR, SimulatedDesk

Story = Callable[[SimulatedDesk], None]
# From when on (seconds) a story is its own; before that it is another one's.
BEGINS: dict[str, float] = {}
# For so long a request is on its way to tier 1.
UNDER_WAY_S = 600.0
HELD_UP_S = 300.0
# What may happen to a write on its way.
WIRE = (
    "not_sent",
    "lost_request",
    "late",
    "lost_reply",
    "cut_reply",
    "too_many",
    "down_before",
    "down_after",
    "garbage",
)
# Where a delivery may be killed.
SEAMS = (
    "deliver.mark.after_commit",
    "deliver.before_request",
    "deliver.after_request",
    "deliver.done.before_commit",
    "deliver.done.after_commit",
    "handle.after_commit",
)


class Scripted(Simulation):
    """Strikes exactly where it is told to: a fault at the n-th write, a kill at the n-th passing of a seam."""

    def __init__(self, strikes: frozenset[tuple[str, int]] = frozenset(), kill_at: int = 0) -> None:
        super().__init__(0, kill_at=kill_at)
        self._strikes = strikes
        self._seen: Counter[str] = Counter()
        self.meanwhile: Callable[[], object] | None = None

    def chance(self, fault: str, dice: Random | None = None) -> bool:  # noqa: ARG002
        if not self.writing or fault not in WIRE or self.quiet:
            return False
        self._seen[fault] += 1
        struck = (fault, self._seen[fault]) in self._strikes
        if struck:
            self.mark(fault)
        return struck

    def dies(self, name: str) -> bool:
        self._seen[name] += 1
        return super().dies(name) or (name, self._seen[name]) in self._strikes

    def point(self, name: str, *, only_kill: bool = False) -> None:
        """A clock that has read what is due is held up while somebody does something, once."""
        super().point(name, only_kill=only_kill)
        if name == "clock.read" and self.meanwhile and self.running:
            act, self.meanwhile = self.meanwhile, None
            act()
            self.running.pause(HELD_UP_S)


def tell_story(
    story: Story,
    strikes: frozenset[tuple[str, int]] = frozenset(),
    kill_at: int = 0,
    *,
    watch: bool = False,
    swap: dict[str, Any] | None = None,
) -> Outcome:
    """Run a story to its end and check every invariant; watched, with what was at stake at each point.

    `swap` puts mutants in.
    """
    sim = Scripted(strikes, kill_at)
    outcome = Outcome(kill_at)
    with silence(), uncollected():
        desk = SimulatedDesk(folder(), sim, swap, workers=1)
        desk.days, desk.reconciles_every = 0.05, HOUR
        if watch:
            sim.at_stake = lambda: (*desk.peek.at_stake(), desk.network.calls["writes"])
        try:
            story(desk)
            desk.open()
            sim.run_until(desk.days * DAY)
            heal(desk, outcome)
        except AssertionError as error:
            outcome.wrong = f"{error} ({story.__name__}, {sorted(strikes)}, killed at {kill_at})"
        finally:
            sim.close()
            desk.close()
        return told(outcome, desk)


def a_request(desk: SimulatedDesk) -> None:
    desk.sim.after(1, desk.submit)


def two_requests(desk: SimulatedDesk) -> None:
    desk.sim.after(1, desk.submit)
    desk.sim.after(1.5, desk.submit)


def a_request_is_handed_in(desk: SimulatedDesk) -> None:
    desk.sim.after(1, lambda: desk.hand_in(again=(0.01,)))


def then(act: Story, minutes: float = 30.0) -> Story:
    """A request, and what somebody does half an hour later."""

    def story(desk: SimulatedDesk) -> None:
        a_request(desk)
        desk.sim.after(minutes * 60, lambda: act(desk))

    story.__name__ = f"a_request_then_{act.__name__}_after_{minutes:g}_minutes"
    BEGINS[story.__name__] = minutes * 60 if minutes * 60 > UNDER_WAY_S else 0.0
    return story


def into(days: float, act: Story | None = None, since: float = 0.05) -> Story:
    """A request that nobody answers for so long; then perhaps somebody does something."""

    def story(desk: SimulatedDesk) -> None:
        a_request(desk)
        desk.days, desk.reconciles_every = days, 6 * HOUR
        if act is not None:
            desk.sim.after((days - 0.02) * DAY, lambda: act(desk))

    story.__name__ = f"a_request_into_day_{days:g}" + (f"_then_{act.__name__}" if act else "")
    BEGINS[story.__name__] = (days - 0.02) * DAY if act else since * DAY
    return story


STORIES: tuple[Story, ...] = (
    a_request,
    two_requests,
    a_request_is_handed_in,
    *(then(act) for act in swarm.ACTS if act.__name__ != "other_side_mails"),
    *(
        then(act, 0.05)
        for act in swarm.ACTS
        if act.__name__ in ("agent_solves", "ticket_is_deleted", "client_approves")
    ),
    then(swarm.files_go_both_ways),
    into(2.1),
    into(4.2, since=3.9),
    into(2.1, next(act for act in swarm.ACTS if act.__name__ == "other_side_mails")),
    into(2.1, next(act for act in swarm.ACTS if act.__name__ == "agent_solves")),
    into(2.1, next(act for act in swarm.ACTS if act.__name__ == "requester_replies")),
)
