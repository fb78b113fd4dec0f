"""kill -9 at every boundary between two effects: what people find in the end is the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from escalation.model.values import POST_TAG
from tests.scale import NIGHTLY
from tests.system.processes.spawned_desk import SETTLED_AFTER, MakeDesk, SpawnedDesk


def a_request_lives(desk: SpawnedDesk) -> dict[str, Any]:
    """To tier 1, a post by an agent, to tier 2, an answer of the client; then what is to be seen."""
    number = desk.assignment()
    desk.open()
    ticket = desk.submit(number)
    desk.until(lambda: desk.state(ticket) == "tier_1")
    desk.people.agent_update(ticket, comment="Which photo is missing?", add_tags=[POST_TAG])
    desk.until(lambda: len(desk.messages(number)) == 2)
    desk.go_to(desk.due(ticket) + timedelta(minutes=1))
    desk.until(lambda: desk.state(ticket) == "tier_2")
    desk.workmarket.message(number, "owner", "I will look at it tomorrow.")
    desk.until(lambda: desk.state(ticket) == "other_side_responded")
    return desk.picture(ticket, number)


# At the second passing each life comes one step further than the one before it, where the step is kept only later.
SEAMS = [
    "handle.before_commit:2",
    "handle.after_commit:1",
    "deliver.mark.before_commit:2",
    "deliver.mark.after_commit:2",
    "deliver.before_request:2",
    "deliver.after_request:1",
    "deliver.after_request:2",
    "deliver.after_request:3",
    "deliver.after_settle:1",
    "deliver.done.before_commit:2",
    "deliver.done.after_commit:1",
    "deliver.observed.before_commit:2",
    "deliver.observed.after_commit:1",
    "clock.before_commit:2",
    "clock.after_commit:2",
    "reconcile.before_commit:2",
    "reconcile.after_commit:1",
]
IN_FLIGHT = ("deliver.before_request:2", "deliver.after_request:2")
# By day a process is killed where something is at stake that a commit or an answer is to keep; the simulation's are
# killed anywhere.
BY_DAY = (
    *IN_FLIGHT,
    "handle.before_commit:2",
    "handle.after_commit:1",
    "deliver.mark.after_commit:2",
    "deliver.done.before_commit:2",
    "deliver.observed.before_commit:2",
    "clock.before_commit:2",
    "reconcile.before_commit:2",
)


@pytest.fixture(scope="module")
def undisturbed(desks: MakeDesk) -> dict[str, Any]:
    with desks("") as desk:
        seen = a_request_lives(desk)
        assert desk.kills == 0
    assert (len(seen["public"]), len(seen["notes"]), len(seen["conversations"])) == (5, 2, 1)
    return seen


@pytest.mark.parametrize("seam", SEAMS if NIGHTLY else BY_DAY)
def test_a_desk_killed_again_and_again_comes_to_the_same_picture(
    desks: MakeDesk, undisturbed: dict[str, Any], seam: str
) -> None:
    with desks(seam) as desk:
        assert a_request_lives(desk) == undisturbed
        assert desk.kills >= 1
        if seam in IN_FLIGHT:
            assert desk.caught - {"look"}
        assert desk.errors() == []


def test_what_is_said_while_no_desk_is_alive_is_found_by_the_next_one(
    desks: MakeDesk, undisturbed: dict[str, Any]
) -> None:
    with desks("") as desk:
        number = desk.assignment()
        desk.open()
        ticket = desk.submit(number)
        desk.until(lambda: desk.state(ticket) == "tier_1")
        desk.go_to(desk.clock() + SETTLED_AFTER)
        desk.workmarket.message(number, "owner", "I will look at it tomorrow.")
        desk.until(lambda: desk.state(ticket) == "other_side_responded")
        assert desk.picture(ticket, number)["notes"][-1] == undisturbed["notes"][-1]
