"""A connection that breaks in the middle of a COMMIT: nobody knows, and the next attempt comes to the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import Store, StoreUnavailable
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server
from tests.integration.store.relay import Relay, relay_to


@pytest.fixture
def wire(own_database: str) -> Iterator[Relay]:
    with relay_to(own_database) as made:
        yield made


@pytest.fixture
def own_database(postgres: Server, template: str) -> Iterator[str]:
    if "host" not in postgres.url.query:
        pytest.skip("needs a server that is reached by a socket in a folder")
    url = postgres.create_database(template)
    yield url
    postgres.drop_database(url)


def put(store: Store, key: str) -> bool:
    return store.write(lambda tx: tx.inbox.record(key, "k", "l", {}, NOW))


@pytest.mark.parametrize("kept", [True, False])
def test_a_commit_nobody_heard_of_is_unavailable_and_its_second_attempt_leaves_one_row(
    wire: Relay, own_database: str, kept: bool
) -> None:
    with Store.open(wire.url(own_database), now=lambda: NOW) as store:
        assert put(store, "before")
        wire.lose(kept=kept)
        with pytest.raises(StoreUnavailable):
            put(store, "a")
        assert wire.lost == 1
        assert put(store, "a") is not kept
        assert store.read(lambda tx: tx.inbox.counts())["new"] == 2
