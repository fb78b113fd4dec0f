"""`make nightly`: everything at its full size, and the table of figures in `docs/reliability.md` anew.

Ends with 1 where anything failed; the table is written all the same, with what failed in it. Each of eight nights
runs other seeds of the simulation, by the date; PARLEY_NIGHT=0 to 7 names one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
MOST_S = 7200
# One night has no time for all seeds that it takes to see what is seldom.
NIGHTS = 8
# A share of the seeds takes minutes: whoever has nothing left takes over what waits behind it.
PYTEST = ["-m", "pytest", "-n", "2", "--dist", "worksteal"]
# Tests of real processes mostly wait for them.
WAITING = ["-n", "4"]
# What finds most comes first.
STEPS: dict[str, list[str]] = {
    "simulation": [*PYTEST, "tests/simulation"],
    "attack": [*PYTEST, "tests/system/attack", "tests/integration/connector/test_hostile_answers.py"],
    "storms and outages": [
        *PYTEST,
        "tests/integration/sync",
        "tests/scenarios/test_outages.py",
        "tests/scenarios/test_refusals.py",
        "tests/scenarios/test_writes_down.py",
        "tests/scenarios/outgoing_text",
    ],
    "processes and servers": [
        *PYTEST,
        *WAITING,
        "tests/system/processes",
        "tests/system/bench",
        "tests/integration/connector/test_queue_on_brokers.py",
    ],
    "properties": [
        *PYTEST,
        "tests/unit/escalation/test_random_walks.py",
        "tests/unit/escalation/test_calendar_properties.py",
    ],
    "advice": [*PYTEST, "tests/lint/test_advice.py"],
    "mutation": ["-m", "tests.mutation", "--jobs", "2"],
}


def main() -> int:
    chosen = sys.argv[1:] or list(STEPS)
    with tempfile.TemporaryDirectory(prefix="parley-figures-") as folder:
        tonight = str(_today().toordinal() % NIGHTS)
        environment = {"PARLEY_NIGHT": tonight, **os.environ, "PARLEY_SCALE": "nightly", "PARLEY_FIGURES": folder}
        results = {}
        for name in chosen:
            begun = perf_counter()
            code = _run(STEPS[name], environment)
            results[name] = (code, perf_counter() - begun)
            _say(f"{name}: {'passed' if code == 0 else 'FAILED'} in {results[name][1] / 60:.1f} min")
            write_table(results, figures_in(Path(folder)))  # also where a later step never ends
    return max(code != 0 for code, _ in results.values())


def _run(arguments: list[str], environment: dict[str, str]) -> int:
    try:
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, check=False, timeout=MOST_S
        ).returncode
    except subprocess.TimeoutExpired:
        return 1


def figures_in(folder: Path) -> dict[str, dict[str, float | str]]:
    """What the tests told: shares of one thing (`name_0`, `name_1`, …) added up."""
    told: dict[str, dict[str, float | str]] = defaultdict(dict)
    for path in sorted(folder.glob("*.json")):
        name = re.sub(r"_\d+$", "", path.stem)
        if name.startswith("kills_"):
            name = "kills at every point of every story"
        for figure, value in json.loads(path.read_text(encoding="utf-8")).items():
            known = told[name].get(figure)
            told[name][figure] = _together(figure, known, value)
    return told


def _together(figure: str, known: float | str | None, value: float | str) -> float | str:
    if known is None:
        return value
    if isinstance(value, str) or isinstance(known, str):
        return value if known == value else f"{known}, {value}"
    if any(word in figure for word in ("longest", "p99", "median", "times_real", "seconds", "most")):
        return max(known, value)
    return known + value


def write_table(results: dict[str, tuple[int, float]], told: dict[str, dict[str, float | str]]) -> None:
    """Put the tables between the page's markers."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    lines = [
        f"Run on {_today()} at commit {commit or 'unknown'}.",
        "",
        "| step | result | minutes |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {'passed' if code == 0 else 'failed'} | {s / 60:.1f} |" for name, (code, s) in results.items()
    ]
    lines += ["", "| what | figures |", "|---|---|"]
    for name, figures in told.items():
        shown = ", ".join(f"{figure.replace('_', ' ')} {_shown(value)}" for figure, value in figures.items())
        lines.append(f"| {name.replace('_', ' ')} | {shown} |")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def _shown(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
