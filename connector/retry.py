"""Few, short repetitions of reads; a write is never repeated here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connector.errors import Limited, Misconfigured, Transient, Unclear, Unreadable
from connector.text import excerpt

T = TypeVar("T")

WAITS: Final = (0.1, 0.5)
"""Seconds before the second and the third attempt of a read."""

SHORT: Final = 2.0
"""Seconds: a Retry-After up to this is waited for here, a longer one by the outbox."""


class Again:
    """Calls a read, and calls it again where that may help; `sleep` takes seconds."""

    def __init__(self, sleep: Callable[[float], object]) -> None:
        self._retrying = Retrying(
            stop=stop_after_attempt(len(WAITS) + 1),
            retry=retry_if_exception(_worth_it),
            wait=_wait,
            sleep=lambda seconds: _quietly(sleep, seconds),
            reraise=True,
        )

    def __call__(self, read: Callable[[], T]) -> T:
        return self._retrying(read)


def _quietly(sleep: Callable[[float], object], seconds: float) -> None:
    sleep(seconds)


def _worth_it(error: BaseException) -> bool:
    # Who was told that these are too many calls does not call again by himself: all processes wait together.
    if not isinstance(error, Transient) or isinstance(error, Misconfigured | Limited) or error.slow:
        return False
    return error.retry_after is None or error.retry_after <= SHORT


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    told = error.retry_after if isinstance(error, Transient) else None
    return WAITS[min(state.attempt_number, len(WAITS)) - 1] if told is None else told


@contextmanager
def believed(who: str, *, is_write: bool = False) -> Iterator[None]:
    """Turns an answer that cannot be read into "try again", or for a write into "not known"."""
    try:
        yield
    except (Unreadable, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        detail = excerpt(str(error), 120) if isinstance(error, Unreadable) else type(error).__name__
        reason = f"{who} answered something unreadable ({detail})."
        raise (Unclear(reason) if is_write else Transient(reason)) from error
