"""A case that lasts leaves its journal in the database, and next to nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.policies.policy import Policy
from tests.scenarios.town import Place, Town

MOST = 100_000


def used(town: Town) -> int:
    return town.house.store.read(lambda tx: tx.past.size()).used


def prune(town: Town) -> None:
    town.house.pruner(lambda _: False).round(town.clock())


def test_a_month_in_tier_2_adds_less_than_100_kb(place: Place, policy: Policy) -> None:
    town = Town(place, replace(policy, tier_2_hours=2_000.0, months=3))
    try:
        _, ticket = town.begun(2)
        before, since = used(town), town.clock()
        for _ in range(30):
            town.for_(days=1)
            town.reconcile()
            prune(town)
        # The last hours as reconcile really goes its rounds: what these leave behind is not there any more.
        for _ in range(13):
            town.patrol()
            prune(town)
        assert town.clock() - since > timedelta(days=30)
        assert town.state(ticket) == "tier_2"
        assert len(town.said(ticket)) > 10
        assert used(town) - before < MOST
        assert town.dead() == []
    finally:
        town.close()
