"""The forecast's page: breaches in sentences, the same in a chart and a table, small however much comes due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connector.calls import UPDATES, ZENDESK
from escalation.model.values import Timer
from escalation.policies.policy import Policy
from parley.pages.desk.look import DeskLook
from parley.pages.desk.two_weeks.forecast_page import KEPT, KeptView, shown
from parley.pages.desk.two_weeks.forecast_view import view_of
from parley.pages.desk.two_weeks.forecast_words import breach_sentence, span
from parley.pages.desk.viewer import Viewer
from parley.wiring.load_policy import load_rules
from store import DueCount
from sync.limits.bucket import RateLimit
from sync.operator.forecast import HOUR, HOURS, Forecast, forecast

NEW_YORK = "America/New_York"
NOW = datetime(2026, 12, 7, 13, 20, tzinfo=UTC)  # Monday 08:20 in New York
AT_15 = datetime(2026, 12, 7, 20, 0, tzinfo=UTC)
FIRST = NOW.replace(minute=0)
# Three updates a minute go on for ever, which is 180 in an hour.
LIMITS = {ZENDESK: RateLimit(100_000, 1), UPDATES: RateLimit(4, 1)}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_rules(None)


def reminders(at: datetime, number: int) -> DueCount:
    """What brings nothing in turn."""
    return DueCount(at, Timer.REMINDER, number)


def sentences(policy: Policy, *due: DueCount) -> list[str]:
    return [breach_sentence(one, NEW_YORK) for one in forecast(due, LIMITS, policy, NOW).breaches]


def rendered(made: Forecast, policy: Policy) -> str:
    answer = DeskLook([], signs_out=False).render(
        Viewer("Ada", "ada@example.com", True),
        "/desk/forecast",
        "desk_forecast.html",
        title="Forecast",
        **shown(view_of(made, NEW_YORK), policy),
    )
    return bytes(answer.body).decode()


def test_a_breach_is_told_in_one_sentence(policy: Policy) -> None:
    assert sentences(policy, reminders(AT_15, 240)) == [
        "Mon 7 Dec, 15:00–16:00: 240 updates due, the budget allows 180; the last would leave 20 min late."
    ]


def test_hours_in_a_row_are_one_sentence_and_what_is_projected_is_said_to_be(policy: Policy) -> None:
    due = [reminders(AT_15, 170), DueCount(AT_15 - 2 * HOUR, Timer.NEXT_UPDATE, 300), reminders(AT_15 - HOUR, 170)]
    told = sentences(policy, *due)
    assert told[0] == (
        "Mon 7 Dec, 13:00–16:00: 640 updates due, the budget allows 540; the last would leave 40 min late."
    )
    assert told[1].startswith("Wed 9 Dec, 13:00–14:00: 300 updates due")
    assert told[1].endswith("This is a projection.")


def test_what_is_left_from_before_is_told(policy: Policy) -> None:
    (breach,) = forecast([], LIMITS, policy, NOW, waiting={UPDATES: 200}).breaches
    assert "0 updates due and 200 left from before, the budget allows 180" in breach_sentence(breach, NEW_YORK)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1, "Mon 7 Dec, 15:00–16:00"),
        (9, "Mon 7 Dec, 15:00–24:00"),
        (18, "Mon 7 Dec, 15:00 – Tue 8 Dec, 09:00"),
        (33, "Mon 7 Dec, 15:00 – Tue 8 Dec, 24:00"),
    ],
)
def test_a_span_is_said_with_as_many_days_as_it_has(hours: int, said: str) -> None:
    assert span(AT_15, AT_15 + hours * HOUR, NEW_YORK) == said


def test_the_table_holds_every_deadline_in_its_hour_of_the_policys_zone(policy: Policy) -> None:
    due = [reminders(AT_15, 7), reminders(NOW - timedelta(days=2), 3)]
    view = view_of(forecast(due, LIMITS, policy, NOW), NEW_YORK)
    assert sum(int(cell or 0) for day in view.days for cell in day.cells) == view.due == 10
    assert view.columns == (8, 15)
    day = view.days[0]
    assert (day.name, day.cells[15], day.cells[8], day.totals) == (
        "Mon 7 Dec",
        "7",
        "3",
        ("0", "0", "10"),
    )


def test_each_mark_of_the_chart_says_what_it_shows(policy: Policy) -> None:
    due = [DueCount(AT_15, Timer.NEXT_UPDATE, 9), reminders(AT_15 + HOUR, 240)]
    view = view_of(forecast(due, LIMITS, policy, NOW), NEW_YORK)
    assert [mark.title for mark in view.marks][:4] == [
        "Mon 7 Dec, 15:00–18:00: 9 updates; at most 33% in an hour",
        "Mon 7 Dec, 16:00–17:00, more than the budget: 240 others; 133%",
        "Wed 9 Dec, 15:00–16:00, projected: 9 updates; 5%",
        "Fri 11 Dec, 15:00–16:00, projected: 9 updates; 5%",
    ]


def test_a_page_whose_every_hour_is_over_the_budget_stays_small_and_says_all_of_it(policy: Policy) -> None:
    kinds: Sequence[str] = (Timer.NEXT_UPDATE, Timer.TIER_ENDS, Timer.REMINDER)
    due = [DueCount(FIRST + n * HOUR, kind, 9_876) for n in range(HOURS) for kind in kinds]
    made = forecast(due, LIMITS, policy, NOW)
    text = rendered(made, policy)
    assert "Mon 7 Dec, 08:00 – Mon 21 Dec, 08:00" in text
    assert len(re.findall(r'<td class="over">\d+!</td>', text)) == HOURS
    assert text.count("v-") == HOURS
    assert len(text.encode()) < 40_000


def test_a_page_whose_hours_all_differ_from_the_one_before_stays_small(policy: Policy) -> None:
    due = [reminders(FIRST + n * HOUR, 300 if n % 3 else 1) for n in range(HOURS)]
    text = rendered(forecast(due, {UPDATES: RateLimit(400, 100)}, policy, NOW), policy)
    assert len(text.encode()) < 40_000


def test_of_many_breaches_the_soonest_are_told_and_the_others_counted(policy: Policy) -> None:
    due = [reminders(FIRST + n * 24 * HOUR, 240) for n in range(13)]
    view = view_of(forecast(due, LIMITS, policy, NOW), NEW_YORK)
    assert (len(view.breaches), view.more) == (10, 3)
    assert "And 3 more." in rendered(forecast(due, LIMITS, policy, NOW), policy)


def test_a_page_without_a_breach_says_so_and_which_hour_is_the_fullest(
    policy: Policy,
) -> None:
    text = rendered(forecast([reminders(AT_15, 90)], LIMITS, policy, NOW), policy)
    assert "The budget is enough for everything that comes due in the next 14 days." in text
    assert "The fullest hour is Mon 7 Dec, 15:00–16:00: 90 others, 50% of the budget of updates." in text


def test_where_nothing_comes_due_the_page_says_so_and_has_no_chart_or_table(policy: Policy) -> None:
    text = rendered(forecast([], LIMITS, policy, NOW), policy)
    assert "Nothing comes due in the next 14 days." in text
    assert "<svg" not in text
    assert "<table" not in text


def test_without_a_budget_nothing_is_promised_of_one(policy: Policy) -> None:
    text = rendered(forecast([reminders(AT_15, 90)], {}, policy, NOW), policy)
    assert "No budget is set" in text


def test_what_comes_due_is_counted_once_in_five_minutes_and_anew_after_a_failure(policy: Policy) -> None:
    now, counted = [NOW], []

    def count() -> Forecast:
        counted.append(now[0])
        if len(counted) == 2:
            raise OSError
        return forecast([], LIMITS, policy, now[0])

    kept = KeptView(count, NEW_YORK, lambda: now[0])
    first = kept.view()
    now[0] += KEPT - timedelta(seconds=1)
    assert kept.view() is first
    now[0] += timedelta(seconds=1)
    with pytest.raises(OSError):
        kept.view()
    assert kept.view() is not first
    assert len(counted) == 3
