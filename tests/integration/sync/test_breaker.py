"""What a budget's row says of its breaker, and what a further refusal makes of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from connector.errors import LONGEST_WAIT
from store import BudgetRow
from sync.limits.breaker import PROBE_ASKED, Breaker, Closed, HalfOpen, Open, breaker, tripped
from tests.integration.sync.policy import START as NOW


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def a_row(paused_until: datetime | None, refusals: int, *, probing: bool = False) -> BudgetRow:
    return BudgetRow("zendesk", NOW, paused_until, refusals, probing)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (None, Closed()),
        (a_row(None, 0), Closed()),
        (a_row(NOW + seconds(30), 1), Open(NOW + seconds(30))),
        (a_row(NOW, 1), HalfOpen()),
        (a_row(NOW + seconds(90), 1, probing=True), Open(NOW + PROBE_ASKED)),
        (a_row(NOW + seconds(1), 1, probing=True), Open(NOW + seconds(1))),
        (a_row(NOW + seconds(2 * LONGEST_WAIT + 1), 1), HalfOpen()),
    ],
    ids=["nothing taken", "all well", "refused", "pause over", "probed", "probe soon over", "a clock was put back"],
)
def test_a_row_says_whether_its_service_may_be_called(row: BudgetRow | None, state: Breaker) -> None:
    assert breaker(row, NOW) == state


@pytest.mark.parametrize(
    ("row", "asked", "limited", "pause", "refusals"),
    [
        (a_row(None, 0), 7.0, True, 7.0, 1),
        (a_row(None, 0), None, True, 1.0, 1),
        (a_row(NOW, 3), None, True, 8.0, 4),
        (a_row(NOW, 3), 2.0, False, 2.0, 4),
        (a_row(NOW + seconds(30), 2), 5.0, True, 30.0, 2),
        (a_row(NOW + seconds(90), 2, probing=True), 5.0, True, 5.0, 3),
    ],
    ids=["named", "unnamed", "doubled", "no 429", "others were on their way", "a probe failed"],
)
def test_a_refusal_opens_it(
    row: BudgetRow, asked: float | None, limited: bool, pause: float, refusals: int
) -> None:
    assert tripped(row, asked, NOW, limited=limited) == (NOW + seconds(pause), refusals)
