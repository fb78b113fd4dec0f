"""A seeded sandbox whose account is set up, and the pages over it."""

from collections.abc import Iterator

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.pages import create_pages, seed
from tests.integration.pages.served_pages import FakeDesk, ServedPages, set_up_account
from tests.servers.shared import Servers, servers

__all__ = ["Servers", "servers"]


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
def desk(clock: MovableClock) -> FakeDesk:
    return FakeDesk(clock)


@pytest.fixture
def site(sandbox: Sandbox, desk: FakeDesk) -> Iterator[ServedPages]:
    running = ServedPages(create_pages(sandbox, desk)).start()
    yield running
    running.stop()
