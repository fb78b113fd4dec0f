"""The longest begin first, so that in the end no worker is left alone with one."""

from __future__ import annotations

import pytest

LONGEST = ("tests/simulation/", "tests/processes/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
