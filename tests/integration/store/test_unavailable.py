"""What happens when the database is locked, gone, full or stopped: a clear sentence, and recovery by itself."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL, exc, make_url

from store import Store, StoreUnavailable, migrate
from store.database.errors import Unsuitable, explain
from tests.inboxes import next_rows
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server, private_server
from tests.integration.store.silent import wire_to


def put(store: Store, key: str) -> bool:
    return store.write(lambda tx: tx.inbox.record(key, "k", "l", {}, NOW))


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """The database with somebody else's write transaction open."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_locked_database_is_unavailable_and_recovers(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url, now=lambda: NOW, patience_s=0.05) as store:
        with locked(tmp_path / "parley.db"), pytest.raises(StoreUnavailable, match="locked"):
            put(store, "a")
        assert put(store, "a")


def test_a_missing_file_is_unavailable_until_it_is_there_and_is_never_made_by_accident(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    with Store.open(url, now=lambda: NOW) as store:
        for use in (lambda: put(store, "a"), store.check, lambda: store.read(lambda tx: tx.inbox.counts())):
            with pytest.raises(StoreUnavailable, match="parley migrate"):
                use()
        assert not (tmp_path / "later.db").exists()
        migrate(url)
        assert put(store, "a")
        store.check()


def test_a_deleted_file_is_noticed_and_a_new_one_is_for_who_starts_anew(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url, now=lambda: NOW) as store:
        assert put(store, "a")
        for file in tmp_path.glob("parley.db*"):
            if file.is_file():
                file.unlink()
        with pytest.raises(StoreUnavailable, match="not there"):
            put(store, "b")
        migrate(sqlite_url)
        with pytest.raises(Unsuitable, match="Stop everything that runs on it"):
            put(store, "b")
    with Store.open(sqlite_url, now=lambda: NOW) as another:
        assert put(another, "a")


def test_no_lock_is_taken_where_a_database_was_put_back_meanwhile(postgres: Server, template: str) -> None:
    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as store, psycopg.connect(url, autocommit=True) as somebody:
        with store.lock("assignment:77") as free:
            assert free
        somebody.execute("ALTER TABLE alembic_version RENAME TO before")
        somebody.execute("CREATE TABLE alembic_version AS SELECT * FROM before")
        for _ in range(2):
            with pytest.raises(Unsuitable, match="put back or replaced"), store.lock("assignment:77"):
                raise AssertionError("It was given a lock on another database.")
    postgres.drop_database(url)


def test_a_database_without_our_tables_is_unavailable_and_says_what_to_do(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    with Store.open(f"sqlite:///{tmp_path / 'empty.db'}", now=lambda: NOW) as store:
        with pytest.raises(StoreUnavailable, match="parley migrate"):
            put(store, "a")
        with pytest.raises(StoreUnavailable, match="parley migrate"):
            store.check()


def test_a_table_that_was_lost_is_told_of_by_what_helps_until_it_is_there_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    with (
        Store.open(sqlite_url, now=lambda: NOW) as store,
        closing(sqlite3.connect(tmp_path / "parley.db")) as other,
    ):
        other.execute("ALTER TABLE inbox RENAME TO lost")
        with pytest.raises(StoreUnavailable, match="where that changes nothing put a backup back"):
            put(store, "a")
        other.execute("ALTER TABLE lost RENAME TO inbox")
        assert put(store, "a")


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "odd.db").write_bytes(b"this is not a database" * 100)
    with (
        Store.open(f"sqlite:///{tmp_path / 'odd.db'}", now=lambda: NOW) as store,
        pytest.raises(StoreUnavailable, match="damaged"),
    ):
        put(store, "a")


FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from store import Store, StoreUnavailable

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2026, 11, 20, tzinfo=UTC)
with Store.open(sys.argv[1], now=lambda: now) as store:
    put = lambda key: store.write(lambda tx: tx.inbox.record(key, "k", "l", {"x": "y" * 100_000}, now))
    assert put("before")
    everything = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, everything[1]))
    try:
        for number in range(100):
            put(f"full {number}")
    except StoreUnavailable as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, everything)
    assert put("after")
