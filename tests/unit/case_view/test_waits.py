"""Why an effect waits, by its row and the budgets of calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parley.case_view.waits import wait_of
from store import BudgetRow, OutboxRow, ToldEffect

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(minutes=5)
ROW = OutboxRow(
    1, "C-1.1", "C-1", "ticket:35", "update_ticket", {}, "todo", 0, EARLIER, None, EARLIER, None, None, None
)
PAUSED = BudgetRow("zendesk", NOW, LATER, 2, probing=False)
SPENT = BudgetRow("zendesk.updates", LATER, None, 0, probing=False)


def wait(row: OutboxRow, *budgets: BudgetRow) -> tuple[str, datetime | None, str] | None:
    found = wait_of(ToldEffect(row, None), {one.name: one for one in budgets}, NOW)
    return (found.kind, found.until, found.service) if found else None


def test_what_is_on_its_way_done_or_new_does_not_wait() -> None:
    assert wait(replace(ROW, state="done")) is None
    assert wait(replace(ROW, created_at=NOW - timedelta(seconds=20)), PAUSED) is None
    assert wait(replace(ROW, state="in_flight", attempted_at=NOW - timedelta(seconds=20))) is None
    assert wait(ROW) is None


@pytest.mark.parametrize(
    ("row", "budgets", "told"),
    [
        (replace(ROW, state="dead", error="It was refused."), (), ("dead_letter", None, "")),
        (replace(ROW, state="unclear", due=LATER), (), ("unclear", LATER, "")),
        (replace(ROW, state="in_flight", attempted_at=EARLIER), (), ("unclear", None, "")),
        (replace(ROW, error="503", due=LATER), (), ("outage", LATER, "Zendesk")),
        (ROW, (PAUSED,), ("outage", LATER, "Zendesk")),
        (ROW, (SPENT,), ("budget", LATER, "Zendesk")),
        (replace(ROW, kind="post_message", body={"company": "acme"}), (PAUSED, SPENT), None),
        (
            replace(ROW, kind="post_message", body={"company": "acme"}),
            (replace(SPENT, name="workmarket:acme"),),
            ("budget", LATER, "WorkMarket (acme)"),
        ),
    ],
)
def test_what_waits_says_why_and_until_when(
    row: OutboxRow, budgets: tuple[BudgetRow, ...], told: tuple[str, datetime | None, str]
) -> None:
    assert wait(row, *budgets) == told
