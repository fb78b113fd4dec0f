"""In which order tests run where several workers run them: no core is to be idle, and no worker alone in the end.

Each worker is given an equal share of what follows each other, and whoever is done takes from the ends of others'.
So what is long by itself stands where shares begin, and what is short where they end.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate, groupby
from pathlib import Path

import pytest

COMPUTING = "tests/simulation/"
"""Each takes a core, many of them for long."""
LIVED_ONCE = "tests/simulation/test_reports.py"
WAITING = ("tests/system/", "tests/servers/")
"""They mostly wait for other processes. What a file needs is made once, so that its tests stay together."""
SECONDS = {
    "tests/system/processes/test_kills.py": 90,
    "tests/system/processes/test_troubles.py": 100,
    "tests/simulation/test_seeds.py::test_whatever_fails": 70,
    "tests/system/processes/test_old_beside_new.py": 65,
    "tests/system/bench/test_bench.py": 40,
    "tests/system/cli/test_readiness.py": 47,
    "tests/system/cli/test_going_live.py": 47,
    "tests/system/attack/test_flood.py": 34,
    "tests/simulation/test_seeds.py::test_a_failing_seed_is_shrunk": 30,
    "tests/simulation/test_reports.py": 25,
    "tests/system/cli/test_doctor.py": 26,
    "tests/system/processes/": 18,
}
"""What they took on 29 November: one computation, or all of a file that waits. It need not be exact."""
USUAL_S = 8


def in_shares(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Every other share begins with what waits, the others with what computes: one runs beside the other."""
    rest = [item for item in items if not item.nodeid.startswith((COMPUTING, *WAITING))]
    by_life = groupby((item for item in items if item.nodeid.startswith(COMPUTING)), lived_once)
    by_file = groupby((item for item in items if item.nodeid.startswith(WAITING)), file_of)
    begins: list[list[pytest.Item]] = [[] for _ in range(workers)]
    deal([list(tests) for _, tests in by_file], begins[::2])
    deal([list(tests) for _, tests in by_life], begins[1::2] or begins)
    ordered: list[pytest.Item] = []
    for number, begin in enumerate(begins):
        share = (len(items) - len(ordered)) // (workers - number)
        room = max(share - len(begin), 0)
        ordered += begin + rest[:room]
        del rest[:room]
    return ordered + rest


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def lived_once(item: pytest.Item) -> str:
    """A simulated life that a whole file looks at is lived by one worker."""
    return file_of(item) if item.nodeid.startswith(LIVED_ONCE) else item.nodeid


def from_elsewhere(files: Sequence[Path], worker: int, workers: int) -> list[Path]:
    """The files in the order in which one worker reads them: each begins with another share.

    Where assertions were never rewritten before (a fresh clone), each then finds most done by the others.
    """
    ends = list(accumulate(file.stat().st_size for file in files))
    first = bisect(ends, ends[-1] * worker // workers)
    return [*files[first:], *files[:first]]


def seconds(tests: Sequence[pytest.Item]) -> int:
    return next((known for place, known in SECONDS.items() if tests[0].nodeid.startswith(place)), USUAL_S)


def deal(hands: Sequence[list[pytest.Item]], to: Sequence[list[pytest.Item]]) -> None:
    """The longest first, each to whoever has least."""
    has = [0] * len(to)
    for tests in sorted(hands, key=seconds, reverse=True):
        least = has.index(min(has))
        to[least] += tests
        has[least] += seconds(tests)
