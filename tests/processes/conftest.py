"""Desks of one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.processes.desk import Desk, MakeDesk, Nursery


@pytest.fixture(scope="module")
def desks(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> MakeDesk:
    """Makes desks, each with stand-ins of its own, killed at a failpoint or not at all."""

    @contextmanager
    def make(failpoint: str = "") -> Iterator[Desk]:
        desk = Desk(nursery, tmp_path_factory.mktemp("desk"), failpoint)
        try:
            yield desk
        finally:
            desk.close()

    return make
