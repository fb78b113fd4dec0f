"""Keeps Python's search for cycles short: it stops every thread, the doors' too."""

from __future__ import annotations

import gc
from time import monotonic
from typing import Any

WHOLE_EVERY_S = 3600.0
"""Seconds between two searches through everything: about a tenth of a second each, where all others take a tenth
of that."""


class Breath:
    """What outlived one search is left out of the next ones, until a whole search looks through everything again.

    A hundred thousand objects are there from the start and stay: modules, classes, the policy.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """

    def __init__(self) -> None:
        self._whole_at = monotonic()

    def keep(self) -> None:
        """Search once, now, and from here on as above. To be called once the parts of a process are built."""
        gc.collect()
        gc.freeze()
        gc.callbacks.append(self._searching)

    def _searching(self, phase: str, about: dict[str, Any]) -> None:
        if about["generation"] < 2:
            return
        if phase == "stop":
            gc.freeze()
        elif monotonic() - self._whole_at >= WHOLE_EVERY_S:
            self._whole_at = monotonic()
            gc.unfreeze()
