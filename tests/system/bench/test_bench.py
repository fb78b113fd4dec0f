"""Every benchmark runs, with tiny sizes, and leaves its figures; how fast anything is, no test says."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bench import card
from bench.__main__ import BENCHMARKS, runs
from bench.counting import traced
from bench.figures import LEFT_IN, Figure, left
from bench.places import GIVEN_BROKER, GIVEN_POSTGRES, Place
from tests.scale import NIGHTLY
from tests.servers.shared import Servers, servers
from tests.system.processes.spawned_desk import ROOT, Forker

__all__ = ["servers"]

# These take half of all that the benchmarks take here; what they are made of runs in others, too.
BY_NIGHT = {"beside", "doors", "onlookers", "walk"}
ELSEWHERE = {"idle", "workers"} | (set() if NIGHTLY else BY_NIGHT)
ON_SERVERS = ("card", "accept", "walk", "doors", "workers") if NIGHTLY else ("card",)


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)


def run(forker: Forker, folder: Path, name: str, on: str, **given: str) -> tuple[str, list[Figure]]:
    """What a benchmark prints and leaves, forked from a process that has imported the desk."""
    ((_, options),) = runs([name], on, quick=True)
    out, err, figures = (folder / f"{name}.{what}" for what in ("out", "err", "figures"))
    environment = {**os.environ, **given, LEFT_IN: str(figures)}
    pid = forker.start(options, environment, ROOT, str(out), str(err), module=f"bench.{name}")
    assert forker.wait(pid) == 0, out.read_text(encoding="utf-8") + err.read_text(encoding="utf-8")
    return out.read_text(encoding="utf-8"), left(figures)


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name not in ELSEWHERE])
def test_a_benchmark_comes_to_its_end_and_leaves_its_figures(forker: Forker, tmp_path: Path, name: str) -> None:
    printed, figures = run(forker, tmp_path, name, "sqlite")
    assert printed
    assert figures


def test_they_run_on_servers_too(forker: Forker, servers: Servers, tmp_path: Path) -> None:
    given = {GIVEN_POSTGRES: servers.url("postgresql"), GIVEN_BROKER: servers.url("rabbitmq")}
    for name in ON_SERVERS:
        printed, figures = run(forker, tmp_path, name, "servers", **given)
        assert f"python -m bench.{name}" in printed and "--on servers" in printed
        assert figures


def test_the_table_of_all_says_how_to_repeat_each() -> None:
    made = bench("--quick", "decide")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "python -m bench.decide" in made.stdout
    assert "see above" not in made.stdout


def test_a_cost_that_grew_by_more_than_a_tenth_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(card, "RECORDED", tmp_path / "card.json")
    before = card.Cost(100, 10, 10, 100, 7, 2, 1000, 50)
    card.record(Place("sqlite"), {"whole life": before}, 1000)
    now = replace(before, statements=111, transactions=11)
    figures = {figure.what: figure for figure in card.compared(Place("sqlite"), {"whole life": now}, 1000)}
    assert figures["one case on SQLite, whole life: statements"].kept is False
    assert figures["one case on SQLite, whole life: transactions"].kept is True


def test_what_a_slower_machine_takes_longer_for_is_no_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(card, "RECORDED", tmp_path / "card.json")
    before = card.Cost(100, 10, 10, 100, 7, 2, 1000, 50)
    card.record(Place("sqlite"), {"whole life": before}, 1000)
    figures = card.compared(Place("sqlite"), {"whole life": replace(before, ms=98)}, 500)
    assert all(figure.kept for figure in figures)


def test_statements_and_the_frames_of_transactions_are_told_apart(tmp_path: Path) -> None:
    with traced() as tracer:
        engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
        engine.connect().close()  # SQLAlchemy asks for some things of its own
        before = tracer.asked()
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER)")
            connection.exec_driver_sql("INSERT INTO numbers VALUES (1)")
        engine.dispose()
        asked = tracer.asked() - before
    assert (asked.statements, asked.transactions, asked.commits) == (2, 1, 1)


def test_an_unknown_benchmark_is_named() -> None:
    made = bench("speed")
    assert made.returncode == 2
    assert "There is no benchmark speed." in made.stderr
