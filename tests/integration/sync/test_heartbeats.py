"""The beats of the slow loops: seldom written, and of use to whoever asks why one does not come through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store import Store, StoreUnavailable
from sync.runtime.heartbeats import LoopBeat, LoopBeats, loop_beat
from tests.integration.sync.fakes import Clock
from tests.migrated import migrated


class Round:
    """A round of a loop that fails as long as a test wants it to."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __call__(self) -> str:
        if self.error is not None:
            raise self.error
        return "done"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store.open(migrated(tmp_path / "desk.db"), now=clock)
    yield made
    made.close()


def beat(store: Store) -> LoopBeat:
    return store.read(lambda tx: loop_beat(tx, "pruning"))


def test_a_round_that_came_through_leaves_its_moment_and_what_it_gave(store: Store, clock: Clock) -> None:
    assert LoopBeats(store, clock).watched("pruning", Round())() == "done"
    assert beat(store) == LoopBeat("pruning", clock())


def test_a_beat_is_written_once_a_minute(store: Store, clock: Clock) -> None:
    watched, first = LoopBeats(store, clock).watched("pruning", Round()), clock()
    watched()
    clock.move(seconds=59)
    watched()
    assert beat(store).at == first
    clock.move(seconds=1)
    watched()
    assert beat(store).at == clock()


def test_a_loop_that_fails_says_since_when_until_it_comes_through(store: Store, clock: Clock) -> None:
    work, well = Round(), clock()
    watched = LoopBeats(store, clock).watched("pruning", work)
    watched()
    clock.move(seconds=5)
    began, work.error = clock(), OSError("/home/wanda")
    for _ in range(3):
        with pytest.raises(OSError, match="wanda"):
            watched()
        clock.move(minutes=2)
    assert beat(store) == LoopBeat("pruning", well, began, "OSError; the log says more.")
    work.error = None
    watched()
    assert beat(store) == LoopBeat("pruning", clock())


def test_where_nothing_can_be_stored_nothing_is_noted(store: Store, clock: Clock) -> None:
    work = Round()
    work.error = StoreUnavailable("away")
    with pytest.raises(StoreUnavailable):
        LoopBeats(store, clock).watched("pruning", work)()
    assert beat(store) == LoopBeat("pruning")


def test_a_restart_does_not_forget_since_when_a_loop_fails(store: Store, clock: Clock) -> None:
    work = Round()
    work.error, began = OSError("no"), clock()
    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            LoopBeats(store, clock).watched("pruning", work)()
        clock.move(seconds=timedelta(hours=1).total_seconds())
    assert beat(store).failing_since == began
