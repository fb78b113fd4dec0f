"""Named seams at which a test can kill the process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count

Crash = Callable[[str], None]


def no_crash(name: str) -> None:
    """What every seam calls outside of tests: nothing."""


def crash_at(spec: str) -> Crash:
    """Kill this process, as `kill -9` does, at the n-th passing of a seam: `deliver.after_request:2`.

    A name alone means its first passing. ValueError where the number is none.
    """
    name, _, number = spec.partition(":")
    wanted = int(number or 1)
    passed = count(1)

    def crash(seam: str) -> None:
        if seam == name and next(passed) == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash
