"""What a lock promises: one holder among threads and processes, until its end, whichever way that comes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store import Store
from tests.integration.store.conftest import NOW

HOLD = """
import sys
from datetime import UTC, datetime
from store import Store

with Store.open(sys.argv[1], now=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as store:
    with store.lock("assignment:77") as free:
        print(free, flush=True)
        sys.stdin.read()
"""


@contextmanager
def held_elsewhere(url: str) -> Iterator[subprocess.Popen[str]]:
    """The lock `assignment:77` held by another process."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        assert child.stdout.readline() == "True\n"
        yield child
    finally:
        child.kill()
        child.wait(120)
        child.stdin.close()
        child.stdout.close()


def test_a_lock_is_held_once_at_a_time(store: Store) -> None:
    with store.lock("assignment:77") as first:
        with store.lock("assignment:77") as second, store.lock("assignment:78") as other:
            assert (first, second, other) == (True, False, True)
        with store.lock("assignment:77") as still:
            assert not still
    with store.lock("assignment:77") as again:
        assert again


def test_a_lock_keeps_other_threads_out(store: Store) -> None:
    seen: list[bool] = []

    def try_it() -> None:
        with store.lock("assignment:77") as free:
            seen.append(free)

    with store.lock("assignment:77"):
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join(120)
    assert seen == [False]


def test_an_error_inside_lets_go_of_the_lock(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("assignment:77"):
        raise ZeroDivisionError
    with store.lock("assignment:77") as free:
        assert free


def test_a_killed_process_holds_nothing_any_more(store: Store, url: str) -> None:
    with held_elsewhere(url) as child:
        with store.lock("assignment:77") as free:
            assert not free
        child.kill()
        child.wait(120)
        assert _becomes_free(store)


def _becomes_free(store: Store) -> bool:
    # PostgreSQL ends a dead client's session when it notices; the kernel frees a file lock at once.
    never = threading.Event()
    for _ in range(200):
        with store.lock("assignment:77") as free:
            if free:
                return True
        never.wait(0.02)
    return False


def test_lock_files_do_not_pile_up(sqlite_store: Store, tmp_path: Path) -> None:
    for number in range(50):
        with sqlite_store.lock(f"ticket:{number}") as free:
            assert free
    assert list((tmp_path / "parley.db.locks").iterdir()) == []


def test_threads_that_fight_for_one_lock_never_hold_it_together(sqlite_url: str) -> None:
    holders = 0
    most = 0
    taken = 0

    def fight(store: Store) -> None:
        nonlocal holders, most, taken
        for _ in range(200):
            with store.lock("x") as free:
                if free:
                    holders += 1
                    most = max(most, holders)
                    taken += 1
                    holders -= 1

    with Store.open(sqlite_url, now=lambda: NOW) as store:
        threads = [threading.Thread(target=fight, args=(store,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert most == 1 and taken > 0
