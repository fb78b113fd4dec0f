"""One town a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from escalation.policy import Policy
from parley.rules import load_rules
from tests.scenarios.town import START, OpenTown, Town


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_rules(None)


@pytest.fixture
def town(tmp_path: Path, policy: Policy) -> Iterator[Town]:
    town = Town(tmp_path, policy)
    yield town
    town.close()


@pytest.fixture
def open_town(tmp_path: Path, policy: Policy) -> Iterator[OpenTown]:
    """Opens a town at another moment, or under another policy: `open_town(start, update_hours=24)`."""
    opened: list[Town] = []

    def build(start: datetime = START, **changes: Any) -> Town:
        opened.append(Town(tmp_path, replace(policy, **changes), start))
        return opened[-1]

    yield build
    for town in opened:
        town.close()
