"""A listening desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.webhooks.receiving_desk import ReceivingDesk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReceivingDesk]:
    """The doors on a loopback socket over a SQLite store."""
    with a_desk(tmp_path) as listening:
        yield listening
