"""Hostile answers through the whole of both connectors: our own errors come out, and nothing is done unproved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from connector.errors import ConnectorError
from connector.http.transport import HttpRequest, HttpResponse, handed_on
from connector.http.unpacking import Broken, unpacker
from connector.spool import Spool, TooMuch
from connector.workmarket import WorkMarketClient
from connector.zendesk import BearerToken, ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import (
    CreateTicket,
    Look,
    PostFile,
    PostMessage,
    Say,
    StartConversation,
    UpdateTicket,
)
from escalation.model.files import TicketFile
from escalation.model.views import AssignmentView
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.hostile_answers import ServedAnswer, Trickster
from tests.integration.connector.records import SEEN, USERS, audit, audits, change, said, shown, ticket, updated
from tests.integration.connector.test_hostile import ASSIGNMENT, CONVERSATION
from tests.scale import scaled, tell

UPDATE = UpdateTicket("e1", "35", Say(Public("Hello"), macro="tier_1"), assign=True)
CREATE = CreateTicket("e1", Public("S"), Say(Public("Hello")), requester_id="500")
START = StartConversation("e3", "35", "pam@example.com", "Pam", Public("S"), Public("Hello"))
NOTE = PostMessage("e1", "4711", Public("Please answer.\n\n[Ref 8F3K-2]"), "8F3K-2")
FILE = PostFile(
    "e1", "C", "35", "4711", "c", TicketFile("55", "a.jpg", 3), Public("X [Ref 8F3K-3]"), "8F3K-3", 9, NOW
)
STORED = "https://desk.example/attachments/token/1/a.jpg"
FULL = frozenset({"ticket", "conversations"})


def right_zendesk(method: str, path: str) -> Any:
    """What Zendesk would answer."""
    if path.endswith("/audits"):
        ours = audit(11, said("Hello"), change("custom_status_id", "202"), ours="e1")
        return audits(ours, audit(12, change("106", "escalation_tier_1"), author=500))
    if "/macros/" in path:
        return {"result": {"ticket": {**ticket(), "comment": {"body": "The team's words."}}}}
    if path.endswith("/side_conversations"):
        one = {"id": "sc1", "external_ids": {"parley": "e3"}}
        return {"side_conversation": one} if method == "POST" else {"side_conversations": [one], **CONVERSATION}
    if path.endswith("/events"):
        return {"events": CONVERSATION["events"]}
    if path.endswith("/uploads"):
        return {"upload": {"token": "t1", "attachment": {"id": 55, "size": 3}}}
    if "/attachments/" in path:
        return {"attachment": {"id": 55, "file_name": "a.jpg", "size": 3, "content_url": STORED}}
    if "incremental" in path:
        return {"tickets": [ticket()], "after_cursor": "c1", "end_of_stream": True}
    if "/users" in path:
        return {"user": USERS[2], "users": USERS}
    if path.endswith(("/tickets", "/show_many")):
        return {"tickets": [ticket(external_id="e1")], "ticket": ticket(), "audit": audit(7), "count": 1}
    return updated() if method == "PUT" else shown()


class Carried:
    """Carries a connector's calls to a trickster, whose answers are unpacked as those of a wire are."""

    def __init__(self, trickster: Trickster) -> None:
        self._trickster = trickster

    def send(self, request: HttpRequest) -> HttpResponse:
        path = urlsplit(request.url).path.removesuffix(".json")
        served = self._trickster(request.method, path)
        try:
            unpack = unpacker(served.headers.get("content-encoding", ""))
            content = b"".join(unpack.parts(served.content))
            unpack.end()
        except (Broken, TooMuch) as problem:
            return HttpResponse(served.status, served.headers, problem=str(problem))
        try:
            return handed_on(request, HttpResponse(served.status, served.headers, content))
        except TooMuch as problem:
            return HttpResponse(served.status, served.headers, problem=str(problem))

    def close(self) -> None: ...


def text_of(value: Any) -> str:
    """An oracle of its own for what is a plain id: digits as a text or a whole number, nothing else."""
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else ""
    return str(value).strip()


