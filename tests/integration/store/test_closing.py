"""A store that closes while somebody still reads."""

from __future__ import annotations

from typing import Any

import pytest

from store import Store
from store.tx import Tx
from tests.integration.store.conftest import NOW


def test_a_session_that_is_lent_while_its_store_closes_ends_when_it_comes_back(url: str) -> None:
    store = Store.open(url, now=lambda: NOW)

    def read(tx: Tx) -> Any:
        session = tx._connection.connection.dbapi_connection
        store.close()
        return session

    session = store.read(read)
    with pytest.raises(Exception, match="closed"):
        session.cursor().execute("SELECT 1")
