"""Read-only for a while: once the database writes again, so does the desk, by a session that did not refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from store import Store, StoreUnavailable
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server
from tests.system.processes.disks import read_only


def put(store: Store, key: str) -> bool:
    return store.write(lambda tx: tx.inbox.record(key, "k", "l", {}, NOW))


def test_postgresql_that_its_host_makes_read_only_for_a_while_is_written_to_again(
    postgres: Server, template: str
) -> None:
    url = postgres.create_database(template)
    name = make_url(url).database
    with Store.open(url, now=lambda: NOW) as store:
        assert put(store, "a")
        postgres.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        postgres.end_sessions(url)
        with pytest.raises(StoreUnavailable):  # the session that was ended may not have heard of it yet
            put(store, "b")
        with pytest.raises(StoreUnavailable, match="read-only"):
            put(store, "b")
        both = [store.submit(lambda tx, n=n: tx.inbox.record(n, "k", "l", {}, NOW)) for n in "cd"]
        assert all(isinstance(one.exception(), StoreUnavailable) for one in both)
        postgres.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        assert put(store, "b")
        assert store.read(lambda tx: tx.inbox.counts())["new"] == 2
    postgres.drop_database(url)


def test_a_file_that_is_read_only_for_a_while_is_written_to_again(sqlite_url: str, tmp_path: Path) -> None:
    with Store.open(sqlite_url, now=lambda: NOW) as before:
        assert put(before, "a")  # whoever has it open keeps the files beside it
        with Store.open(sqlite_url, now=lambda: NOW) as store:
            with read_only(tmp_path), pytest.raises(StoreUnavailable):
                put(store, "b")
            assert put(store, "b")
