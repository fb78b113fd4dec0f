"""Servers that the workers of a test run share: those that the environment names, else private ones."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store import migrate
from tests.integration.store.postgres import Server

ROOT = Path(__file__).parents[2]
SCHEMES = {"amqp": "rabbitmq", "pyamqp": "rabbitmq", "amqps": "rabbitmq", "redis": "redis", "rediss": "redis"}
PATIENCE_S = 120


def given() -> dict[str, str]:
    """The servers of PARLEY_TEST_POSTGRES and PARLEY_TEST_BROKERS (URLs, parted by commas), by kind."""
    brokers = [url for url in os.environ.get("PARLEY_TEST_BROKERS", "").split(",") if url]
    found = {SCHEMES[url.partition("://")[0]]: url for url in brokers}
    postgres = os.environ.get("PARLEY_TEST_POSTGRES")
    return {**found, "postgresql": postgres} if postgres else found


@contextmanager
def used(folder: Path, kind: str) -> Iterator[Path]:
    """A server that is there while it is used: its URL is in `url`, or what would help is in `lacking`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("a") as users:
        with (folder / "starting").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            if not (folder / "url").exists() and not (folder / "lacking").exists():
                command = [sys.executable, "-m", "tests.servers.serve", "--while-used", str(folder), kind]
                subprocess.run(command, cwd=ROOT, check=True, timeout=PATIENCE_S)
        yield folder


class Servers:
    """Each is started when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._urls = given()
        self._template: str | None = None

    def url(self, kind: str) -> str:
        """The URL of "postgresql", "rabbitmq" or "redis"; skips where there is none."""
        if kind not in self._urls:
            folder = self._stack.enter_context(used(self._folder / kind, kind))
            if not (folder / "url").exists():
                pytest.skip((folder / "lacking").read_text(encoding="utf-8"))
            self._urls[kind] = (folder / "url").read_text(encoding="utf-8")
        return self._urls[kind]

    @contextmanager
    def database(self) -> Iterator[str]:
        """A migrated, empty database on PostgreSQL, gone at the end."""
        server = Server(make_url(self.url("postgresql")))
        if self._template is None:
            made = server.create_database()
            migrate(made)
            self._template = str(make_url(made).database)
        address = server.create_database(self._template)
        yield address
        server.drop_database(address)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Started when first asked for, and gone with the last worker."""
    own = tmp_path_factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with ExitStack() as stack:
        yield Servers(run / "servers", stack)
