"""Desks of one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.system.processes.spawned_desk import Forker, MakeDesk, SpawnedDesk


@pytest.fixture(scope="module")
def desks(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> MakeDesk:
    """Makes desks, each with stand-ins of its own, killed at a failpoint or not at all."""

    @contextmanager
    def make(failpoint: str = "") -> Iterator[SpawnedDesk]:
        desk = SpawnedDesk(forker, tmp_path_factory.mktemp("desk"), failpoint)
        try:
            yield desk
        finally:
            desk.close()

    return make
