"""Runs commands as a container does: as nobody, with no home, where only one folder can be written to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.operations.locks import ROOT

NOBODY = 65534
# In a mount namespace of its own: the root and /tmp are read-only, the data are at /mnt, and an interpreter that
# lies in somebody's closed home is opened up.
SCRIPT = """
set -e
mount --make-rprivate /
if [ -n "$CLOSED" ]; then
  mount --rbind "$INTERPRETER" /mnt
  mount -t tmpfs -o mode=0755 tmpfs "$CLOSED"
  mkdir -p "$INTERPRETER"
  mount --move /mnt "$INTERPRETER"
fi
mount --bind "$DATA" /mnt
mount --rbind /tmp /tmp
mount -o remount,bind,ro /tmp
mount -o remount,bind,ro /
cd /mnt
unset CLOSED INTERPRETER DATA PWD OLDPWD
exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set -all "$@"
"""
WANTED = "needs root on Linux, to give its rights up: run it in CI's container, or with sudo"


def needs_root() -> None:
    """Skip where nothing can be given up."""
    if os.geteuid() != 0 or not shutil.which("setpriv") or not _can_mount():
        pytest.skip(WANTED)


def _can_mount() -> bool:
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(tried, capture_output=True, timeout=120).returncode == 0


def hand_over(folder: Path) -> None:
    """Give a folder and all that is in it to nobody."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def confined(*command: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", SCRIPT, "confined", *command]


def environment(data: Path, given: Mapping[str, str]) -> dict[str, str]:
    interpreter = Path(sys.base_prefix)
    closed = [path for path in reversed(interpreter.parents) if not path.stat().st_mode & 0o001]
    return {
        **given,
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": "sqlite:////mnt/parley.db",
        "DATA": str(data),
        "INTERPRETER": str(interpreter),
        "CLOSED": str(closed[0]) if closed else "",
    }


def say(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        confined(*arguments), cwd=ROOT, env=environment(data, {}), capture_output=True, text=True, timeout=120
    )


@contextmanager
def running(data: Path, given: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on; what it says is in the files `out` and `err` of its data."""
    with (data / "out").open("w") as out, (data / "err").open("w") as err:
        process = subprocess.Popen(
            confined(*arguments), cwd=ROOT, env=environment(data, given), stdout=out, stderr=err, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
