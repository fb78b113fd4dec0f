"""A worker's host loses power: the server ends its session, and its lock is free within a minute."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from sqlalchemy import make_url

from store import Store, migrate
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import FOR_TESTS, Server, private_server
from tests.integration.store.test_locks import HOLD
from tests.scale import NIGHTLY, tell
from tests.servers.lost_host import OURS, THEIRS, machine
from tests.servers.ports import lasting_port

# The limits that a URL may name; those that hold unless it does are tried at night, since they take half a minute.
QUICK = {"tcp_keepalives_idle": "1", "tcp_keepalives_interval": "1", "tcp_user_timeout": "2000"}
FREE_WITHIN_S = 60.0


def test_the_lock_of_a_host_that_lost_power_is_free_within_a_minute() -> None:
    port = lasting_port()
    with machine() as other, _server(port) as server:
        local = make_url(server.address).update_query_dict({"port": str(port)})
        with Store.open(_migrated(local.render_as_string(hide_password=False)), now=lambda: NOW) as store:
            there = make_url(server.address).set(host=OURS, port=port, query={} if NIGHTLY else QUICK)
            command = [*other.prefix, sys.executable, "-c", HOLD, there.render_as_string(hide_password=False)]
            holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert holder.stdout is not None and holder.stdin is not None
            try:
                assert holder.stdout.readline() == "True\n"
                with store.lock("assignment:77") as free:
                    assert not free
                other.pull_the_cable()
            finally:
                holder.kill()
                holder.wait()
                holder.stdin.close()
                holder.stdout.close()
            seconds = _free_after(store)
            tell("lost_host", lock_free_after_s=round(seconds, 1))
            assert seconds <= FREE_WITHIN_S


@contextmanager
def _server(port: int) -> Iterator[Server]:
    """One that the other machine may reach."""
    with private_server() as server:
        assert server.data is not None
        server.control("stop", "-m", "fast")
        with (server.data / "pg_hba.conf").open("a", encoding="ascii") as allowed:
            allowed.write(f"host all all {THEIRS}/32 trust\n")
        server.options = f"{FOR_TESTS} -c listen_addresses={OURS} -c port={port}"
        server.start()
        yield server


def _migrated(url: str) -> str:
    migrate(url)
    return url


def _free_after(store: Store) -> float:
    began, pause = perf_counter(), threading.Event()
    while perf_counter() - began < 2 * FREE_WITHIN_S:
        with store.lock("assignment:77") as free:
            if free:
                return perf_counter() - began
        pause.wait(0.1)
    raise AssertionError("It is never free.")
