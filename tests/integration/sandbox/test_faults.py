"""Trouble on demand: what is answered, what was carried out, and what was not."""

import threading

import httpx
import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api

NOTE = {"ticket": {"comment": {"body": "A note", "public": False}}}


def test_an_error_can_be_answered_without_carrying_out(box: Sandbox, zd: Api, ticket: int) -> None:
    box.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", status=503)
    zd.put(f"tickets/{ticket}.json", NOTE, status=503)
    assert box.zendesk.notes(ticket) == []
    zd.put(f"tickets/{ticket}.json", NOTE)
    assert box.zendesk.notes(ticket) == ["A note"]


def test_an_error_can_be_answered_after_carrying_out(box: Sandbox, zd: Api, ticket: int) -> None:
    box.faults.next("zendesk", "PUT", "tickets", status=500, apply=True)
    zd.put(f"tickets/{ticket}.json", NOTE, status=500)
    assert box.zendesk.notes(ticket) == ["A note"]


def test_a_reply_can_be_lost_after_carrying_out(box: Sandbox, zd: Api, ticket: int) -> None:
    box.faults.next("zendesk", "PUT", "tickets", apply=True, drop_reply=True)
    with pytest.raises(httpx.RemoteProtocolError):
        zd.put(f"tickets/{ticket}.json", NOTE)
    assert box.zendesk.notes(ticket) == ["A note"]
    assert box.calls[-1].status == 0


def test_a_request_can_be_lost_with_its_reply(box: Sandbox, zd: Api, ticket: int) -> None:
    box.faults.next("zendesk", "PUT", "tickets", drop_reply=True)
    with pytest.raises(httpx.RemoteProtocolError):
        zd.put(f"tickets/{ticket}.json", NOTE)
    assert box.zendesk.notes(ticket) == []


@pytest.mark.parametrize("wait", ["1", "1.5", "Mon, 02 Mar 2026 15:01:00 GMT", "soon"])
def test_retry_after_can_be_anything(box: Sandbox, zd: Api, wait: str) -> None:
    box.faults.next("zendesk", "GET", "groups", status=429, retry_after=wait)
    answer = zd.http.get("/api/v2/groups.json")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, wait)


def test_a_script_is_used_up(box: Sandbox, zd: Api) -> None:
    box.faults.next("zendesk", "*", "groups", status=500, times=2)
    assert [zd.http.get("/api/v2/groups").status_code for _ in range(3)] == [500, 500, 200]
    assert box.faults.pending == []


def test_an_answer_can_be_replaced_by_nonsense(box: Sandbox, zd: Api) -> None:
    box.faults.next("zendesk", "GET", "groups", body="<html>maintenance</html>")
    answer = zd.http.get("/api/v2/groups.json")
    assert (answer.status_code, answer.text) == (200, "<html>maintenance</html>")


def test_a_call_can_land_long_after_its_caller_gave_up(box: Sandbox, zd: Api, ticket: int) -> None:
    landed = threading.Event()
    held = box.faults.next("zendesk", "PUT", "tickets", until=landed)
    with pytest.raises(httpx.ReadTimeout):
        zd.put(f"tickets/{ticket}.json", NOTE, timeout=0.2)
    assert box.zendesk.notes(ticket) == []
    landed.set()
    assert held.over.wait(120)
    assert box.zendesk.notes(ticket) == ["A note"]


def test_an_outage_answers_503_to_everything_until_it_is_over(box: Sandbox, zd: Api, wm: Api) -> None:
    box.faults.outage("zendesk")
    zd.get("groups.json", status=503)
    wm.get("constants/cancellation_codes")
    box.faults.restore("zendesk")
    zd.get("groups.json")


def test_an_outage_can_cut_every_connection(box: Sandbox, zd: Api) -> None:
    box.faults.outage("zendesk", refuse=True)
    with pytest.raises(httpx.RemoteProtocolError):
        zd.get("groups.json")
    box.faults.restore("zendesk")
    zd.get("groups.json")


def test_a_script_without_trouble_is_a_mistake(box: Sandbox) -> None:
    with pytest.raises(ValueError, match="needs"):
        box.faults.next("zendesk", "GET", "groups")
