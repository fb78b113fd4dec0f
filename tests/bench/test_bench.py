"""Every benchmark runs, with tiny sizes, and leaves its figures; how fast anything is, no test says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.__main__ import BENCHMARKS


@pytest.mark.parametrize("name", [name for name in BENCHMARKS if name != "idle"])
def test_a_benchmark_comes_to_its_end_and_says_how_to_repeat_it(name: str) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", name], capture_output=True, text=True, timeout=150
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert f"python -m bench.{name}" in made.stdout
    assert "see above" not in made.stdout


def test_an_unknown_benchmark_is_named() -> None:
    made = subprocess.run([sys.executable, "-m", "bench", "speed"], capture_output=True, text=True, timeout=60)
    assert made.returncode == 2
    assert "There is no benchmark speed." in made.stderr
