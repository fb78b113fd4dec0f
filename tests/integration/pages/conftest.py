"""A seeded sandbox whose account is set up, and the pages over it."""

from collections.abc import Iterator

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.pages import seed
from tests.integration.pages.lab import Site, SmallDesk, set_up_account


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def sandbox(clock: MovableClock) -> Sandbox:
    """Not started: the pages use no HTTP of the stand-ins."""
    made = Sandbox(clock)
    seed(made)
    set_up_account(made)
    return made


@pytest.fixture
def desk(clock: MovableClock) -> SmallDesk:
    return SmallDesk(clock)


@pytest.fixture
def site(sandbox: Sandbox, desk: SmallDesk) -> Iterator[Site]:
    running = Site(sandbox, desk).start()
    yield running
    running.stop()
