"""One town a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.rules import load_rules
from tests.scenarios.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path, load_rules(None))
    yield town
    town.close()
