"""In which order tests run where several workers run them: no core is to be idle, and no worker alone in the end.

Each worker is given an equal share of what follows each other, and whoever is done takes from the ends of others'.
So what is long by itself stands where shares begin, and what is short where they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pytest

COMPUTING = "tests/simulation/"
"""Each takes a core, many of them for long."""
WAITING = ("tests/system/processes/", "tests/system/", "tests/servers/")
"""Most of their time they wait for other processes; the longest first. What a file needs is made once, so that its
tests stay together."""


def in_shares(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Every other share begins with what computes, the others with what waits: one runs beside the other."""
    rest = list(items)
    computing = [[item] for item in taken(rest, COMPUTING)]
    waiting = [list(tests) for place in WAITING for _, tests in groupby(taken(rest, place), file_of)]
    begins: list[list[pytest.Item]] = [[] for _ in range(workers)]
    deal(computing, begins[::2])
    deal(waiting, begins[1::2] or begins)
    ordered: list[pytest.Item] = []
    for number, begin in enumerate(begins):
        share = (len(items) - len(ordered)) // (workers - number)
        room = max(share - len(begin), 0)
        ordered += begin + rest[:room]
        del rest[:room]
    return ordered + rest


def taken(items: list[pytest.Item], place: str) -> list[pytest.Item]:
    """Take out what lies in a folder."""
    found = [item for item in items if item.nodeid.startswith(place)]
    items[:] = [item for item in items if not item.nodeid.startswith(place)]
    return found


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def deal(hands: Sequence[list[pytest.Item]], to: Sequence[list[pytest.Item]]) -> None:
    """One to each by turns."""
    for number, hand in enumerate(hands):
        to[number % len(to)] += hand
