"""A case that lasts leaves its journal in the database, and next to nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.policies.policy import Policy
from tests.desk import Addresses, Desk

MOST = 100_000


def used(desk: Desk) -> int:
    return desk.app.store.read(lambda tx: tx.past.size()).used


def prune(desk: Desk) -> None:
    desk.app.pruner(lambda _: False).round(desk.clock())


def test_a_month_in_tier_2_adds_less_than_100_kb(place: Addresses, policy: Policy) -> None:
    desk = Desk(place, replace(policy, tier_2_hours=2_000.0, months=3))
    try:
        _, ticket = desk.begun(2)
        before, since = used(desk), desk.clock()
        for _ in range(30):
            desk.for_(days=1)
            desk.reconcile()
            prune(desk)
        # The last hours as reconcile really goes its rounds: what these leave behind is not there any more.
        for _ in range(13):
            desk.patrol()
            prune(desk)
        assert desk.clock() - since > timedelta(days=30)
        assert desk.state(ticket) == "tier_2"
        assert len(desk.said(ticket)) > 10
        assert used(desk) - before < MOST
        assert desk.dead() == []
    finally:
        desk.close()
