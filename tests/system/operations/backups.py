"""Takes and restores backups by the very commands that docs/operations.md gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.operations.locks import ROOT

PAGE = ROOT / "docs" / "operations.md"


def command(name: str) -> str:
    """A command of the page."""
    block = rf"<!-- tried: {re.escape(name)} -->\n```sh\n(.*?)```\n<!-- end -->"
    found = re.search(block, PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def run(name: str, database: str, backup: Path) -> None:
    kind = name.split()[1]
    if kind == "postgresql" and not shutil.which("pg_restore"):
        pytest.skip("needs PostgreSQL's client programs: install postgresql-client")
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    given = {"PATH": path, "DATABASE": database, "BACKUP": str(backup)}
    done = subprocess.run(["sh", "-ec", command(name)], env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
