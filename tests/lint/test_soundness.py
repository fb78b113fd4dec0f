"""Soundness: what fires on a ticket of ours in the stand-in is never judged to be unable to."""

from __future__ import annotations

import pytest

from parley.zendesk.lint import read_rule
from parley.zendesk.lint.conditions.matching import regions
from sandbox.zendesk.rules import conditions as rules
from tests.lint.random_account import RandomAccount, moment_of


@pytest.mark.parametrize("seed", range(6))
def test_a_rule_that_fires_is_never_judged_unable_to(seed: int) -> None:
    """Nor unable to at that moment, or in that status."""
    drawn = RandomAccount(seed)
    updates = list(drawn.updates(tickets=20, each=8))
    fired = never = 0
    for _ in range(300):
        conditions = drawn.rule()
        found = regions(read_rule("trigger", {"conditions": conditions}), drawn.our_tickets)
        never += not found
        firing = [update for update in updates if rules.matches(conditions, update)]
        fired += bool(firing)
        for update in firing:
            moment, status = moment_of(update, drawn.us), update.ticket.status
            assert any(
                moment in region.moments and status in {one.category for one in region.statuses} for region in found
            ), (conditions, moment, status)
    assert fired > 60
    assert never > 20
