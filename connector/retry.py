"""Which failed calls are made again, how often and after which waits: a row for each kind of call.

A write to a ticket or an assignment is no such kind: it is one attempt, and the outbox keeps its waits in the
database (`sync.outbox.retry_policy`). Nor is a call that another token may make: it is another call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from tenacity import RetryCallState, Retrying

from connector.errors import LONGEST_WAIT, ConnectorError, Limited, Misconfigured, Transient, Unclear

T = TypeVar("T")


class NotYet(Exception):
    """What is waited for is not there yet; stays inside the connector."""


@dataclass(frozen=True, slots=True)
class RetryRule:
    """`waits`: seconds before the second and each later attempt; after the last wait there is one attempt more.

    `of`: the errors that may have passed by then, `but` those of them that have not. `slow`: whether what was given
    up after its time is asked again. `asked`: whether a Retry-After counts, and then instead of the wait or at
    least; one of more than `longest` seconds is not waited for here.
    """

    waits: tuple[float, ...]
    of: tuple[type[Exception], ...]
    but: tuple[type[Exception], ...] = ()
    slow: bool = True
    asked: Literal["ignored", "instead", "at least"] = "ignored"
    longest: float = LONGEST_WAIT

    def wait(self, error: BaseException | None, attempt: int) -> float | None:
        """Seconds from a failed attempt, the first of which is 1, to the next one; None where there is none."""
        if not isinstance(error, self.of) or isinstance(error, self.but) or attempt > len(self.waits):
            return None
        if isinstance(error, Transient) and error.slow and not self.slow:
            return None
        wait = self.waits[attempt - 1]
        told = error.retry_after if isinstance(error, ConnectorError) else None
        if told is None or self.asked == "ignored":
            return wait
        if told > self.longest:
            return None
        return told if self.asked == "instead" else max(told, wait)


READS: Final = RetryRule(
    waits=(0.1, 0.5),
    of=(Transient,),
    # Who was told that these are too many calls does not call again by himself: all processes wait together.
    but=(Misconfigured, Limited),
    slow=False,
    asked="instead",
    longest=2.0,
)
"""A read of the running desk; what asks for more than these two seconds waits in the outbox."""

TOKENS: Final = RetryRule(waits=(0.25,) * 20, of=(NotYet,))
"""A look for the token that another process is asking for."""

ACCOUNT_CALLS: Final = RetryRule(
    waits=(1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0), of=(Transient,), but=(Misconfigured,), asked="at least"
)
"""A call of `parley zendesk`, for which a person waits."""

ACCOUNT_CHANGES: Final = RetryRule(waits=(1.0, 2.0, 4.0, 8.0), of=(Unclear,))
"""A change of the account that does no harm when it is made twice."""


class Retry:
    """Calls, and calls again as a rule says. Safe from any thread.

    `sleep` takes seconds; `tell` hears of each failure and of the seconds until the next attempt.
    """

    def __init__(
        self,
        rule: RetryRule,
        sleep: Callable[[float], object],
        tell: Callable[[Exception, float], object] = lambda _, __: None,
    ) -> None:
        def wait(state: RetryCallState) -> float | None:
            return rule.wait(_error(state), state.attempt_number)

        def told(state: RetryCallState) -> None:
            if isinstance(error := _error(state), Exception):
                tell(error, state.upcoming_sleep)

        def slept(seconds: float) -> None:
            sleep(seconds)

        self._retrying = Retrying(
            retry=lambda state: wait(state) is not None,
            wait=lambda state: wait(state) or 0.0,
            sleep=slept,
            before_sleep=told,
            reraise=True,
        )

    def __call__(self, call: Callable[[], T]) -> T:
        """What the call gives at last; raises what the last attempt raised."""
        return self._retrying(call)


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