def part(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def entries_in(value: Any, name: str) -> list[Any]:
    """The records of a list, where an answer holds one."""
    found = part(value, name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def accepted(served: list[ServedAnswer], method: str, ending: str) -> list[Any]:
    """The JSON of the answers of success to one call."""
    return [
        one.body for one in served if one.method == method and one.path.endswith(ending) and 200 <= one.status < 300
    ]


def number(value: Any) -> bool:
    return text_of(value).isdecimal() and int(text_of(value)) > 0


def proves_update(_: Any, served: list[ServedAnswer]) -> bool:
    (body,) = accepted(served, "PUT", "/tickets/35")
    told = part(body, "audit", "metadata", "custom", "parley")
    return (
        text_of(part(body, "ticket", "id")) == "35" and number(part(body, "audit", "id")) and told in (None, "e1")
    )


def proves_creation(found: Any, served: list[ServedAnswer]) -> bool:
    (body,) = accepted(served, "POST", "/tickets")
    return number(found) and text_of(part(body, "ticket", "id")) == found


def proves_conversation(found: Any, served: list[ServedAnswer]) -> bool:
    (body,) = accepted(served, "POST", "/side_conversations")
    return bool(found) and str(part(body, "side_conversation", "id")).replace("\x00", "").strip() != ""


def proves_reading_back(found: Any, served: list[ServedAnswer]) -> bool:
    bodies = accepted(served, "GET", "/audits")
    entries = [one for body in bodies for one in entries_in(body, "audits")]
    ours = [one for one in entries if part(one, "metadata", "custom", "parley") == "e1"]
    return bool(ours) if found.written is not None else True


def proves_ticket(found: Any, served: list[ServedAnswer]) -> bool:
    if found is None:
        return True
    bodies = accepted(served, "GET", "/tickets")
    entries = [one for body in bodies for one in entries_in(body, "tickets")]
    return any(one.get("external_id") == "e1" and text_of(one.get("id")) == found for one in entries)


def proves_file(found: Any, served: list[ServedAnswer]) -> bool:
    body = accepted(served, "GET", "/attachments/55")[-1]
    return text_of(part(body, "attachment", "id")) == "55" == found.id


def proves_upload(found: Any, served: list[ServedAnswer]) -> bool:
    (body,) = accepted(served, "POST", "/uploads")
    return bool(found.token) and str(part(body, "upload", "token")).replace("\x00", "").strip() != ""


def proves_content(found: Any, served: list[ServedAnswer]) -> bool:
    return 200 <= served[-1].status < 300 and found == served[-1].plain


def anything(_: Any, __: list[ServedAnswer]) -> bool:
    return True


def fetched(zendesk: Any) -> bytes:
    with Spool(5_000) as spool:
        zendesk.fetch_file(STORED, spool)
        return b"".join(spool.pieces())


def uploaded(zendesk: Any) -> Any:
    with Spool(3) as spool:
        spool.put(b"abc")
        return zendesk.upload_file("a.jpg", spool)


def got(workmarket: Any) -> bytes:
    with Spool(5_000) as spool:
        workmarket.fetch_file("u1", spool)
        return b"".join(spool.pieces())


def added(workmarket: Any) -> None:
    with Spool(3) as spool:
        spool.put(b"abc")
        workmarket.add_file(FILE, spool)


Verb = tuple[str, Callable[[Any], Any], Callable[[Any, list[ServedAnswer]], bool]]
ZENDESK: list[Verb] = [
    ("write", lambda one: one.write(UPDATE, stamp=NOW), proves_update),
    ("write", lambda one: one.write(UPDATE, stamp=NOW), proves_update),
    ("settle", lambda one: one.settle(UPDATE), proves_reading_back),
    ("create_ticket", lambda one: one.create_ticket(CREATE), proves_creation),
    ("find_ticket", lambda one: one.find_ticket("e1"), proves_ticket),
    ("start_conversation", lambda one: one.start_conversation(START), proves_conversation),
    ("find_conversation", lambda one: one.find_conversation("35", "e3"), anything),
    ("look", lambda one: one.look(Look("35", FULL)), anything),
    ("look", lambda one: one.look(Look("35", frozenset({"ticket"}), SEEN)), anything),
    ("read_ticket", lambda one: one.read_ticket("35"), anything),
    ("changed_tickets", lambda one: one.changed_tickets(None, NOW), anything),
    ("listed_tickets", lambda one: one.listed_tickets(1), anything),
    ("tickets_now", lambda one: one.tickets_now(["35"]), anything),
    ("write", lambda one: one.write(UPDATE, stamp=NOW), proves_update),
    ("file_now", lambda one: one.file_now("55"), proves_file),
    ("fetch_file", fetched, proves_content),
    ("upload_file", uploaded, proves_upload),
    ("drop_upload", lambda one: one.drop_upload("t1"), anything),
    ("ping", lambda one: one.ping(), anything),
]


def right_workmarket(_: str, path: str) -> Any:
    """What WorkMarket would answer."""
    response: Any = {"successful": True}
    if path.endswith("authorization/request"):
        response = {"access_token": "abc"}
    elif path.endswith("assignments/get"):
        response = {**ASSIGNMENT, "notes": [{"date": 1772463600, "text": NOTE.text, "created_by": "W"}]}
    elif path.endswith("attachments/get"):
        response = {"uuid": "u1", "attachment": "YWJj", "size": 3}
    elif path.endswith("attachments/list"):
        response = [{"uuid": "u1", "name": "a.jpg", "description": FILE.description, "size": 3}]
    elif path.endswith("attachments/add"):
        response = {"uuid": "u1"}
    elif path.endswith("list_updated"):
        response = {"data": [{"id": "4711"}, {"id": "4712"}], "totalResults": 2}
    return {"meta": {"status_code": 200, "errors": [], "version": 1}, "response": response}


def proves_post(_: Any, served: list[ServedAnswer]) -> bool:
    body = accepted(served, "POST", "add_note")[-1]
    status = part(body, "meta", "status_code")
    good = text_of(status).isdecimal() and 200 <= int(text_of(status)) < 300
    return good and part(body, "response", "successful") is True


def proves_adding(_: Any, served: list[ServedAnswer]) -> bool:
    body = accepted(served, "POST", "attachments/add")[-1]
    status, told = part(body, "meta", "status_code"), part(body, "response")
    good = text_of(status).isdecimal() and 200 <= int(text_of(status)) < 300
    return good and (bool(str(part(told, "uuid") or "").strip()) or part(told, "successful") is True)


def is_the_one(found: Any, _: list[ServedAnswer]) -> bool:
    return not isinstance(found, AssignmentView) or found.id == "4711"


WORKMARKET: list[Verb] = [
    ("post", lambda one: one.post(NOTE), proves_post),
    ("post", lambda one: one.post(NOTE), proves_post),
    ("read", lambda one: one.read("4711"), is_the_one),
    ("find", lambda one: one.find("4711", "8F3K-2"), anything),
    ("fetch_file", got, anything),
    ("add_file", added, proves_adding),
    ("find_files", lambda one: one.find_files("4711", "8F3K-3"), anything),
    ("updated_since", lambda one: one.updated_since(NOW), anything),
    ("ping", lambda one: one.ping(), anything),
]


def attack(trickster: Trickster, client: Any, verbs: list[Verb], seed: int, tries: int) -> Counter[str]:
    """Calls each verb again and again until so many answers were given; what came of it."""
    came: Counter[str] = Counter()
    for turn in count():
        if sum(came.values()) and came["answers"] >= tries:
            return came
        name, call, proves = verbs[turn % len(verbs)]
        trickster.served.clear()
        try:
            found = call(client)
        except ConnectorError as error:
            came[type(error).__name__] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, turn {turn}: {name} {trickster.served[-1:]!r:.2000}") from error
        else:
            came[f"{name} done"] += 1
            assert proves(found, trickster.served), (
                f"seed {seed}, turn {turn}: {name} → {found!r} from {trickster.served[-1:]!r:.2000}"
            )
        came["answers"] += len(trickster.served)
    raise AssertionError("unreachable")


def test_of_hostile_answers_from_zendesk_only_our_errors_come_out_and_nothing_is_done_unproved() -> None:
    seed, tries = 31, scaled(commit=3_500, nightly=60_000)
    trickster = Trickster(seed, right_zendesk)
    zendesk = ZendeskClient(
        "https://desk.example",
        BearerToken("t0ken"),
        ids=lambda: IDS,
        now=lambda: NOW,
        sleep=lambda _: None,
        transport=Carried(trickster),
    )
    came = attack(trickster, zendesk, ZENDESK, seed, tries)
    zendesk.close()
    assert {"Unclear", "Transient", "Permanent", "Conflict", "Misconfigured"} <= set(came)
    assert {f"{name} done" for name, _, _ in ZENDESK} <= set(came)
    tell("hostile_answers_zendesk", hostile_answers=came["answers"], crashes=0, done_unproved=0)


def test_of_hostile_answers_from_workmarket_only_our_errors_come_out_and_nothing_is_done_unproved() -> None:
    seed, tries = 32, scaled(commit=1_500, nightly=40_000)
    trickster = Trickster(seed, right_workmarket)
    clock: Iterator[int] = count(int(NOW.timestamp()), 3_600)  # so that the token is asked for again and again

    def now() -> datetime:
        return datetime.fromtimestamp(next(clock), UTC)

    workmarket = WorkMarketClient(
        "https://wm.example", "t", "s", now=now, sleep=lambda _: None, transport=Carried(trickster)
    )
    came = attack(trickster, workmarket, WORKMARKET, seed, tries)
    workmarket.close()
    assert {"Unclear", "Transient", "Permanent", "Misconfigured"} <= set(came)
    assert {f"{name} done" for name, _, _ in WORKMARKET} <= set(came)
    tell("hostile_answers_workmarket", hostile_answers=came["answers"], crashes=0, done_unproved=0)
