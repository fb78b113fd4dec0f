"""A database behind a wire that can fall silent, and a bound on how long anything may wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import make_url

from tests.servers.proxy import Proxy, proxy_to

T = TypeVar("T")
SOCKET = ".s.PGSQL.5432"


@contextmanager
def wire_to(url: str, **limits: int) -> Iterator[tuple[Proxy, str]]:
    """A wire to a private server's database, and the database's URL by way of it, with these limits."""
    made = make_url(url)
    if "host" not in made.query:
        pytest.skip("needs a server that is reached by a socket in a folder: leave PARLEY_TEST_POSTGRES unset")
    with proxy_to(Path(str(made.query["host"])) / SOCKET) as wire:
        there = made.set(host="127.0.0.1", port=wire.port, query={name: str(limits[name]) for name in limits})
        yield wire, there.render_as_string(hide_password=False)


def within(seconds: float, act: Callable[[], T]) -> T:
    """What comes of it, or what it raises; AssertionError where it still waits after so many seconds."""
    came: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            came.append(act())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), f"It still waits after {seconds} s."
    if raised:
        raise raised[0]
    return came[0]
