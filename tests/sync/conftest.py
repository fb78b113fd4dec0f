"""A desk on a real database, with two services that do as they are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store, migrate
from sync.deliver import Deliverer
from sync.desk import Desk
from sync.handle import Handler
from sync.patience import Patience
from tests.sync.fakes import Clock, FakeWorkMarket, FakeZendesk, a_ticket, an_assignment
from tests.sync.office import Office
from tests.sync.policy import policy


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'parley.db'}"
    migrate(address)
    return address


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with Store.open(url, now=clock) as opened:
        yield opened


@pytest.fixture
def zendesk(clock: Clock) -> FakeZendesk:
    made = FakeZendesk(clock)
    made.add(a_ticket())
    return made


@pytest.fixture
def workmarket(clock: Clock) -> FakeWorkMarket:
    made = FakeWorkMarket(clock)
    made.add(an_assignment())
    return made


@pytest.fixture
def office(store: Store, clock: Clock, zendesk: FakeZendesk, workmarket: FakeWorkMarket) -> Office:
    """The desk at work."""
    patience = Patience.of(policy(), lambda: 0.0)
    deliverer = Deliverer(store, zendesk, workmarket, patience, now=clock)
    return Office(store, clock, zendesk, workmarket, Desk(Handler(store, policy()), deliverer, clock))
