"""Every benchmark, one after the other, and one table of what they measured.

    python -m bench [--quick] [--on sqlite|servers] [NAME ...]

What needs a database runs on SQLite and then on PostgreSQL with RabbitMQ, private servers that are started for it
(needs their Debian packages). `--on` leaves one of the two out.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import LEFT_IN, Figure, left
from bench.places import GIVEN_POSTGRES, PLACES, SERVERS, given_to_all


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What --quick adds, the seconds it may take, and whether it runs on each kind of database."""

    quick: tuple[str, ...]
    seconds: int
    places: tuple[str, ...] = ()


BENCHMARKS: dict[str, Benchmark] = {
    "decide": Benchmark(("--seconds", "0.3"), 30),
    "calls": Benchmark((), 30),
    "card": Benchmark(("--rounds", "1"), 60, PLACES),
    "tick": Benchmark(("--rounds", "3", "--cases", "3000"), 150, PLACES),
    "walk": Benchmark(("--rounds", "1", "--cases", "10"), 180, PLACES),
    "accept": Benchmark(("--rounds", "1", "--requests", "400"), 180, PLACES),
    "onlookers": Benchmark(("--rounds", "1", "--requests", "400", "--cases", "200"), 120, PLACES),
    "lanes": Benchmark(("--rows", "1000"), 150, PLACES),
    "backlog": Benchmark(("--rows", "2000"), 120, PLACES),
    "doors": Benchmark(("--rounds", "1", "--burst", "10", "--seconds", "1"), 240, PLACES),
    "beside": Benchmark(("--rounds", "1", "--cases", "6"), 180, PLACES),
    "workers": Benchmark(("--rounds", "1", "--cases", "4"), 240, (SERVERS,)),
    "pages": Benchmark(("--cases", "200", "--rounds", "20"), 900, PLACES),
    "account": Benchmark(("--triggers", "300"), 60),
    "lint": Benchmark(("--triggers", "200", "--automations", "30"), 60),
    "companies": Benchmark(("--companies", "10", "--cases", "100"), 120),
    "idle": Benchmark((), 60, PLACES),
}
Run = tuple[str, tuple[str, ...]]
"""A benchmark's name and what it is called with."""


def runs(names: Sequence[str], on: str | None, quick: bool) -> list[Run]:
    """Each benchmark in each place that it knows; with `on`, in that one only."""
    return [
        (name, (*(BENCHMARKS[name].quick if quick else ()), *placed))
        for name in names
        for placed in _placed(BENCHMARKS[name].places, on)
    ]


def _placed(places: Sequence[str], on: str | None) -> list[tuple[str, ...]]:
    """The option for each place that is wanted; none, once, where a benchmark needs no database."""
    return [("--on", place) for place in places if on in (None, place)] if places else [()]


def measured(run: Run, where: Path, given: Mapping[str, str]) -> tuple[list[Figure], bool]:
    """The figures of one run, and whether it came to its end.

    It runs in a process of its own that ends in time, with all that it started.
    """
    name, options = run
    seconds = BENCHMARKS[name].seconds
    command = [sys.executable, "-m", f"bench.{name}", *options]
    environment = {**os.environ, **given, LEFT_IN: str(where)}
    running = subprocess.Popen(command, start_new_session=True, env=environment)
    try:
        code = running.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        return [Figure(name, f"not done within {seconds} s")], False
    except BaseException:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
        raise
    if code:
        return [Figure(name, f"failed with {code}")], False
    return left(where) or [Figure(name, "see above")], True


def show(lines: Sequence[tuple[Figure, Run]]) -> None:
    table = Table("figure", "measured", "promised", "", "again")
    words = {True: "kept", False: "NOT KEPT", None: ""}
    for line, (name, options) in lines:
        again = shlex.join(["python", "-m", f"bench.{name}", *options])
        table.add_row(line.what, line.measured, line.promised, words[line.kept], again)
    Console(width=None if sys.stdout.isatty() else 180).print(table)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
    options.add_argument("--quick", action="store_true", help="tiny sizes: does it run?")
    options.add_argument("--on", choices=PLACES, help="only with this kind of database")
    chosen = options.parse_args()
    unknown = set(chosen.names) - set(BENCHMARKS)
    if unknown:
        options.error(f"There is no benchmark {', '.join(sorted(unknown))}.")
    wanted = runs(chosen.names or list(BENCHMARKS), chosen.on, chosen.quick)
    lines: list[tuple[Figure, Run]] = []
    all_ended = True
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        given: Mapping[str, str] = {}
        if any(SERVERS in place for _, place in wanted) and GIVEN_POSTGRES not in os.environ:
            try:
                given = stack.enter_context(given_to_all())
            except LookupError as lacking:
                print(f"Nothing is measured on PostgreSQL: it {lacking}.")
                wanted = [run for run in wanted if SERVERS not in run[1]]
        for number, run in enumerate(wanted):
            print(f"== {shlex.join([run[0], *run[1]])}", flush=True)
            found, ended = measured(run, Path(folder) / str(number), given)
            lines += [(figure, run) for figure in found]
            all_ended = all_ended and ended
    show(lines)
    return 0 if all_ended else 1


if __name__ == "__main__":
    sys.exit(main())
