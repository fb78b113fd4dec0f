"""Where a benchmark runs: SQLite beside the desk, or private PostgreSQL and RabbitMQ servers that lose nothing.

`--on sqlite` is the default and needs nothing. `--on servers` starts the servers and stops them at the end, unless
`python -m bench` has them running already.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from store import migrate
from tests.integration.store.postgres import WANTED, Server, find_programs, private_server
from tests.servers.rabbitmq import private_rabbitmq

SQLITE, SERVERS = "sqlite", "servers"
PLACES = (SQLITE, SERVERS)
WORDS = {SQLITE: "SQLite", SERVERS: "PostgreSQL"}
GIVEN_POSTGRES, GIVEN_BROKER = "BENCH_POSTGRES", "BENCH_BROKER"
# What the test servers leave out for speed: here a commit is on the disk before it is told.
DURABLE = "-c fsync=on -c synchronous_commit=on"


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of database with a broker. `server`: PostgreSQL's, None on SQLite."""

    name: str
    broker: str = "memory://"
    server: Server | None = None

    @property
    def words(self) -> str:
        return WORDS[self.name]

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, migrated database, gone at the end."""
        if self.server is None:
            with tempfile.TemporaryDirectory(prefix="bench") as folder:
                url = f"sqlite:///{folder}/bench.db"
                migrate(url)
                yield url
            return
        url = self.server.create_database()
        migrate(url)
        try:
            yield url
        finally:
            self.server.drop_database(url)


def add_place(options: argparse.ArgumentParser) -> None:
    """The option that says where."""
    options.add_argument(
        "--on", choices=PLACES, default=SQLITE, help="the database, and the broker that goes with it"
    )


@contextmanager
def place(name: str, *, broker: bool = True, preload: Path | None = None) -> Iterator[Place]:
    """The place of a name. `broker`: whether RabbitMQ is needed too. `preload`: a library for what it starts."""
    if name == SQLITE:
        yield Place(SQLITE)
        return
    with ExitStack() as stack:
        given = None if preload else os.environ.get(GIVEN_POSTGRES)
        server = Server(make_url(given)) if given else stack.enter_context(durable_postgres(preload))
        queue = "memory://"
        if broker:
            queue = os.environ.get(GIVEN_BROKER) or stack.enter_context(private_rabbitmq()).address
        yield Place(SERVERS, queue, server)


@contextmanager
def durable_postgres(preload: Path | None = None) -> Iterator[Server]:
    """A private PostgreSQL that loses nothing. LookupError, which says what would help, where there is none."""
    if find_programs() is None:
        raise LookupError(WANTED)
    with tempfile.TemporaryDirectory(prefix="preload") as folder:
        environment = dict(os.environ)
        if preload is not None:
            # PostgreSQL's user has to be able to read it.
            Path(folder).chmod(0o755)
            environment["LD_PRELOAD"] = str(shutil.copy(preload, folder))
        with private_server(options=DURABLE, environment=environment) as server:
            yield server


@contextmanager
def given_to_all() -> Iterator[dict[str, str]]:
    """PostgreSQL and RabbitMQ for the benchmarks that follow: what their environment has to say of them."""
    with durable_postgres() as server, private_rabbitmq() as queue:
        yield {GIVEN_POSTGRES: server.address, GIVEN_BROKER: queue.address}
