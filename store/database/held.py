"""The locks that are held: for how long, by the longest."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import time  # noqa: TID251  the file system's clock, which stamped the files

from sqlalchemy import Connection

YOUNG_S = 60.0
_SESSIONS = """
SELECT max(extract(epoch FROM clock_timestamp() - session.state_change))
FROM pg_locks AS held JOIN pg_stat_activity AS session USING (pid)
WHERE held.locktype = 'advisory' AND held.granted AND session.datname = current_database()
"""


def longest_held_s(connection: Connection) -> float | None:
    """Seconds since the oldest lock that is held was taken; None where none is held.

    A session that holds one has said nothing since it took it.
    """
    if connection.dialect.name != "sqlite":
        found = connection.exec_driver_sql(_SESSIONS).scalar()
        return None if found is None else max(0.0, float(found))
    file = next(row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    folder = Path(f"{file}.locks")
    ages = [_age(one) for one in folder.iterdir()] if folder.is_dir() else []
    return max((age for age in ages if age is not None), default=None)


def _age(file: Path) -> float | None:
    """Seconds since it was taken; None where nobody holds it. A killed process leaves its file.

    What was taken just now is let be, so that whoever tries for it is not disturbed.
    """
    with suppress(OSError):
        age = max(0.0, time() - file.stat().st_mtime)
        return age if age < YOUNG_S or _is_taken(file) else None
    return None


def _is_taken(file: Path) -> bool:
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
