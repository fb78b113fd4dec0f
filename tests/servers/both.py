"""Tests that run on SQLite in this process alone, and also on the servers that a larger desk has."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.scale import NIGHTLY


def run_on_both(metafunc: pytest.Metafunc, fixture: str, chosen: Collection[str]) -> None:
    """Run a test that needs the fixture on both: the chosen ones always, the others in `make nightly`."""
    name = f"{metafunc.module.__name__.rpartition('.')[2]}::{metafunc.function.__name__}"
    if fixture in metafunc.fixturenames and (NIGHTLY or name in chosen):
        metafunc.parametrize(fixture, ["sqlite", "servers"], indirect=True)


def wanted(request: pytest.FixtureRequest) -> str:
    """Where the test runs this time: "sqlite" or "servers"."""
    return str(getattr(request, "param", "sqlite"))
