"""What the connector tests share: a server on loopback, a clock that stands, and clients that are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.http.internet import Internet
from connector.zendesk import AccountIds, BearerToken, ZendeskClient
from tests.integration.connector.stub_server import PATIENT, StubServer

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

IDS = AccountIds(
    form=7,
    fields={
        "assignment_id": 101,
        "party": 102,
        "reason": 103,
        "attempts": 104,
        "outcome": 105,
        "tier": 106,
        "other_side_responded": 107,
        "violation_reported": 108,
        "justification": 109,
        "average_approval": 110,
        "next_update_due": 113,
    },
    statuses={"needs_review": 201, "tier_1": 202, "resolved": 203, "waiting_on_requester": 204},
    macros={"tier_1": 301},
    user_id=900,
    agents_group=55,
    categories={"201": "open", "202": "hold", "203": "solved", "204": "pending", "299": "open"},
)


@pytest.fixture
def stub() -> Iterator[StubServer]:
    made = StubServer()
    yield made
    made.close()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that a connector asked to wait."""
    return []


@pytest.fixture
def zendesk_at(waits: list[float]) -> Iterator[Callable[..., ZendeskClient]]:
    made: list[ZendeskClient] = []

    def make(base_url: str, **options: Any) -> ZendeskClient:
        values: dict[str, Any] = {
            "credentials": BearerToken("t0ken"),
            "ids": lambda: IDS,
            "now": lambda: NOW,
            "transport": Internet(PATIENT),
            "sleep": waits.append,
            **options,
        }
        made.append(ZendeskClient(base_url, values.pop("credentials"), **values))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def zendesk(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> ZendeskClient:
    return zendesk_at(stub.url)
