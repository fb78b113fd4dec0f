"""An account to set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.account.bench import Bench, a_bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    with a_bench() as made:
        yield made


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """The account has been set up; calls are counted from here."""
    bench.begin_set_up()
    return bench
