"""kill -9 at every boundary between two effects: what people find in the end is the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from escalation.values import POST_TAG
from tests.processes.desk import Desk

MakeDesk = Callable[[str], Desk]


def a_request_lives(desk: Desk) -> dict[str, Any]:
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


SEAMS = [
    "handle.before_commit:2",
    "handle.after_commit",
    "deliver.mark.before_commit:2",
    "deliver.mark.after_commit:2",
    "deliver.before_request:2",
    "deliver.after_request",
    "deliver.after_settle",
    "deliver.done.before_commit:2",
    "deliver.done.after_commit",
    "deliver.observed.before_commit:2",
    "deliver.observed.after_commit",
    "clock.before_commit:2",
    "clock.after_commit:2",
    "reconcile.before_commit:2",
    "reconcile.after_commit:2",
]
@pytest.fixture(scope="module")
def undisturbed(desks):
    return a_request_lives(desks(""))
@pytest.mark.parametrize("seam", SEAMS)
def test_disturbed(desks: MakeDesk, undisturbed, seam) -> None:
    import time
    from pathlib import Path
    d = desks(seam)
    t=time.time()
    found = a_request_lives(d)
    with Path("/tmp/kills.txt").open("a") as f: f.write(f"{seam} lives {d.lives} kills {d.kills} {time.time()-t:.1f}s {found==undisturbed} {sorted(d.caught)}\n")
    assert found == undisturbed
