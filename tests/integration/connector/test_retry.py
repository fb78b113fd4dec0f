"""Which failed calls are made again, and after which waits: the rows of `connector.retry`."""

from __future__ import annotations

import pytest

from connector.errors import ConnectorError, Limited, Misconfigured, Permanent, Transient, Unclear
from connector.retry import ACCOUNT_CALLS, ACCOUNT_CHANGES, READS, TOKENS, NotYet, Retry, RetryRule


def waits_of(rule: RetryRule, error: Exception) -> list[float]:
    """The waits of a call that always fails so."""
    waits: list[float] = []

    def call() -> None:
        raise error

    with pytest.raises(type(error)):
        Retry(rule, waits.append)(call)
    return waits


@pytest.mark.parametrize(
    ("rule", "error", "waits"),
    [
        (READS, Transient("away"), [0.1, 0.5]),
        (READS, Transient("away", 0.0), [0.0, 0.0]),
        (READS, Transient("away", 2.0), [2.0, 2.0]),
        (READS, Transient("away", 2.1), []),
        (READS, Transient("slow", slow=True), []),
        (READS, Limited("too many", 1.0), []),
        (READS, Misconfigured("unknown"), []),
        (READS, Unclear("?"), []),
        (READS, Permanent("gone", "no"), []),
        (TOKENS, NotYet(), [0.25] * 20),
        (ACCOUNT_CALLS, Transient("slow", slow=True), [1, 2, 4, 8, 16, 30, 30]),
        (ACCOUNT_CALLS, Limited("too many", 7.0), [7, 7, 7, 8, 16, 30, 30]),
        (ACCOUNT_CALLS, Misconfigured("unknown"), []),
        (ACCOUNT_CALLS, Unclear("?"), []),
        (ACCOUNT_CHANGES, Unclear("?", 60.0), [1, 2, 4, 8]),
        (ACCOUNT_CHANGES, Transient("away"), []),
    ],
)
def test_each_kind_of_call_is_made_again_as_its_row_says(
    rule: RetryRule, error: Exception, waits: list[float]
) -> None:
    assert waits_of(rule, error) == waits


def test_what_passes_is_told_with_its_wait_and_then_answered() -> None:
    told: list[tuple[str, float]] = []
    answers = iter([Transient("away"), None])

    def call() -> str:
        if (error := next(answers)) is not None:
            raise error
        return "there"

    def tell(error: Exception, seconds: float) -> None:
        assert isinstance(error, ConnectorError)
        told.append((error.reason, seconds))

    assert Retry(READS, lambda _: None, tell)(call) == "there"
    assert told == [("away", 0.1)]
