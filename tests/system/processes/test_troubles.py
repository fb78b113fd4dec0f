"""A desk of several processes on real servers, in all kinds of trouble: what people find in the end is the same."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from store import migrate
from tests.integration.store.postgres import Server, private_server
from tests.integration.store.relay import relay_to
from tests.migrated import migrated
from tests.scale import scaled, tell
from tests.servers.rabbitmq import private_rabbitmq
from tests.servers.shared import Servers, servers
from tests.system.processes.disks import small_disk
from tests.system.processes.spawned_desk import Forker
from tests.system.processes.split_desk import SplitDesk, Trouble, Troubles
from tests.system.processes.troubles import (
    a_process_is_killed,
    becomes_read_only,
    broker_troubles,
    database_troubles,
    fills_up,
    is_locked_by_somebody_else,
    wire_troubles,
)

__all__ = ["servers"]

Disturbed = Callable[..., SplitDesk]


@pytest.fixture
def disturbed(forker: Forker, tmp_path: Path) -> Disturbed:
    """Lives through requests in trouble, and holds each to one that was left alone."""

    def live(name: str, url: str, broker: str, kinds: Sequence[Trouble], *, requests: int, each: int = 1) -> None:
        desk = SplitDesk(forker, tmp_path, url, broker, Troubles(scaled(1, 2), kinds))
        try:
            numbers = desk.assignments(requests + 1)
            desk.open()
            alone = desk.a_request_is_answered(numbers[0])
            assert (len(alone["public"]), len(alone["notes"]), len(alone["assignment"])) == (3, 2, 3)
            for number in numbers[1:]:
                assert desk.a_request_is_answered(number, troubles=each) == alone
            assert len(desk.zendesk.account.tickets) == requests + 1
            assert len(desk.store.read(lambda tx: tx.cases.list())) == requests + 1
            assert desk.errors() == []
            assert desk.in_the_middle > 0, "Each trouble came when all was done."
        finally:
            desk.close()
        seconds = desk.recovered_in
        recovered = {
            name: round(of(seconds), 2)
            for name, of in (("recovery_seconds", statistics.median), ("longest_recovery_seconds", max))
            if seconds
        }
        tell(
            f"servers_{name}",
            troubles=desk.troubles.made,
            in_the_middle=desk.in_the_middle,
            processes_killed=desk.kills,
            requests=requests,
            **recovered,
        )

    return live


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    with private_server() as server:
        yield server


def new_database(server: Server) -> str:
    url = server.create_database()
    migrate(url)
    return url


@pytest.mark.parametrize("share", range(scaled(1, 4)))
def test_processes_killed_at_random_lose_and_double_nothing(
    disturbed: Disturbed, servers: Servers, share: int
) -> None:
    with servers.database() as url:
        kinds = [a_process_is_killed]
        disturbed(f"processes_{share}", url, servers.url("rabbitmq"), kinds, requests=scaled(2, 10), each=2)


def test_a_broker_killed_wiped_and_emptied_loses_and_doubles_nothing(
    disturbed: Disturbed, servers: Servers
) -> None:
    try:
        with servers.database() as url, private_rabbitmq() as broker:
            disturbed("broker", url, broker.address, broker_troubles(broker), requests=scaled(2, 15))
    except LookupError as lacking:
        pytest.skip(str(lacking))


def test_a_database_killed_and_cut_off_loses_and_doubles_nothing(
    disturbed: Disturbed, own_postgres: Server, servers: Servers
) -> None:
    url = new_database(own_postgres)
    kinds = database_troubles(own_postgres)
    disturbed("database", url, servers.url("rabbitmq"), kinds, requests=scaled(2, 15))


def test_commits_whose_answers_are_lost_lose_and_double_nothing(
    disturbed: Disturbed, own_postgres: Server, servers: Servers
) -> None:
    url = new_database(own_postgres)
    with relay_to(url) as wire:
        kinds = wire_troubles(wire)
        disturbed("lost_commits", wire.url(url), servers.url("rabbitmq"), kinds, requests=scaled(2, 15))
        assert wire.lost > 0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder for a SQLite database alone."""
    made = tmp_path / "data"
    made.mkdir()
    return made


def new_file(data: Path) -> str:
    return migrated(data / "parley.db")


def test_a_database_file_locked_by_somebody_else_loses_and_doubles_nothing(
    disturbed: Disturbed, data: Path, servers: Servers
) -> None:
    kinds = [is_locked_by_somebody_else]
    disturbed("locked_file", new_file(data), servers.url("rabbitmq"), kinds, requests=scaled(1, 15))


def test_a_full_disk_loses_and_doubles_nothing(disturbed: Disturbed, data: Path, servers: Servers) -> None:
    with small_disk(data, megabytes=16):
        kinds = [fills_up(data)]
        disturbed("full_disk", new_file(data), servers.url("rabbitmq"), kinds, requests=scaled(1, 15))


def test_a_database_that_turns_read_only_loses_and_doubles_nothing(
    disturbed: Disturbed, data: Path, servers: Servers
) -> None:
    kinds = [becomes_read_only(data)]
    disturbed("read_only_file", new_file(data), servers.url("rabbitmq"), kinds, requests=scaled(1, 15))
