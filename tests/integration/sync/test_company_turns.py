"""What waits for one company's budget waits in turn, and only that."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from connector.errors import Limited
from escalation.model.effects import Look
from escalation.model.views import Absent
from store import Store
from sync.limits.bucket import RateLimit
from sync.limits.budgets import Budgets, Denied
from sync.limits.companies import MOST_AT_ONCE, Member, NotNow, SeveralCompanies
from tests.integration.sync.fakes import Clock
from tests.integration.sync.policy import START
from tests.patience import PATIENCE_S

ACME, BETA = "workmarket:acme", "workmarket:beta"


def budgets(store: Store, clock: Clock) -> Budgets:
    return Budgets(store, {ACME: RateLimit(60, 10), BETA: RateLimit(60, 10)}, now=clock)


def limited(budgets: Budgets, seconds: float) -> datetime | None:
    error = Limited("Too many.", seconds)
    error.service = ACME
    return budgets.refused(error, "look")


def test_a_company_that_asked_to_be_left_alone_is_denied_and_the_others_are_not(store: Store, clock: Clock) -> None:
    one = budgets(store, clock)
    limited(one, 60)
    assert one.denied(ACME, 1) == Denied(ACME, START + timedelta(seconds=60), paused=True)
    assert one.denied(BETA, 1) is None
    assert one.may_call(store.read(one.lately), clock()) is None


def test_what_is_denied_comes_back_one_after_the_other_as_far_apart_as_calls_are(
    store: Store, clock: Clock
) -> None:
    one = budgets(store, clock)
    limited(one, 60)
    denied = one.denied(ACME, 1)
    assert denied is not None
    turns = [one.turn_of(denied) for _ in range(3)]
    assert turns[0] == denied.until
    assert {later - sooner for sooner, later in itertools.pairwise(turns)} == {timedelta(seconds=1.2)}


class Hanging:
    """A company's WorkMarket that lets every call wait."""

    holds_token = True

    def __init__(self) -> None:
        self.go_on, self.begun = threading.Event(), threading.Semaphore(0)

    def read(self, assignment_id: str) -> Absent:
        self.begun.release()
        self.go_on.wait(PATIENCE_S)
        return Absent(assignment_id)


def test_a_company_that_hangs_leaves_threads_for_the_others(store: Store, clock: Clock) -> None:
    hanging, well = Hanging(), Hanging()
    well.go_on.set()
    members = [Member("acme", "acme", hanging), Member("beta", "beta", well)]  # type: ignore[arg-type]
    several = SeveralCompanies(members, store, budgets(store, clock), clock)

    def read(company: str) -> object:
        return several.read(Look("35", frozenset({"assignment"}), company=company), "4711", "")

    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        waiting = [pool.submit(read, "acme") for _ in range(MOST_AT_ONCE)]
        assert all(hanging.begun.acquire(timeout=PATIENCE_S) for _ in waiting)
        with pytest.raises(NotNow):
            read("acme")
        assert read("beta") == Absent("4711")
        hanging.go_on.set()
    assert read("acme") == Absent("4711")
