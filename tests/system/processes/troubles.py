"""What may befall a desk of several processes."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg
from kombu import Connection, Queue

from tests.integration.store.postgres import Server
from tests.integration.store.relay import Relay
from tests.servers.rabbitmq import RabbitMQ
from tests.system.processes.disks import read_only
from tests.system.processes.split_desk import SplitDesk, Trouble

LONGER_THAN_PATIENCE = 180  # looks of some 20 ms: the store waits for a lock for three seconds


def a_process_is_killed(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
    desk.kill_one(dice)
    yield 0


def broker_troubles(broker: RabbitMQ) -> list[Trouble]:
    def is_killed(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        broker.kill()
        yield dice.randint(0, 60)
        broker.start()

    def is_killed_and_wiped(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        broker.kill()
        broker.wipe()
        yield dice.randint(0, 60)
        broker.start()

    def loses_its_messages(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        with Connection(broker.address) as connection:
            for name in ("parley.inbox", "parley.outbox"):
                with suppress(*connection.channel_errors):  # the queue itself was lost a moment ago
                    Queue(name)(connection.channel()).purge()
        yield 0

    def loses_its_queues(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        with Connection(broker.address) as connection:
            for name in ("parley.inbox", "parley.outbox"):
                Queue(name)(connection.channel()).delete()
        yield 0

    return [is_killed, is_killed_and_wiped, loses_its_messages, loses_its_queues]


def database_troubles(server: Server) -> list[Trouble]:
    def is_killed(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        server.kill_9()
        yield dice.randint(0, 60)
        server.start()

    def stops_at_once(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        server.kill()
        yield dice.randint(0, 60)
        server.start()

    def ends_sessions_again_and_again(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            for _ in range(dice.randint(5, 40)):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'"
                )
                yield 0
        server.end_sessions(desk.url)

    return [is_killed, stops_at_once, ends_sessions_again_and_again]


def wire_troubles(wire: Relay) -> list[Trouble]:
    def breaks_in_commits(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        for _ in range(dice.randint(1, 6)):
            wire.lose(kept=dice.random() < 0.5, after=dice.randint(0, 5))
        yield dice.randint(40, 80)
        wire.heal()

    return [breaks_in_commits]


def is_locked_by_somebody_else(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
    """A SQLite database, for longer than the store waits."""
    with closing(sqlite3.connect(desk.url.removeprefix("sqlite:///"), isolation_level=None, timeout=120)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield LONGER_THAN_PATIENCE
        other.execute("ROLLBACK")


def fills_up(disk: Path) -> Trouble:
    """The disk, to its last byte, until something is deleted."""

    def fill(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        with closing(sqlite3.connect(desk.url.removeprefix("sqlite:///"), timeout=120)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # its room for what comes next would do for long
        ballast = disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        yield dice.randint(40, 120)
        ballast.unlink()

    return fill


def becomes_read_only(folder: Path) -> Trouble:
    """The folder of a SQLite database, with its files, for processes that open them from then on."""

    def become(desk: SplitDesk, dice: random.Random) -> Iterator[int]:
        with read_only(folder):
            desk.kill_all()
            yield dice.randint(60, 100)
        desk.kill_all()

    return become
