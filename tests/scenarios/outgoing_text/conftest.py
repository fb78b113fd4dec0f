"""The desk of the scenarios, on SQLite and over HTTP: what leaves the desk is read where it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.wiring.load_policy import load_rules
from tests.desk import Desk, beside


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(beside(tmp_path)._replace(over_http=True), load_rules(None))
    yield desk
    desk.close()
