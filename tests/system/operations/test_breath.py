"""What Python's search for cycles leaves out, and that nothing is left out for ever."""

from __future__ import annotations

import subprocess
import sys

LIVED = """
import gc
import weakref

from parley.wiring import breath


class Part:
    me: object


breath.Breath().keep()
part = Part()
part.me = part
gone = weakref.ref(part)
gc.collect()
del part
gc.collect()
print("kept" if gone() is not None else "gone")
breath.WHOLE_EVERY_S = 0.0
gc.collect()
print("kept" if gone() is not None else "gone")
"""


def test_what_outlived_a_search_is_looked_at_again_by_a_whole_one_only() -> None:
    """In a process of its own, since the tests' process is not ours to change."""
    told = subprocess.run([sys.executable, "-c", LIVED], capture_output=True, text=True, timeout=120, check=True)
    assert told.stdout.split() == ["kept", "gone"]
