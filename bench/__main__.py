"""Every benchmark, one after the other, and one table of what they measured.

python -m bench [--quick] [NAME ...]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import LEFT_IN, Figure, left

# Name, what --quick adds, and the seconds it may take.
BENCHMARKS: dict[str, tuple[tuple[str, ...], int]] = {
    "decide": (("--seconds", "0.3"), 30),
    "calls": ((), 30),
    "tick": (("--rounds", "3", "--cases", "3000"), 75),
    "walk": (("--rounds", "1", "--cases", "10"), 110),
    "accept": (("--rounds", "1", "--requests", "400"), 90),
    "account": (("--triggers", "300"), 60),
    "lint": (("--triggers", "200", "--automations", "30"), 60),
    "idle": ((), 40),
}


def measured(name: str, folder: Path, quick: bool) -> tuple[list[Figure], bool]:
    """The figures of one benchmark, and whether it came to its end.

    It runs in a process of its own that ends in time, with all that it started.
    """
    options, seconds = BENCHMARKS[name]
    where = folder / name
    command = [sys.executable, "-m", f"bench.{name}", *(options if quick else ())]
    running = subprocess.Popen(command, start_new_session=True, env={**os.environ, LEFT_IN: str(where)})
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


def show(figures: dict[str, list[Figure]]) -> None:
    table = Table("figure", "measured", "promised", "", "again")
    words = {True: "kept", False: "NOT KEPT", None: ""}
    for name, lines in figures.items():
        for number, line in enumerate(lines):
            again = f"python -m bench.{name}" if number == 0 else ""
            table.add_row(line.what, line.measured, line.promised, words[line.kept], again)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
    options.add_argument("--quick", action="store_true", help="tiny sizes: does it run?")
    chosen = options.parse_args()
    unknown = set(chosen.names) - set(BENCHMARKS)
    if unknown:
        options.error(f"There is no benchmark {', '.join(sorted(unknown))}.")
    figures: dict[str, list[Figure]] = {}
    all_ended = True
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.names or [name for name in BENCHMARKS if find_spec(f"bench.{name}")]:
            print(f"== {name}", flush=True)
            figures[name], ended = measured(name, Path(folder), chosen.quick)
            all_ended = all_ended and ended
    show(figures)
    return 0 if all_ended else 1


if __name__ == "__main__":
    sys.exit(main())
