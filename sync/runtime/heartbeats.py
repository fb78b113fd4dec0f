"""When each slow loop last came through a round, and since when and why it does not: for whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connector.errors import ConnectorError
from store import Store, StoreUnavailable, Tx
from sync.limits.company_troubles import without_their_words

PREFIX: Final = "loop."
HANDLING: Final = "worker"
DELIVERY: Final = "worker.delivery"
"""The marks that a worker's two threads leave, the one that handles and the one that delivers."""
WORKER_BEATS_EVERY: Final = timedelta(seconds=10)
NOTED_EVERY: Final = timedelta(minutes=1)
"""A round may take a second, and its note is a write."""


@dataclass(frozen=True, slots=True)
class LoopBeat:
    """`at` is when its last round came through, None for never; `why` says nothing about people."""

    loop: str
    at: datetime | None = None
    failing_since: datetime | None = None
    why: str = ""


class WorkerBeats:
    """Signs of life of the two threads of a worker: a mark each, set every ten seconds. Safe from both."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._last: dict[str, datetime] = {}

    def beat(self, name: str) -> None:
        """Leave the mark, where it is time again. Raises StoreUnavailable."""
        now, last = self._now(), self._last.get(name)
        if last is None or abs(now - last) >= WORKER_BEATS_EVERY:
            self._store.write(lambda tx: tx.marks.set(name, None, now))
            self._last[name] = now


class LoopBeats:
    """The loops of one process; several processes may have the same loop, and the last one's word counts."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._noted: dict[str, tuple[datetime, str]] = {}

    def watched(self, loop: str, work: Callable[[], object]) -> Callable[[], object]:
        """A round of a loop, after which its beat is noted: once a minute, or where it begins or ceases to fail."""

        def round_of_it() -> object:
            try:
                done = work()
            except StoreUnavailable:
                raise  # nothing can be noted
            except Exception as error:
                self._note(loop, _why(error))
                raise
            self._note(loop, "")
            return done

        return round_of_it

    def _note(self, loop: str, why: str) -> None:
        now = self._now()
        last = self._noted.get(loop)
        if last is not None and last[1] == why and abs(now - last[0]) < NOTED_EVERY:
            return
        with suppress(StoreUnavailable):  # it is only told; the loop goes on
            self._store.write(lambda tx: _keep(tx, loop, why, now))
            self._noted[loop] = now, why


def _keep(tx: Tx, loop: str, why: str, now: datetime) -> None:
    known = loop_beat(tx, loop)
    at, since = (known.at, known.failing_since or now) if why else (now, None)
    value = {"at": _iso(at), "failing": _iso(since), "why": why}
    tx.marks.set(PREFIX + loop, value, now)


def _why(error: Exception) -> str:
    if isinstance(error, ConnectorError):
        return without_their_words(error)
    return f"{type(error).__name__}; the log says more."  # its words may be anybody's


def loop_beats(tx: Tx) -> dict[str, LoopBeat]:
    """The beat of each loop that ever left one."""
    return {one.loop: one for one in _read_all(tx)}


def loop_beat(tx: Tx, loop: str) -> LoopBeat:
    """The last beat of a loop."""
    mark = tx.marks.get(PREFIX + loop)
    return LoopBeat(loop, *((mark.read(read_beat) if mark else None) or ()))


def _read_all(tx: Tx) -> Iterator[LoopBeat]:
    for name, mark in tx.marks.beginning(PREFIX).items():
        if (said := mark.read(read_beat)) is not None:
            yield LoopBeat(name.removeprefix(PREFIX), *said)


def read_beat(value: Any) -> tuple[datetime | None, datetime | None, str]:
    """When a loop came through, since when it does not, and why, as the value of its mark says."""
    return _moment(value["at"]), _moment(value["failing"]), str(value["why"])


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
