"""The page of a case for its requester: who is given its address, who may read it, and what pressing does."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from escalation.model.values import POST_TAG
from tests.desk import Desk, both_parties
from tests.prepared import PUBLIC_URL
from tests.scenarios.test_corrected_requester import give_to

SECRET, NEXT = "n" * 32, "m" * 32
REQUESTS = "https://acme.zendesk.com/hc/requests"
UPDATE = ("zendesk", "PUT", "/api/v2/tickets/*")


@pytest.fixture
def paged(desk: Desk) -> Desk:
    """A desk whose requesters get a page."""
    return with_secrets(desk, SECRET)


def with_secrets(desk: Desk, *secrets: str) -> Desk:
    desk.app.values = replace(
        desk.app.values, progress_secrets=secrets, public_url=PUBLIC_URL, requests_url=REQUESTS
    )
    return desk


def told(desk: Desk, ticket: int) -> list[str]:
    """The addresses that stand in the comments on a ticket, oldest first."""
    return re.findall(rf"{PUBLIC_URL}(/p/\w{{22}})\b", "\n".join(desk.said(ticket)))


def read(desk: Desk, path: str, **headers: str) -> httpx.Response:
    return desk.http.get(path, headers=headers)


def words(answer: httpx.Response) -> str:
    return " ".join(re.sub("<style>.*?</style>|<[^>]+>", " ", answer.text, flags=re.DOTALL).split())


@both_parties
def test_the_first_text_tells_the_address_once_and_the_page_says_where_it_stands(paged: Desk):
    _, ticket = paged.begun(2)
    (path,) = told(paged, ticket)
    assert path in paged.said(ticket)[0]
    page = read(paged, path)
    said = words(page)
    assert "We wait for the other side" in said
    assert "We are trying to reach the other side." in said
    assert "If we hear nothing from the " in said and "What was done so far" in said
    assert "Mon 2 Mar 2026, 10:00 EST" in said
    assert f'href="{REQUESTS}/{ticket}"' in page.text
    assert len(page.content) < 30_000


def test_without_a_secret_or_an_address_of_the_desk_nobody_is_told_of_a_page(desk: Desk):
    with_secrets(desk)
    _, ticket = desk.begun()
    assert told(desk, ticket) == []
    assert read(desk, "/p/" + "a" * 22).status_code == 404
    with_secrets(desk, SECRET)
    desk.for_(days=3)
    (path,) = told(desk, ticket)
    assert read(desk, path).status_code == 200


def test_reading_changes_nothing_though_a_mail_scanner_reads_first(paged: Desk):
    paged.zendesk.account.mails_are_scanned = True
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    opened = [
        sent for sent, status in paged.sandbox.outgoing.delivered if sent.url.endswith(path) and status == 200
    ]
    assert [one.method for one in opened] == ["HEAD", "GET"]
    before = everything_kept(paged)
    assert read(paged, path).text == read(paged, path).text
    assert everything_kept(paged) == before


def test_pressing_asks_for_one_look_however_often_and_changes_nothing_else(paged: Desk):
    number, ticket = paged.begun()
    (path,) = told(paged, ticket)
    stands, looks = paged.told(ticket), len(paged.calls("workmarket"))
    answers = [paged.http.post(path, data={"about": "settled"}) for _ in range(5)]
    paged.live()
    assert {(one.status_code, one.headers["location"]) for one in answers} == {(303, f"{path}?pressed=settled")}
    assert paged.journal(ticket).count("the requester says it is settled") == 1
    assert len(paged.calls("workmarket")) == looks + 1
    assert paged.told(ticket)["state"] == stands["state"]
    assert "Thank you. We are looking again now" in words(read(paged, f"{path}?pressed=settled"))
    paged.workmarket.message(number, "worker", "I have answered there.")
    paged.http.post(path, data={"about": "written"})
    paged.live()
    assert "the requester says they have written on the assignment" in paged.journal(ticket)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": PUBLIC_URL}, 303),
        ({}, 303),
    ],
)
def test_another_sites_form_asks_for_nothing(paged: Desk, headers: dict[str, str], status: int):
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    assert paged.http.post(path, data={"about": "settled"}, headers=headers).status_code == status
    assert paged.http.post("/p/" + "a" * 22, data={"about": "settled"}, headers=headers).status_code in (403, 404)
    paged.live()
    assert ("the requester says it is settled" in paged.journal(ticket)) == (status == 303)


def test_a_new_requester_gets_a_page_of_their_own_and_the_one_before_has_none(paged: Desk):
    ticket = paged.escalate("4711")
    (first,) = told(paged, ticket)
    assert "What we need from you" in words(read(paged, first))
    give_to(paged, ticket, "eve@example.com", "Eve Else")
    assert read(paged, first).status_code == 404
    (_, second) = told(paged, ticket)
    assert second != first
    assert read(paged, second).status_code == 200


def test_a_page_ends_with_its_ticket(paged: Desk):
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    paged.people.delete(ticket)
    paged.live()
    assert read(paged, path).status_code == 404


def test_merged_into_anothers_ticket_it_shows_nobody_anything(paged: Desk):
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    target = paged.submit(paged.assignment(), requester_email="eve@example.com", name="Eve Else")
    paged.people.merge(ticket, target)
    paged.live()
    assert read(paged, path).status_code == 404


def test_a_page_is_read_for_thirty_days_after_the_end(paged: Desk):
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    paged.people.solve(ticket)
    paged.live()
    said = words(read(paged, path))
    assert "Your request is closed." in said and "can be read until" in said and "This is settled" not in said
    assert paged.http.post(path, data={"about": "settled"}).status_code == 303
    paged.for_(days=29)
    assert read(paged, path).status_code == 200
    paged.for_(days=1, minutes=1)
    assert read(paged, path).status_code == 404


def test_a_lost_reply_tells_the_address_once_and_it_opens_the_page(paged: Desk):
    paged.sandbox.faults.next(*UPDATE, drop_reply=True, apply=True)
    paged.sandbox.faults.next(*UPDATE, status=503)
    _, ticket = paged.begun()
    paged.for_(minutes=30)
    (path,) = told(paged, ticket)
    assert read(paged, path).status_code == 200


def test_a_new_secret_comes_with_the_next_update_and_an_old_one_that_is_taken_out_opens_nothing(paged: Desk):
    _, ticket = paged.begun()
    (old,) = told(paged, ticket)
    with_secrets(paged, NEXT, SECRET)
    assert read(paged, old).status_code == 200
    paged.for_(days=3)
    (_, new) = told(paged, ticket)
    assert [read(paged, path).status_code for path in (old, new)] == [404, 200]
    with_secrets(paged, "x" * 32)
    assert read(paged, new).status_code == 404


def test_whatever_leads_nowhere_is_answered_alike(paged: Desk):
    _, ticket = paged.begun()
    (path,) = told(paged, ticket)
    one = paged.case(ticket)
    paged.app.store.write(lambda tx: tx.cases.save(damaged(tx.cases.get(one.id)), tx.cases.get(one.id).version))
    wrong = ["/p/", "/p/a", f"{path}/", f"{path}x", f"{path}%00", "/p/" + "é" * 22, path]
    wrong += ["/p/" + "a" * 3000, "/p/x%0d%0aSet-Cookie:%20a=b"]
    answers = [read(paged, each) for each in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len({json.dumps(dict(answer.headers)) for answer in answers}) == 1


def damaged(row):
    return replace(row, body={"id": "?"})


def everything_kept(desk: Desk) -> str:
    with sqlite3.connect(urlsplit(str(desk.url)).path[1:] or "") as database:
        kept = "\n".join(line for line in database.iterdump() if '"marks"' not in line)
    database.close()
    return kept


def test_the_address_is_nowhere_but_in_the_comment_and_the_mail_whoever_quotes_it(
    paged: Desk, caplog: pytest.LogCaptureFixture
):
    with capture_logs() as logged, caplog.at_level("INFO"):
        number, ticket = paged.begun(2)
        (path,) = told(paged, ticket)
        quoted = (
            f"On Monday you wrote:\n> see {PUBLIC_URL}{path}\nand https%3A%2F%2Fdesk.test{path.replace('/', '%2F')}"
        )
        paged.reply(ticket, quoted)
        paged.people.copied_reply(ticket, "boss@example.com", quoted)
        paged.agent(ticket, comment=quoted, add_tags=[POST_TAG])
        paged.agent(ticket, comment=quoted, public=False)
        paged.mail_back(ticket, "sally@example.com", quoted)
        paged.workmarket.message(number, "owner", quoted)
        read(paged, path)
        read(paged, f"{path}x")
        paged.http.post(path, data={"about": "written"})
        paged.sandbox.faults.next(*UPDATE, status=422, times=3)
        paged.for_(days=3)
        paged.patrol()
    token = path.removeprefix("/p/")
    ours = [line.getMessage() for line in caplog.records if line.name != "httpx"]  # that is who reads here
    said = {
        "the database": everything_kept(paged),
        "the assignment": str(paged.messages(number)),
        "the desk's notes": str([note for note in paged.notes(ticket) if not note.startswith("On Monday")]),
        "metrics": paged.http.get("/metrics").text + paged.http.get("/readyz").text,
        "logs": f"{logged} {ours} and that is all of it",
        "the agents' view": json.dumps(paged.app.case_views.of_ticket(str(ticket), "operator")),
    }
    assert [where for where, text in said.items() if token in text or SECRET in text] == []
    assert [where for where, text in said.items() if len(text) < 20] == []
    assert any(token in mail.body for mail in paged.zendesk.mails)
