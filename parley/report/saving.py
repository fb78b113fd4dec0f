"""Writes a report into a file: whole or not at all, and under the same name each time."""

from __future__ import annotations

import os
import re
from pathlib import Path
from secrets import token_hex

from parley.report.periods import Period


def file_name(period: Period, company: str = "") -> str:
    """Return how the file of a period is called: parley-2026-W48.html, or parley-acme-2026-W48.html."""
    whose = re.sub(r"[^A-Za-z0-9_-]+", "_", company)
    return "-".join(filter(None, ("parley", whose, period.name))) + ".html"


def put(path: Path, page: str) -> None:
    """Write a page, in place of what was there. Whoever reads meanwhile sees the old one or the new one.

    Who may read it is said by the process's umask. Raises OSError.
    """
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
