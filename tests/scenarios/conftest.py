"""One desk a scenario: on SQLite, in memory else; some also over HTTP, on PostgreSQL and RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.model.values import Party
from escalation.policies.policy import Policy
from parley.wiring.load_policy import load_rules
from tests.asserting import untrue
from tests.desk import START, Addresses, Desk, OpenDesk, beside
from tests.scenarios import moments
from tests.servers.both import run_on_both, wanted
from tests.servers.shared import Servers, servers

__all__ = ["servers"]

ALSO_ON_SERVERS = {
    "test_agents_note::test_a_foreign_message_is_shown_as_written_and_obeyed_nowhere",
    "test_arrival::test_the_number_in_a_reply_becomes_the_assignment",
    "test_ends::test_merged_into_a_ticket_of_the_same_requester_the_case_moves_there",
    "test_other_side::test_an_answer_becomes_a_note_with_author_and_time_once",
    "test_pause::test_what_is_owed_after_a_pause_is_one_message",
    "test_posting::test_a_tagged_comment_is_posted_once_whatever_is_looked_at_again",
    "test_second_request::test_two_requests_at_one_moment_are_one_case_and_one_message",
    "test_trouble::test_a_lost_reply_is_settled_by_reading_before_the_tier_begins",
    "test_walk::test_a_silent_other_side_takes_it_through_every_tier_and_off_the_platform",
    "test_webhooks_astray::test_doubled_webhooks_do_everything_once",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_both(metafunc, "place", ALSO_ON_SERVERS)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The packaged policy, but that a month ends by itself also where no account manager is known, as here; that a
    person is asked first is told in `test_true_words.py`."""
    return replace(load_rules(None), ask_before_end=False)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Addresses]:
    """Where the desk keeps what it knows and hears what to do."""
    if wanted(request) == "sqlite":
        yield beside(tmp_path)
        return
    found: Servers = request.getfixturevalue("servers")
    with found.database() as database:
        yield Addresses(database, found.url("rabbitmq"), over_http=True)


@pytest.fixture
def party(request: pytest.FixtureRequest) -> Party:
    """Who escalates: a worker, where a test says nothing else."""
    found: Party = getattr(request, "param", Party.WORKER)
    return found


@pytest.fixture
def desk(request: pytest.FixtureRequest, place: Addresses, policy: Policy, party: Party) -> Iterator[Desk]:
    desk = Desk(place, policy, party=party)
    with closing(desk):
        yield desk
        moments.check(f"{request.module.__name__.rpartition('.')[2]}::{request.function.__name__}", desk)
        all_was_true(desk, policy)


def all_was_true(desk: Desk, policy: Policy) -> None:
    """No text asserted what was not so when it was decided."""
    assert untrue(desk.app.store.read, desk.zendesk, desk.workmarket, policy.texts) == []


@pytest.fixture
def open_desk(place: Addresses, policy: Policy, party: Party) -> Iterator[OpenDesk]:
    """Opens a desk at another moment, or under another policy: `open_desk(start, update_hours=24)`."""
    opened: list[Desk] = []

    def build(start: datetime = START, **changes: Any) -> Desk:
        opened.append(Desk(place, replace(policy, **changes), start, party=party))
        return opened[-1]

    yield build
    for desk in opened:
        with closing(desk):
            all_was_true(desk, policy)