"""


def test_a_full_disk_is_unavailable_and_recovers(sqlite_url: str) -> None:
    # A limit on the size of files stands in for the end of the disk; it is the process's own.
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, sqlite_url], capture_output=True, text=True, timeout=120, check=False
    )
    assert (child.returncode, child.stderr) == (0, "")
    assert "disk" in child.stdout


def test_a_killed_postgresql_is_unavailable_and_recovers(own_postgres: Server) -> None:
    url = own_postgres.create_database()
    migrate(url)
    with Store.open(url, now=lambda: NOW) as store:
        assert put(store, "a")
        own_postgres.kill()
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="reached"):
                put(store, "b")
            with pytest.raises(StoreUnavailable, match="reached"):
                store.read(lambda tx: tx.inbox.counts())
        with pytest.raises(StoreUnavailable), store.lock("x"):
            pass
        own_postgres.start()
        assert put(store, "b")
        assert store.read(lambda tx: tx.inbox.counts())["new"] == 2


def test_a_session_that_is_ended_in_the_middle_is_unavailable_and_the_next_one_works(
    postgres: Server, template: str
) -> None:
    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as store:

        def be_cut_off(tx):  # type: ignore[no-untyped-def]
            tx.inbox.record("lost", "k", "l", {}, NOW)
            postgres.end_sessions(url)
            tx.inbox.record("lost too", "k", "l", {}, NOW)

        with pytest.raises(StoreUnavailable):
            store.write(be_cut_off)
        assert put(store, "a")
        assert store.read(lambda tx: tx.inbox.counts())["new"] == 1
    postgres.drop_database(url)


def test_a_row_locked_elsewhere_is_waited_for_within_bounds(postgres: Server, template: str) -> None:
    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW, patience_s=0.05) as store:
        put(store, "a")
        (row,) = store.read(lambda tx: next_rows(tx, 1, NOW))
        with psycopg.connect(url) as other:
            other.execute("SELECT 1 FROM inbox FOR UPDATE")
            with pytest.raises(StoreUnavailable, match="locked"):
                store.write(lambda tx: tx.inbox.mark_done(row.id, NOW))
            other.rollback()
        assert store.write(lambda tx: tx.inbox.mark_done(row.id, NOW))
    postgres.drop_database(url)


def test_a_row_being_handled_by_another_process_is_passed_over(postgres: Server, template: str) -> None:
    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as store:
        put(store, "a")
        (row,) = store.read(lambda tx: next_rows(tx, 1, NOW))
        with psycopg.connect(url) as other:
            other.execute("SELECT 1 FROM inbox FOR UPDATE")
            assert store.write(lambda tx: tx.inbox.finish(row.id, NOW)) is None
            other.rollback()
        assert store.write(lambda tx: tx.inbox.finish(row.id, NOW)) is not None
    postgres.drop_database(url)


def test_a_connection_that_broke_within_a_transaction_is_a_database_that_is_away() -> None:
    assert isinstance(
        explain(exc.PendingRollbackError("Can't reconnect until it is rolled back.")), StoreUnavailable
    )


@pytest.fixture(scope="module")
def guarded() -> Iterator[URL]:
    """The address of a server that asks the user `desk` for the password `right`, and encrypts nothing."""
    with private_server() as server:
        assert server.data is not None
        rules = server.data / "pg_hba.conf"
        rules.write_text("local all desk scram-sha-256\n" + rules.read_text(encoding="ascii"), encoding="ascii")
        server.execute("CREATE ROLE desk LOGIN PASSWORD 'right'")
        server.execute("SELECT pg_reload_conf()")
        with wire_to(server.address) as (_, url):
            yield make_url(url).set(username="desk", password="right")


WRONG: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "password": ({"password": "s3cr3t"}, "refuses this user or password"),
    "no password": ({"password": ""}, "wants a password, and DATABASE_URL holds none"),
    "user": ({"username": "nobody"}, "does not let this user in"),
    "database": ({"database": "not_there"}, "no such database"),
    "host": ({"host": "nowhere.invalid"}, "host in DATABASE_URL is not known"),
    "port": ({"port": 1}, "cannot be reached; check that it is running"),
    "sslmode": ({"query": {"sslmode": "require"}}, "does not encrypt, and the sslmode"),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_wrong_part_of_the_url_is_told_by_what_the_server_said(guarded: URL, what: str) -> None:
    wrong, told = WRONG[what]
    url = guarded.set(**wrong).render_as_string(hide_password=False)
    for _ in range(2):  # also where the server said the same before
        with Store.open(url, now=lambda: NOW) as store, pytest.raises(StoreUnavailable, match=told) as error:
            store.check()
        assert "s3cr3t" not in str(error.value)
    with pytest.raises(StoreUnavailable, match=told):
        migrate(url)


def test_an_sslmode_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="sslmode has to be one of disable, allow, prefer, require"):
        Store.open("postgresql://desk@db/parley?sslmode=yes", now=lambda: NOW)


@pytest.fixture
def stranger(postgres: Server, template: str) -> Iterator[str]:
    """A database that our user may only read."""
    made = make_url(postgres.create_database(template))
    owner = made.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as admin:
        admin.execute("CREATE ROLE stranger LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO stranger")
        try:
            yield made.set(username="stranger").render_as_string(hide_password=False)
        finally:
            admin.execute("DROP OWNED BY stranger; DROP ROLE stranger")


def test_a_user_that_may_not_write_is_told_of_in_a_sentence(stranger: str) -> None:
    with Store.open(stranger, now=lambda: NOW) as store:
        store.check()
        with pytest.raises(StoreUnavailable, match="may not do that"):
            put(store, "a")


def test_a_server_without_a_free_connection_says_so(postgres: Server, template: str) -> None:
    made = make_url(postgres.create_database(template))
    owner = made.set(drivername="postgresql").render_as_string(hide_password=False)
    url = made.set(username="crowd").render_as_string(hide_password=False)
    with psycopg.connect(owner, autocommit=True) as admin:
        admin.execute("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0")
        try:
            with Store.open(url, now=lambda: NOW) as store, pytest.raises(StoreUnavailable, match="no more conn"):
                store.check()
        finally:
            admin.execute("DROP ROLE crowd")
