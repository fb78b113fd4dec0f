"""That workers which share the tests compute and wait beside each other, and that none is lost."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.order import from_elsewhere, in_shares


def some(place: str, count: int) -> list[Any]:
    return [SimpleNamespace(nodeid=f"{place}::test_{number}") for number in range(count)]


ALL = [
    *some("tests/lint/test_words.py", 9),
    *some("tests/simulation/test_seeds.py", 5),
    *some("tests/system/cli/test_apply.py", 3),
    *some("tests/system/processes/test_kills.py", 4),
    *some("tests/unit/test_a.py", 19),
]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7, 50])
def test_each_test_runs_once_however_many_workers_there_are(workers: int) -> None:
    assert sorted(item.nodeid for item in in_shares(ALL, workers)) == sorted(item.nodeid for item in ALL)


def test_two_of_four_workers_wait_first_and_two_compute() -> None:
    found = in_shares(ALL, 4)
    assert [found[share * 10].nodeid for share in range(4)] == [
        "tests/system/processes/test_kills.py::test_0",
        "tests/simulation/test_seeds.py::test_0",
        "tests/system/cli/test_apply.py::test_0",
        "tests/simulation/test_seeds.py::test_1",
    ]


def test_what_is_made_for_a_file_is_made_for_one_worker() -> None:
    found = [item.nodeid for item in in_shares(ALL, 4)]
    begin = found.index("tests/system/processes/test_kills.py::test_0")
    assert all("test_kills" in name for name in found[begin : begin + 4])


def test_shares_end_with_what_is_short() -> None:
    found = in_shares(ALL, 4)
    assert all(found[share * 10 + 9].nodeid.startswith(("tests/lint/", "tests/unit/")) for share in range(4))


def test_a_life_that_several_tests_look_at_is_lived_by_one_worker() -> None:
    reports = some("tests/simulation/test_reports.py", 4)
    found = [item.nodeid for item in in_shares([*ALL, *reports], 4)]
    begin = found.index(reports[0].nodeid)
    assert found[begin : begin + 4] == [item.nodeid for item in reports]


def test_each_worker_reads_all_files_and_begins_with_another_share(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abcdef"]
    for file in files:
        file.write_text("x" * (30 if file.name == "a" else 6), encoding="utf-8")
    read = [from_elsewhere(files, worker, 3) for worker in range(3)]
    assert [mine[0].name for mine in read] == ["a", "a", "c"]
    assert all(sorted(mine) == files for mine in read)
