"""One token for all processes: minted once, renewed by one, given up where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from connector.errors import ConnectorError, Misconfigured, Permanent, Transient, Unclear
from connector.zendesk import BearerToken, ClientCredentials, Token, TokenCacheUnavailable, ZendeskClient
from connector.zendesk.access.scopes import CALLS, SETS, call_of, needed_for, set_for
from connector.zendesk.account.setup import Setup
from escalation.model.audience import Public
from escalation.model.effects import StartConversation
from tests.integration.connector.conftest import NOW
from tests.integration.connector.stub_server import Reply, StubServer

ME = {"user": {"id": 900, "name": "Parley", "email": "p@example.com"}}
CLIENT = ClientCredentials("parley", "s3cret")
TOKENS = "/oauth/tokens"


class SharedCache:
    """What processes share, in memory. `taken`: another process has the right to mint, and `theirs` is what it puts
    there. `away`: the cache is not there."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Token] = {}
        self.taken = self.away = False
        self.theirs: Token | None = None

    def get(self, name: str, client: str) -> Token | None:
        self._there()
        return self.theirs or self.rows.get((name, client))

    def put(self, name: str, client: str, token: Token) -> None:
        self._there()
        self.rows[name, client] = token

    def drop(self, name: str, client: str, value: str) -> None:
        self._there()
        held = self.rows.get((name, client))
        if held is not None and held.value == value:
            del self.rows[name, client]

    @contextmanager
    def minting(self, name: str) -> Iterator[bool]:  # noqa: ARG002
        self._there()
        yield not self.taken

    def _there(self) -> None:
        if self.away:
            raise TokenCacheUnavailable("The database is away.")


@pytest.fixture
def cache() -> SharedCache:
    return SharedCache()


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


TokenProcess = Callable[..., ZendeskClient]


@pytest.fixture
def process(
    stub: StubServer, cache: SharedCache, clock: list[datetime], zendesk_at: Callable[..., ZendeskClient]
) -> TokenProcess:
    """Starts a process that shares the cache; each token that is minted has another number."""
    stub.on("POST", TOKENS, *({"access_token": f"t{number}", "expires_in": 1800} for number in range(1, 30)))
    stub.on("GET", "/api/v2/users/me", ME)

    def start(**options: Any) -> ZendeskClient:
        given: dict[str, Any] = {"credentials": CLIENT, "now": lambda: clock[0], "tokens": cache, **options}
        return zendesk_at(stub.url, **given)

    return start


def shown_to(stub: StubServer) -> list[str]:
    return [one.headers.get("authorization", "") for one in stub.asked if one.path != TOKENS]


def minted(stub: StubServer) -> int:
    return stub.paths().count(f"POST {TOKENS}")


def test_a_second_process_uses_the_token_of_the_first(stub: StubServer, process: TokenProcess) -> None:
    process().whoami()
    process().whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t1"]
    assert minted(stub) == 1


def test_one_process_renews_ahead_of_the_end_and_the_others_take_it_over(
    stub: StubServer, process: TokenProcess, clock: list[datetime]
) -> None:
    one, other = process(), process()
    one.whoami()
    other.whoami()
    clock[0] += timedelta(seconds=1501)
    other.whoami()
    one.whoami()
    assert shown_to(stub)[2:] == ["Bearer t2", "Bearer t2"]
    assert minted(stub) == 2


def test_while_another_process_renews_the_old_token_does(
    stub: StubServer, process: TokenProcess, cache: SharedCache, clock: list[datetime], waits: list[float]
) -> None:
    one = process()
    one.whoami()
    clock[0] += timedelta(seconds=1501)
    cache.taken = True
    one.whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t1"]
    assert waits == []


def test_without_an_old_token_the_one_of_another_process_is_waited_for(
    stub: StubServer, process: TokenProcess, cache: SharedCache, waits: list[float]
) -> None:
    cache.taken = True

    def arrives(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            cache.theirs = Token("theirs", NOW + timedelta(minutes=20))

    process(sleep=arrives).whoami()
    assert shown_to(stub) == ["Bearer theirs"]
    assert (len(waits), minted(stub)) == (3, 0)


def test_a_process_that_hangs_while_it_asks_for_a_token_holds_up_no_other(
    stub: StubServer, process: TokenProcess, cache: SharedCache, waits: list[float]
) -> None:
    cache.taken = True
    process().whoami()
    assert shown_to(stub) == ["Bearer t1"]
    assert sum(waits) <= 5


def test_a_token_that_another_process_has_renewed_meanwhile_is_not_minted_again(
    stub: StubServer, process: TokenProcess
) -> None:
    one, other = process(), process()
    one.whoami()
    other.whoami()
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME, Reply(401, {"error": "no"}), ME)
    one.whoami()
    other.whoami()
    assert shown_to(stub)[2:] == ["Bearer t1", "Bearer t2", "Bearer t1", "Bearer t2"]
    assert minted(stub) == 2


