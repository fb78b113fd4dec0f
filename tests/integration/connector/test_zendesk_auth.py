"""The three ways to be known to Zendesk."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from connector.errors import Misconfigured, Transient
from connector.zendesk import ApiToken, BearerToken, ClientCredentials, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import Say, UpdateTicket
from tests.integration.connector.conftest import NOW
from tests.integration.connector.records import updated
from tests.integration.connector.stub_server import Reply, StubServer

ME = {"user": {"id": 900, "name": "Parley", "email": "p@example.com"}}
CLIENT = ClientCredentials("parley", "s3cret")
TOKENS = "/oauth/tokens"


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def client(stub: StubServer, clock: list[datetime], zendesk_at: Callable[..., ZendeskClient]) -> ZendeskClient:
    stub.on("POST", TOKENS, *({"access_token": f"t{number}", "expires_in": 1800} for number in range(1, 9)))
    stub.on("GET", "/api/v2/users/me", ME)
    return zendesk_at(stub.url, credentials=CLIENT, now=lambda: clock[0])


def shown_to(stub: StubServer) -> list[str]:
    return [one.headers.get("authorization", "") for one in stub.asked if one.path != TOKENS]


def minted(stub: StubServer) -> int:
    return stub.paths().count(f"POST {TOKENS}")


def test_a_bearer_token_is_shown(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/users/me", ME)
    zendesk.whoami()
    assert shown_to(stub) == ["Bearer t0ken"]


def test_the_legacy_way_is_shown(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> None:
    stub.on("GET", "/api/v2/users/me", ME)
    zendesk_at(stub.url, credentials=ApiToken("ada@example.com", "t0ken")).whoami()
    assert shown_to(stub) == ["Basic " + base64.b64encode(b"ada@example.com/token:t0ken").decode()]


def test_a_client_mints_one_token_for_many_calls(stub: StubServer, client: ZendeskClient) -> None:
    client.whoami()
    client.whoami()
    assert minted(stub) == 1
    assert shown_to(stub) == ["Bearer t1", "Bearer t1"]
    assert stub.asked[0].json["grant_type"] == "client_credentials"
    assert "authorization" not in stub.asked[0].headers


def test_a_token_is_renewed_before_it_expires(
    stub: StubServer, client: ZendeskClient, clock: list[datetime]
) -> None:
    client.whoami()
    clock[0] += timedelta(seconds=1501)
    client.whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t2"]


def test_a_short_lived_token_is_used_for_most_of_its_life(
    stub: StubServer, client: ZendeskClient, clock: list[datetime]
) -> None:
    stub.on("POST", TOKENS, {"access_token": "a", "expires_in": 300}, {"access_token": "b", "expires_in": 300})
    client.whoami()
    clock[0] += timedelta(seconds=200)
    client.whoami()
    clock[0] += timedelta(seconds=60)
    client.whoami()
    assert shown_to(stub) == ["Bearer a", "Bearer a", "Bearer b"]


def test_a_refused_token_is_renewed_once_for_a_read(stub: StubServer, client: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME)
    client.whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t2"]


def test_a_refused_token_is_renewed_once_for_a_write(stub: StubServer, client: ZendeskClient) -> None:
    stub.on("PUT", "/api/v2/tickets/35", Reply(401, {"error": "invalid_token"}), updated())
    client.write(UpdateTicket("e1", "35", Say(Public("x"), public=True)), stamp=NOW)
    assert shown_to(stub) == ["Bearer t1", "Bearer t2"]


def test_a_token_refused_twice_waits_for_a_person(stub: StubServer, client: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "no"}))
    with pytest.raises(Misconfigured):
        client.whoami()
    assert len(shown_to(stub)) == 2


def test_a_fixed_token_is_refused_at_once(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "no"}))
    with pytest.raises(Misconfigured):
        zendesk.whoami()
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, {"error": "invalid_client"}),
        Reply(400, {"error": "invalid_scope"}),
        Reply(200, {"token_type": "bearer"}),
        Reply(200, {"access_token": {"a": 1}}),
    ],
)
def test_a_client_that_gets_no_token_is_told_what_to_check(
    reply: Reply, stub: StubServer, client: ZendeskClient
) -> None:
    stub.on("POST", TOKENS, reply)
    with pytest.raises(Misconfigured) as caught:
        client.whoami()
    assert "s3cret" not in str(caught.value)


def test_a_token_endpoint_that_is_down_is_only_for_now(stub: StubServer, client: ZendeskClient) -> None:
    stub.on("POST", TOKENS, Reply(503))
    with pytest.raises(Transient) as caught:
        client.whoami()
    assert not isinstance(caught.value, Misconfigured)


def test_threads_share_one_token(stub: StubServer, client: ZendeskClient) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: client.whoami(), range(12)))
    assert minted(stub) == 1


@pytest.mark.parametrize("credentials", [CLIENT, BearerToken("s3cret"), ApiToken("a@example.com", "s3cret")])
def test_secrets_are_not_in_what_is_printed(credentials: object, client: ZendeskClient) -> None:
    assert "s3cret" not in repr(credentials)
    assert "s3cret" not in repr(client)


def test_links_in_answers_lead_nowhere_else(stub: StubServer, zendesk: ZendeskClient) -> None:
    """zenpy follows `next_page` as it comes; whatever host stands there, only the configured one is asked."""
    page = {"tickets": [], "next_page": "http://169.254.169.254/api/v2/tickets.json?page=2", "count": 9}
    stub.on("GET", "/api/v2/tickets", page, {"tickets": [], "next_page": None})
    zendesk.channel.zenpy_read(lambda zenpy: list(zenpy.tickets(external_id="e")))
    assert all(one.headers["host"] == stub.url.removeprefix("http://") for one in stub.asked)
