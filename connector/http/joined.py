"""Work that several threads want at the same moment: one of them does it, the others get what comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Joined(Generic[T]):
    """So that what hangs is waited for once, not by one thread after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: Future[T] | None = None

    def __call__(self, work: Callable[[], T], seconds: float, instead: T | None = None) -> T:
        """What the work gives or raises. Where another thread is at it: `instead` at once if there is one, else
        what comes of that within so many seconds. Raises TimeoutError."""
        with self._lock:
            others = self._under_way
            if others is None:
                mine = self._under_way = Future()
        if others is not None:
            return others.result(seconds) if instead is None else instead
        try:
            made = work()
        except BaseException as error:
            self._end()
            mine.set_exception(error)
            raise
        self._end()
        mine.set_result(made)
        return made

    def _end(self) -> None:
        with self._lock:
            self._under_way = None