def test_a_refused_token_is_given_to_nobody_while_there_is_no_other_yet(
    stub: StubServer, process: TokenProcess
) -> None:
    process().whoami()
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME)
    stub.on("POST", TOKENS, Reply(503), {"access_token": "t2", "expires_in": 1800})
    one = process()
    with pytest.raises(Transient):
        one.channel.send("GET", "users/me", {})
    process().whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_a_refused_token_that_stays_in_the_cache_is_not_taken_from_it(
    stub: StubServer, process: TokenProcess, cache: SharedCache
) -> None:
    cache.drop = lambda *_: None  # type: ignore[method-assign]
    one = process()
    one.whoami()
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME)
    one.whoami()
    assert shown_to(stub) == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_who_gets_the_right_to_mint_looks_once_more(
    stub: StubServer, process: TokenProcess, cache: SharedCache
) -> None:
    @contextmanager
    def just_after_another(_: str) -> Iterator[bool]:
        cache.theirs = Token("theirs", NOW + timedelta(minutes=20))
        yield True

    cache.minting = just_after_another  # type: ignore[method-assign, assignment]
    process().whoami()
    assert (shown_to(stub), minted(stub)) == (["Bearer theirs"], 0)


def test_while_the_cache_is_away_each_process_mints_for_itself(
    stub: StubServer, process: TokenProcess, cache: SharedCache
) -> None:
    cache.away = True
    one, other = process(), process()
    for _ in range(3):
        one.whoami()
        other.whoami()
    assert minted(stub) == 2
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME)
    one.whoami()
    assert minted(stub) == 3


def test_another_secret_does_not_come_by_the_token(stub: StubServer, process: TokenProcess) -> None:
    process().whoami()
    stub.on("POST", TOKENS, Reply(401, {"error": "invalid_client"}))
    with pytest.raises(Misconfigured):
        process(credentials=ClientCredentials("parley", "another")).whoami()


@pytest.mark.parametrize("life", [None, 0, -5, "soon", [], 1.5, True])
def test_a_token_whose_life_is_not_known_is_used_until_it_is_refused(
    life: object, stub: StubServer, process: TokenProcess, clock: list[datetime]
) -> None:
    stub.on("POST", TOKENS, {"access_token": "a", "expires_in": life}, {"access_token": "b"})
    one = process()
    one.whoami()
    clock[0] += timedelta(days=400)
    one.whoami()
    stub.on("GET", "/api/v2/users/me", Reply(401, {"error": "invalid_token"}), ME)
    one.whoami()
    assert shown_to(stub) == ["Bearer a", "Bearer a", "Bearer a", "Bearer b"]


def test_a_life_longer_than_zendesk_gives_is_not_believed(
    stub: StubServer, process: TokenProcess, clock: list[datetime]
) -> None:
    stub.on("POST", TOKENS, {"access_token": "a", "expires_in": 10**15}, {"access_token": "b", "expires_in": 1800})
    one = process()
    one.whoami()
    clock[0] += timedelta(days=2)
    one.whoami()
    assert shown_to(stub) == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
def test_clocks_that_differ_cost_a_renewal_and_no_call(
    ahead: timedelta, stub: StubServer, process: TokenProcess, clock: list[datetime]
) -> None:
    usual, other = process(), process(now=lambda: clock[0] + ahead)
    for _ in range(10):
        usual.whoami()
        other.whoami()
    assert minted(stub) <= 2


def test_a_token_is_in_nothing_that_is_printed(process: TokenProcess, cache: SharedCache) -> None:
    one = process()
    one.whoami()
    (token,) = cache.rows.values()
    assert token.value == "t1"
    assert "t1" not in repr(token) + repr(one) + repr(vars(one.channel))


# Scopes


def scopes_of(stub: StubServer) -> list[str]:
    return [one.json["scope"] for one in stub.asked if one.path == TOKENS]


