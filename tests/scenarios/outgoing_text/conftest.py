"""The town of the scenarios, on SQLite and over HTTP: what leaves the desk is read where it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.wiring.load_policy import load_rules
from tests.scenarios.town import Town, beside


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(beside(tmp_path)._replace(over_http=True), load_rules(None))
    yield town
    town.close()
