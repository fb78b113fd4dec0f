"""Desks of one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.system.processes.desk import Desk, Forker, MakeDesk


@pytest.fixture(scope="module")
def desks(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> MakeDesk:
    """Makes desks, each with stand-ins of its own, killed at a failpoint or not at all."""

    @contextmanager
    def make(failpoint: str = "") -> Iterator[Desk]:
        desk = Desk(forker, tmp_path_factory.mktemp("desk"), failpoint)
        try:
            yield desk
        finally:
            desk.close()

    return make