def test_each_call_is_made_with_the_narrowest_token(stub: StubServer, process: TokenProcess) -> None:
    stub.on("POST", "/api/v2/tickets/35/side_conversations", {"side_conversation": {"id": "c1"}})
    stub.on("GET", "/api/v2/webhooks/1/signing_secret", {"signing_secret": {"secret": "x"}})
    one = process()
    one.whoami()
    text = Public("Hello")
    one.start_conversation(StartConversation("e1", "35", "m@example.com", "M", text, text))
    Setup(one.channel).signing_secret("1")
    assert scopes_of(stub) == ["tickets:read tickets:write users:read macros:read", "read write", "read"]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/v2/tickets/35.json", "tickets:read"),
        ("GET", "/api/v2/incremental/tickets/cursor", "tickets:read"),
        ("GET", "/api/v2/tickets/35/audits", "read"),
        ("PUT", "/api/v2/tickets/35", "tickets:write"),
        ("GET", "/api/v2/tickets/35/macros/301/apply", "macros:read"),
        ("GET", "/api/v2/users/show_many", "users:read"),
        ("DELETE", "/api/v2/tickets/35", "write"),
        ("GET", "/api/v2/tickets/35/side_conversations", "read"),
        ("POST", "/api/v2/tickets/35/side_conversations", "write"),
        ("PUT", "/api/v2/ticket_fields/101", "write"),
        ("GET", "/api/v2/macros", "read"),
        ("POST", "/api/v2/users", "write"),
    ],
)
def test_a_call_takes_a_scope_of_its_own_or_the_blanket_one(method: str, path: str, scope: str) -> None:
    assert needed_for(method, path) == scope
    assert scope in set_for(method, path).scopes


def test_ids_of_every_kind_are_left_out_of_a_calls_name() -> None:
    webhook = "webhooks/01F1KRFQ6BG29CNWFR60NK5FNY/signing_secret"
    assert call_of("POST", f"/api/v2/{webhook}") == "POST webhooks/{id}/signing_secret"
    conversation = "side_conversations/8566255a-ece5-11e8-857d-493066fa7b17/events.json"
    assert call_of("GET", f"/api/v2/tickets/35/{conversation}") == (
        "GET tickets/{id}/side_conversations/{id}/events"
    )


def test_only_what_is_set_up_or_started_may_change_anything_but_tickets_and_their_files() -> None:
    writing = [one.name for one in SETS if "write" in one.scopes]
    assert writing == ["changes"]
    served = ("tickets", "users", "incremental", "attachments", "uploads")
    assert all(call.partition(" ")[2].startswith(served) for call in sum(CALLS.values(), ()))


def test_a_scope_that_lacks_is_named_with_its_call_and_waits_for_a_person(
    stub: StubServer, process: TokenProcess
) -> None:
    said = {"error": "Forbidden", "description": "You are missing the following required scopes: users:read, read"}
    stub.on("GET", "/api/v2/users/me", Reply(403, said))
    with pytest.raises(Misconfigured) as caught:
        process().whoami()
    assert "GET users/me" in caught.value.reason
    assert "users:read or read" in caught.value.reason
    assert caught.value.service == "zendesk"


def test_a_role_that_may_not_is_told_with_the_call(stub: StubServer, process: TokenProcess) -> None:
    said = {"error": {"title": "Forbidden", "message": "You do not have access to this page."}}
    stub.on("GET", "/api/v2/users/me", Reply(403, said))
    with pytest.raises(Permanent) as caught:
        process().whoami()
    assert caught.value.code == "forbidden"
    assert "GET users/me" in caught.value.reason and "role" in caught.value.reason


def test_a_client_that_may_not_ask_for_the_scopes_is_told_which(stub: StubServer, process: TokenProcess) -> None:
    stub.on("POST", TOKENS, Reply(400, {"error": "invalid_scope", "error_description": "Invalid."}))
    with pytest.raises(Misconfigured) as caught:
        process().whoami()
    assert "tickets:read, tickets:write" in caught.value.reason


@pytest.mark.parametrize("value", ["a\r\nX: b", "a b", "é", ""])
def test_a_token_that_no_header_takes_is_not_kept(value: str, stub: StubServer, process: TokenProcess) -> None:
    stub.on("POST", TOKENS, {"access_token": value}, {"access_token": "b"})
    one = process()
    with pytest.raises(Misconfigured, match="gave no token"):
        one.whoami()
    one.whoami()
    assert shown_to(stub) == ["Bearer b"]


# Another token where the table was wrong


NARROW = "tickets:read tickets:write users:read macros:read"


def lacks(scopes: str, words: str = "You are missing the following required scopes: ") -> Reply:
    return Reply(403, {"error": "Forbidden", "description": f"{words}{scopes}"})


def asked_with(stub: StubServer) -> list[str]:
    """The scopes of the token that each call but those for tokens was made with."""
    made = dict(zip([f"Bearer t{number}" for number in range(1, 30)], scopes_of(stub), strict=False))
    return [made[shown] for shown in shown_to(stub)]


