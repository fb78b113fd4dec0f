"""A desk on a real database, with two services that do as they are told; some tests also on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Services
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk
from tests.migrated import migrated
from tests.servers.both import run_on_both, wanted
from tests.servers.shared import Servers, servers

__all__ = ["servers"]

ALSO_ON_SERVERS = {
    "test_dead::test_an_event_that_is_replayed_is_handled_again",
    "test_deliver::test_an_update_whose_answer_was_lost_is_found_and_not_repeated",
    "test_deliver::test_a_conflict_is_read_back_after_two_seconds",
    "test_handle::test_a_case_is_begun_once_however_often_its_ticket_is_announced",
    "test_looking::test_the_first_look_brings_ticket_and_assignment",
    "test_loops::test_two_workers_on_the_same_rows_do_everything_once",
    "test_observing::test_news_of_the_assignment_reach_its_open_case",
    "test_posting::test_a_message_found_twice_goes_to_a_person_with_both_texts",
    "test_tracing::test_a_look_a_decision_and_a_sending_hang_together_though_two_processes_take_turns",
    "test_reconcile::test_the_next_round_goes_on_from_the_cursor",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if not metafunc.module.__name__.endswith("test_on_postgres"):
        run_on_both(metafunc, "url", ALSO_ON_SERVERS)


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def clock(services: Services) -> Clock:
    return services.clock


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if wanted(request) == "sqlite":
        yield migrated(tmp_path / "parley.db")
        return
    found: Servers = request.getfixturevalue("servers")
    with found.database() as address:
        yield address


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store.open(url, now=clock) as opened:
        yield opened


@pytest.fixture
def zendesk(services: Services) -> FakeZendesk:
    return services.zendesk


@pytest.fixture
def workmarket(services: Services) -> FakeWorkMarket:
    return services.workmarket


@pytest.fixture
def desk(store: Store, services: Services) -> DeskOnFakes:
    """The desk at work."""
    return services.desk(store)
