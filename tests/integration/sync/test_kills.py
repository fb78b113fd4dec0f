"""The process may die at any seam: whatever was accepted is done exactly once in the end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connector.errors import Unclear
from escalation.model.values import State
from sync.runtime.clock import tick
from sync.shared.failpoints import crash_at
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Killed, Services
from tests.integration.sync.policy import START
from tests.migrated import migrated
from tests.system.processes.spawned_desk import Forker

Scenario = Callable[[DeskOnFakes], None]


def to_the_end(desk: DeskOnFakes) -> None:
    """Work, and let the settle times pass, until nothing is left."""
    for _ in range(20):
        desk.work()
        if not desk.unfinished():
            return
        desk.clock.move(seconds=61)
    raise AssertionError("It never comes to an end.")


def straight(desk: DeskOnFakes) -> None:
    to_the_end(desk)


def unheard(desk: DeskOnFakes) -> None:
    """Every first answer is lost."""
    if not desk.zendesk.calls:
        desk.zendesk.swallows("write", Unclear("No answer."))
        desk.workmarket.swallows("post", Unclear("No answer."))
    to_the_end(desk)


def into_tier_2(desk: DeskOnFakes) -> None:
    to_the_end(desk)
    while desk.clock() < START + timedelta(days=2, hours=1):
        desk.clock.move(hours=6)
        tick(desk.store, desk.clock())
        to_the_end(desk)


def run(tmp_path: Path, scenario: Scenario, kill_at: int) -> list[str]:
    """A life that ends at the given passing of any seam, 0 being none, and one that goes on; the seams passed."""
    services, passed = Services(), list[str]()
    url = migrated(tmp_path / f"{scenario.__name__}-{kill_at}.db")

    def crash(seam: str) -> None:
        passed.append(seam)
        if len(passed) == kill_at:
            raise Killed

    survived = True
    try:
        with services.process(url, crash) as desk:
            desk.submitted()
            scenario(desk)
    except Killed:
        survived = False
    assert survived == (kill_at == 0)
    with services.process(url) as desk:
        scenario(desk)
        check(services, desk)
    return passed


def check(services: Services, desk: DeskOnFakes) -> None:
    """Each effect is there exactly once, and we know so."""
    ids = Counter(audit.ours for audits in services.zendesk.audits.values() for audit in audits if audit.ours)
    assert set(ids.values()) <= {1}
    assert len(services.workmarket.posted) == 1
    effects = desk.effects()
    assert {row.state for row in effects} == {"done"}
    assert {row.id for row in effects if row.kind == "update_ticket"} == set(ids)
    assert len(services.zendesk.conversations) == sum(row.kind == "start_conversation" for row in effects)
    assert len(desk.store.read(lambda tx: tx.cases.list())) == 1


@pytest.mark.parametrize("scenario", [straight, unheard], ids=lambda scenario: scenario.__name__)
def test_a_kill_at_any_seam_loses_and_doubles_nothing(tmp_path: Path, scenario: Scenario) -> None:
    passed = run(tmp_path, scenario, kill_at=0)
    assert len(passed) > 30
    for kill_at in range(1, len(passed) + 1):
        run(tmp_path, scenario, kill_at)


def test_a_kill_at_any_seam_on_the_way_into_tier_2_loses_and_doubles_nothing(tmp_path: Path) -> None:
    begun = len(run(tmp_path, straight, kill_at=0))
    passed = len(run(tmp_path, into_tier_2, kill_at=0))
    assert passed > begun + 20
    for kill_at in range(begun + 1, passed + 1):
        run(tmp_path, into_tier_2, kill_at)


SEAMS = [
    "handle.before_commit:2",
    "handle.after_commit:2",
    "deliver.mark.after_commit:2",
    "deliver.before_request:3",
    "deliver.after_request:2",
    "deliver.done.before_commit:1",
    "deliver.done.after_commit:1",
]


@pytest.mark.parametrize("seam", SEAMS)
def test_a_process_killed_for_real_is_made_good_by_the_next_one(forker: Forker, tmp_path: Path, seam: str) -> None:
    url = migrated(tmp_path / "parley.db")
    state = tmp_path / "services.pickle"

    def life(failpoint: str, minutes: int) -> int:
        given = (url, str(state), failpoint, str(minutes))
        pid = forker.start(given, os.environ, tmp_path, "out", "err", "tests.integration.sync.one_life")
        return forker.wait(pid)

    assert life(seam, 0) == -signal.SIGKILL
    assert life("", 2) == 0, (tmp_path / "err").read_text()


def test_a_failpoint_kills_at_the_passing_it_names() -> None:
    crash = crash_at("deliver.mark.after_commit:2")
    crash("deliver.mark.after_commit")
    crash("handle.before_commit")
    with pytest.raises(ValueError, match="invalid literal"):
        crash_at("handle.before_commit:often")


def test_the_case_goes_on_where_it_was(tmp_path: Path) -> None:
    services = Services()
    url = migrated(tmp_path / "parley.db")
    for _ in range(2):
        with services.process(url) as desk:
            desk.submitted()
            to_the_end(desk)
            assert desk.case().state is State.TIER_1
    assert len(services.workmarket.posted) == 1