def test_a_refusal_that_names_a_scope_of_another_token_is_tried_once_with_that_one(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("GET", "/api/v2/users/me", lacks("read"), ME)
    process().whoami()
    assert asked_with(stub) == [NARROW, "read"]


def test_what_was_learned_is_kept_for_an_hour_so_that_not_each_call_costs_two(
    stub: StubServer, process: TokenProcess, clock: list[datetime]
) -> None:
    stub.on("GET", "/api/v2/users/me", lacks("read"), ME, ME, lacks("read"), ME)
    one = process()
    one.whoami()
    clock[0] += timedelta(minutes=59)
    one.whoami()
    assert len(shown_to(stub)) == 3
    (detour,) = one.channel.detours()
    assert (detour.call, detour.usual.name, detour.instead.name) == ("GET users/me", "tickets", "account")
    clock[0] += timedelta(minutes=2)
    one.whoami()
    assert len(shown_to(stub)) == 5


def test_a_second_refusal_is_the_last(stub: StubServer, process: TokenProcess) -> None:
    stub.on("GET", "/api/v2/users/me", lacks("read"), lacks("users:read, read"))
    one = process()
    with pytest.raises(Misconfigured, match="users:read or read"):
        one.whoami()
    assert len(shown_to(stub)) == 2
    assert one.channel.detours() == ()


def test_a_write_that_was_refused_for_its_scope_was_not_carried_out_and_is_tried_once_with_another(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("PUT", "/api/v2/tickets/35", lacks("write"), {"ticket": {"id": 35}})
    process().channel.send("PUT", "tickets/35", {"ticket": {}})
    assert asked_with(stub) == [NARROW, "read write"]


@pytest.mark.parametrize("answer", [Reply(500), Reply(503, {"error": "x"}), Reply(409, {"error": "x"})])
def test_a_write_that_failed_in_any_other_way_is_not_repeated_with_another_token(
    answer: Reply, stub: StubServer, process: TokenProcess
) -> None:
    stub.on("PUT", "/api/v2/tickets/35", answer)
    with pytest.raises(ConnectorError):
        process().channel.send("PUT", "tickets/35", {"ticket": {}})
    assert len(shown_to(stub)) == 1


def test_a_write_whose_second_token_brings_no_clear_answer_is_unclear(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("PUT", "/api/v2/tickets/35", lacks("tickets:edit, write"), Reply(502, {}))
    with pytest.raises(Unclear):
        process().channel.send("PUT", "tickets/35", {"ticket": {}})


@pytest.mark.parametrize(
    "words",
    [
        "Faltam os seguintes escopos obrigat\u00f3rios: ",
        "Ihnen fehlen die folgenden erforderlichen Bereiche: ",
        "\u6b21\u306e\u30b9\u30b3\u30fc\u30d7\u304c\u3042\u308a\u307e\u305b\u3093\uff1a",
        "",
    ],
)
def test_the_scopes_are_found_in_any_language_and_without_one(
    words: str, stub: StubServer, process: TokenProcess
) -> None:
    stub.on("GET", "/api/v2/users/me", lacks("users:read, read", words), ME)
    process().whoami()
    assert asked_with(stub) == [NARROW, "read"]


def test_a_refusal_that_names_no_scope_is_tried_once_with_the_blanket_one(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(403, {"error": "Forbidden", "description": "No."}), ME)
    process().whoami()
    assert asked_with(stub) == [NARROW, "read"]


def test_a_role_that_may_not_is_not_tried_again(stub: StubServer, process: TokenProcess) -> None:
    said = {"error": {"title": "Forbidden", "message": "You may not read."}}
    stub.on("GET", "/api/v2/users/me", Reply(403, said))
    with pytest.raises(Permanent):
        process().whoami()
    assert len(shown_to(stub)) == 1


def test_a_token_made_elsewhere_has_no_other(stub: StubServer, process: TokenProcess) -> None:
    stub.on("GET", "/api/v2/users/me", lacks("read"))
    with pytest.raises(Misconfigured, match="lacks the scope read"):
        process(credentials=BearerToken("theirs")).whoami()
    assert len(shown_to(stub)) == 1


def test_a_client_that_may_not_ask_for_the_narrow_scopes_is_given_the_blanket_one(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("POST", TOKENS, Reply(400, {"error": "invalid_scope"}), {"access_token": "t2", "expires_in": 1800})
    one = process()
    one.whoami()
    one.whoami()
    assert shown_to(stub) == ["Bearer t2", "Bearer t2"]
    assert scopes_of(stub) == [NARROW, "read"]


def test_an_answer_in_words_that_are_not_the_apis_gives_no_token_away(
    stub: StubServer, process: TokenProcess
) -> None:
    stub.on("GET", "/api/v2/users/me", Reply(403, b"<html>missing scopes: read</html>"))
    with pytest.raises(Transient):
        process().channel.send("GET", "users/me", {})
    assert len(shown_to(stub)) == 1
