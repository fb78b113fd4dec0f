"""What comes due in two weeks: every item in one hour, a breach wherever more is due than a budget allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.calls import UPDATES, ZENDESK
from escalation.model.values import Timer
from escalation.policies.policy import Policy
from parley.wiring.load_policy import load_rules
from store import DueCount
from sync.limits.bucket import RateLimit
from sync.operator.forecast import HOUR, HOURS, costs_of_due, forecast

NOW = datetime(2026, 12, 7, 13, 20, tzinfo=UTC)  # Monday 08:20 in New York
AT_15 = datetime(2026, 12, 7, 20, 0, tzinfo=UTC)
# Three updates a minute go on for ever, which is 180 in an hour.
LIMITS = {ZENDESK: RateLimit(100_000, 1), UPDATES: RateLimit(4, 1)}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_rules(None)


def due_at(at: datetime, number: int, kind: str = Timer.NEXT_UPDATE) -> DueCount:
    return DueCount(at, kind, number)


def test_a_breach_is_named_before_it_comes(policy: Policy) -> None:
    (breach,) = forecast([due_at(AT_15, 240, Timer.REMINDER)], LIMITS, policy, NOW).breaches
    assert (breach.budget, breach.begins, breach.ends) == (UPDATES, AT_15, AT_15 + HOUR)
    assert (breach.needed, round(breach.allowed), round(breach.late.total_seconds())) == (240, 180, 20 * 60)
    assert not breach.projected


def test_what_an_hour_leaves_over_is_carried_into_the_next(policy: Policy) -> None:
    made = forecast([due_at(AT_15, 240, Timer.REMINDER)], LIMITS, policy, NOW)
    after = next(hour for hour in made.hours if hour.at == AT_15 + HOUR)
    (updates,) = (load for load in after.loads if load.budget == UPDATES)
    assert (updates.carried, updates.needed, updates.is_breach) == (pytest.approx(60), 0, False)


def test_what_waits_already_is_in_the_first_hour(policy: Policy) -> None:
    (breach,) = forecast([], LIMITS, policy, NOW, waiting={UPDATES: 200}).breaches
    assert (breach.begins, breach.needed, breach.carried) == (NOW.replace(minute=0), 0, 200)


def test_an_update_brings_the_next_one_which_is_said_to_be_a_projection(policy: Policy) -> None:
    made = forecast([due_at(AT_15, 240)], LIMITS, policy, NOW)
    found = [(one.begins.day, one.projected) for one in made.breaches]
    assert found == [(7, False), (9, True), (11, True), (15, True), (17, True)]


def test_hours_in_a_row_that_are_over_the_budget_are_one_breach(policy: Policy) -> None:
    due = [due_at(AT_15 + n * HOUR, 200, Timer.REMINDER) for n in range(3)]
    (breach,) = forecast(due, LIMITS, policy, NOW).breaches
    assert (breach.begins, breach.ends, breach.needed) == (AT_15, AT_15 + 3 * HOUR, 600)


def test_an_update_of_the_hour_in_which_a_tier_ends_is_said_by_the_move(policy: Policy) -> None:
    both = [due_at(AT_15, 10), due_at(AT_15, 10, Timer.TIER_ENDS)]
    hour = next(hour for hour in forecast(both, LIMITS, policy, NOW).hours if hour.at == AT_15)
    assert (hour.number("updates"), hour.number("tier moves")) == (0, 10)


def test_after_tier_1_comes_tier_2_and_after_that_only_updates(policy: Policy) -> None:
    ends = [due_at(AT_15, 10, Timer.TIER_ENDS)]
    made = forecast(ends, LIMITS, policy, NOW, first_of_tiers=1.0)
    moves = [hour.at for hour in made.hours if hour.number("tier moves")]
    assert moves == [AT_15, AT_15 + timedelta(days=2)]
    assert [hour.at.day for hour in made.hours if hour.number("updates")] == [11, 15, 17]


def test_a_tier_move_costs_a_look_at_both_services_an_e_mail_and_an_update() -> None:
    assert dict(costs_of_due(Timer.TIER_ENDS)) == {ZENDESK: 5, UPDATES: 1}
    assert dict(costs_of_due(Timer.NEXT_UPDATE)) == {ZENDESK: 3, UPDATES: 1}


def test_without_a_budget_nothing_is_a_breach(policy: Policy) -> None:
    assert forecast([due_at(AT_15, 10**6)], {}, policy, NOW).breaches == ()


ITEMS = st.lists(
    st.builds(
        DueCount,
        st.integers(-30, HOURS - 1).map(lambda place: NOW.replace(minute=0) + place * HOUR),
        st.sampled_from([str(kind) for kind in Timer]),
        st.integers(1, 500),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, per_minute=st.integers(2, 30))
def test_each_item_is_due_in_one_hour_and_a_breach_is_where_more_is_due_than_allowed(
    policy: Policy, items: list[DueCount], per_minute: int
) -> None:
    made = forecast(items, {**LIMITS, UPDATES: RateLimit.of(per_minute)}, policy, NOW)
    assert len(made.hours) == HOURS
    for kind in Timer:
        wanted = sum(one.number for one in items if one.kind == kind)
        assert sum(hour.stored.get(kind, 0) for hour in made.hours) == wanted
    for hour in made.hours:
        for load in hour.loads:
            assert load.is_breach == (load.needed + load.carried > load.allowed)
    over = {hour.at for hour in made.hours for load in hour.loads if load.is_breach}
    named = {one.begins + n * HOUR for one in made.breaches for n in range(int((one.ends - one.begins) / HOUR))}
    assert over == named
