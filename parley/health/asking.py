"""Questions that may hang: asked seldom, never twice at once, and on threads that nobody has to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class CachedQuestion(Generic[T]):
    """One question. Its answer is kept for `kept_s` seconds, and who asks meanwhile is given the same."""

    def __init__(self, ask: Callable[[], T], *, kept_s: float) -> None:
        self._ask = ask
        self._kept_s = kept_s
        self._lock = threading.Lock()
        self._last: Future[T] | None = None
        self._answered_at = 0.0

    def begin(self) -> Future[T]:
        """The answer, or what will be it; asks anew where the last one has grown old."""
        with self._lock:
            last = self._last
            if last is not None and (not last.done() or monotonic() - self._answered_at < self._kept_s):
                return last
            self._last = asked = Future[T]()
        threading.Thread(target=self._run, args=(asked,), name="asking", daemon=True).start()
        return asked

    def _run(self, asked: Future[T]) -> None:
        try:
            answer = self._ask()
        except BaseException as error:
            self._answered_at = monotonic()
            asked.set_exception(error)
        else:
            self._answered_at = monotonic()
            asked.set_result(answer)
