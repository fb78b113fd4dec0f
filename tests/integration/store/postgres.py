"""A PostgreSQL server for tests: the one that PARLEY_TEST_POSTGRES names, else a private one of this machine's."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

WANTED = (
    "needs PostgreSQL: set PARLEY_TEST_POSTGRES to the URL of a server where databases may be created, "
    "or install PostgreSQL's server programs"
)
NUMBERS = count()
# What is tried here is what we do with a database, not whether PostgreSQL keeps its promise.
FOR_TESTS = "-c fsync=off"


@dataclass
class Server:
    """A running server. `control` starts and stops it where it is our own."""

    url: URL
    programs: Path | None = None
    data: Path | None = None
    options: str = FOR_TESTS
    environment: Mapping[str, str] | None = None

    @property
    def address(self) -> str:
        """Its URL, with whatever it needs to be reached."""
        return self.url.render_as_string(hide_password=False)

    def create_database(self, template: str = "template1") -> str:
        """A new database, as a DATABASE_URL."""
        name = f"parley_{os.getpid()}_{next(NUMBERS)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """End a database and whoever is connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def end_sessions(self, url: str) -> None:
        """Cut off whoever is connected to a database."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ends, (make_url(url).database,))

    def execute(self, statement: str) -> None:
        """Run a statement as the server's owner."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def dsn(self) -> str:
        """The owner's connection string for the driver."""
        return self.url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)

    def kill(self) -> None:
        """End the server at once, as a crash does."""
        self.control("stop", "-m", "immediate")

    def kill_9(self) -> None:
        """End its first process so that it can tell nobody, the others included."""
        assert self.data is not None
        number = (self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]
        os.kill(int(number), signal.SIGKILL)

    def start(self) -> None:
        """Start it (again). After `kill_9` it waits until the last of the old processes has noticed."""
        assert self.data is not None
        options = f"-c listen_addresses='' -c unix_socket_directories={self.data.parent} {self.options}"
        pause = threading.Event()
        for tries_left in range(20, -1, -1):
            try:
                self.control("start", "-l", str(self.data.parent / "log"), "-o", options)
            except subprocess.CalledProcessError:
                if not tries_left:
                    raise
                pause.wait(0.25)
            else:
                return

    def control(self, *arguments: str) -> None:
        """pg_ctl, as somebody who is not root."""
        assert self.programs is not None and self.data is not None
        command = [str(self.programs / "pg_ctl"), "-D", str(self.data), "-w", *arguments]
        subprocess.run(
            _as_somebody(command), check=True, stdout=subprocess.DEVNULL, cwd=self.data.parent, env=self.environment
        )


def _as_somebody(command: list[str]) -> list[str]:
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def find_programs() -> Path | None:
    """Where initdb and its kind are, when they can be used."""
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return None
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return known[0].parent if known else None


@contextmanager
def private_server(options: str = FOR_TESTS, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server of our own on a socket in a new directory, gone at the end; skips where there is none."""
    programs = find_programs()
    if programs is None:
        pytest.skip(WANTED)
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        base = Path(name)
        if os.geteuid() == 0:
            shutil.chown(base, "postgres")
        data = base / "data"
        initdb = [str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N"]
        subprocess.run(_as_somebody(initdb), check=True, stdout=subprocess.DEVNULL, cwd=base)
        url = URL.create("postgresql", "postgres", database="postgres", query={"host": str(base)})
        server = Server(url, programs, data, options, environment)
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # a test may have left it killed
                server.kill()


@contextmanager
def any_server() -> Iterator[Server]:
    """The server of PARLEY_TEST_POSTGRES, else a private one."""
    given = os.environ.get("PARLEY_TEST_POSTGRES")
    if given:
        yield Server(make_url(given))
    else:
        with private_server() as server:
            yield server
