"""WorkMarket: its token, its envelope, one assignment read, one message posted and found again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import respx

from connector.errors import Misconfigured, Permanent, Transient, Unclear
from connector.workmarket import WorkMarketClient
from escalation.model.audience import Public
from escalation.model.effects import PostMessage
from escalation.model.views import Absent, AssignmentView
from tests.integration.connector.routed import Routed
from tests.integration.connector.stub_server import ImpatientOf, Reply, StubServer

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
BASE = "https://www.workmarket.test"
API = f"{BASE}/v1/employer"
NOTE = PostMessage("e1", "4711", Public("From the desk & co: please answer.\n\n[Ref 8F3K-2]"), "8F3K-2")


def envelope(response: Any, status: int = 200, errors: Any = ()) -> dict[str, Any]:
    return {"meta": {"status_code": status, "errors": list(errors), "version": 1}, "response": response}


def answered(response: Any = None, status: int = 200, http: int = 200, errors: Any = ()) -> httpx.Response:
    return httpx.Response(http, json=envelope(response, status, errors))


def assignment(**changes: Any) -> dict[str, Any]:
    return {"id": "4711", "title": "Fix router", "status": "complete", "notes": [], **changes}


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def wm(clock: list[datetime], waits: list[float], api: respx.Router) -> WorkMarketClient:
    return WorkMarketClient(BASE, "tok", "s3cret", now=lambda: clock[0], sleep=waits.append, transport=Routed(api))


@pytest.fixture
def api() -> respx.Router:
    router = respx.Router(assert_all_called=False)
    tokens = iter(range(1, 100))
    router.post(f"{API}/authorization/request", name="token").mock(
        side_effect=lambda _: answered({"access_token": f"a{next(tokens)}"})
    )
    router.get(f"{API}/assignments/get", name="get").mock(return_value=answered(assignment()))
    router.post(f"{API}/assignments/add_note", name="add").mock(return_value=answered({"successful": True}))
    router.get(f"{API}/constants/cancellation_codes", name="codes").mock(return_value=answered([]))
    router.get(f"{API}/assignments/list_updated", name="list").mock(return_value=answered({"data": []}))
    return router


def seen(wm: WorkMarketClient) -> AssignmentView:
    view = wm.read("4711")
    assert isinstance(view, AssignmentView)
    return view


def form(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


# The token


def test_the_token_call_sends_its_secrets_in_the_body(api: respx.Router, wm: WorkMarketClient) -> None:
    seen(wm)
    request = api["token"].calls[0].request
    assert form(request) == {"token": "tok", "secret": "s3cret"}
    assert "s3cret" not in str(request.url)


def test_one_token_serves_many_calls_as_bearer(api: respx.Router, wm: WorkMarketClient) -> None:
    seen(wm)
    seen(wm)
    assert api["token"].call_count == 1
    assert api["get"].calls[1].request.headers["authorization"] == "Bearer a1"
    assert "access_token" not in str(api["get"].calls[1].request.url)


def test_the_token_may_go_as_a_parameter(api: respx.Router) -> None:
    wm = WorkMarketClient(BASE, "tok", "s3cret", now=lambda: NOW, style="parameter", transport=Routed(api))
    seen(wm)
    wm.post(NOTE)
    wm.close()
    assert api["get"].calls[0].request.url.params["access_token"] == "a1"
    assert form(api["add"].calls[0].request)["access_token"] == "a1"
    assert "authorization" not in api["get"].calls[0].request.headers


def test_the_token_is_renewed_daily(api: respx.Router, wm: WorkMarketClient, clock: list[datetime]) -> None:
    seen(wm)
    clock[0] += timedelta(hours=24)
    seen(wm)
    assert api["get"].calls[1].request.headers["authorization"] == "Bearer a2"


@pytest.mark.parametrize("http", [200, 401])
def test_a_refused_token_is_renewed_once(http: int, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(side_effect=[answered(status=401, http=http), answered(assignment())])
    seen(wm)
    assert api["token"].call_count == 2


@pytest.mark.parametrize("reply", [answered(status=401), answered(http=403, status=403), answered({"token": "x"})])
def test_credentials_that_give_no_token_wait_for_a_person(
    reply: httpx.Response, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["token"].mock(return_value=reply)
    with pytest.raises(Misconfigured) as caught:
        wm.read("4711")
    assert "s3cret" not in str(caught.value)


def test_a_token_endpoint_that_is_down_is_only_for_now(api: respx.Router, wm: WorkMarketClient) -> None:
    api["token"].mock(return_value=httpx.Response(503))
    with pytest.raises(Transient) as caught:
        wm.read("4711")
    assert not isinstance(caught.value, Misconfigured)


# Absent, or not our credentials


def test_an_assignment_that_stays_refused_is_absent(api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(status=401, http=401))
    assert wm.read("4711") == Absent("4711")
    assert api["get"].call_count == 2


def test_when_everything_is_refused_it_is_the_credentials(api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(status=401, http=401))
    api["codes"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Misconfigured):
        wm.read("4711")


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_assignment_that_is_refused_otherwise_is_absent(
    status: int, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["get"].mock(return_value=answered(status=status, http=status, errors=["no such assignment"]))
    assert wm.read("4711") == Absent("4711")


def test_a_404_that_is_not_the_apis_is_not_believed(api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=httpx.Response(404, text="<html>"))
    with pytest.raises(Transient):
        wm.read("4711")


@pytest.mark.parametrize("number", ["", "47a", "../x", "४७"])
def test_what_is_no_number_is_not_asked_for(number: str, api: respx.Router, wm: WorkMarketClient) -> None:
    assert wm.read(number) == Absent(number)
    assert not api.calls


# Reading


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, text='{"meta": {'),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"response": assignment()}),
        httpx.Response(200, json={"meta": {}, "response": assignment()}),
        answered(None),
        answered([]),
        answered(assignment(id="4712")),
        answered(assignment(status=None)),
        answered(assignment(status=7)),
        answered(assignment(notes="none")),
        answered(assignment(notes=[None])),
        answered(assignment(), status=500),
        answered(assignment(), status=99999),
        httpx.Response(500, json=envelope(None, 500)),
        httpx.Response(302, headers={"Location": "https://elsewhere.test/"}),
    ],
)
def test_an_answer_half_readable_is_not_believed(
    reply: httpx.Response, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["get"].mock(return_value=reply)
    with pytest.raises(Transient):
        wm.read("4711")


def test_a_read_is_repeated_a_little(api: respx.Router, wm: WorkMarketClient, waits: list[float]) -> None:
    api["get"].mock(side_effect=[httpx.ConnectError("x"), httpx.Response(503), answered(assignment())])
    seen(wm)
    assert len(waits) == 2


def test_a_read_that_timed_out_is_not_repeated_here(api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(side_effect=httpx.ReadTimeout("x"))
    with pytest.raises(Transient):
        wm.read("4711")
    assert api["get"].call_count == 1


@pytest.mark.parametrize(
    ("told", "normal"),
    [
        ("in_progress", "inprogress"),
        ("inprogress", "inprogress"),
        ("paymentPending", "paymentpending"),
        ("Complete", "complete"),
        ("CANCELLED", "cancelled"),
    ],
)
def test_statuses_are_told_in_one_form(told: str, normal: str, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(assignment(status=told)))
    assert seen(wm).status == normal


@pytest.mark.parametrize("value", [1772463600, 1772463600000, "1772463600", 1772463600.0, "2026-03-02T15:00:00Z"])
def test_moments_are_read_in_every_form(value: Any, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(assignment(scheduled_time=value)))
    assert seen(wm).scheduled == NOW


@pytest.mark.parametrize("value", [None, 0, "", "soon", True, 10**30, -5, {"a": 1}])
def test_a_moment_that_is_none_is_none(value: Any, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(assignment(scheduled_time=value, scheduled_start=None)))
    assert seen(wm).scheduled is None


def test_texts_are_unescaped_and_cleaned(api: respx.Router, wm: WorkMarketClient) -> None:
    notes = [{"date": 1772463600, "text": "Tom &amp; Co &lt;3\x00", "created_by": "Zo&euml; O&#39;Neil"}]
    api["get"].mock(return_value=answered(assignment(title="A &amp; B", notes=notes)))
    view = seen(wm)
    assert view.title == "A & B"
    assert (view.messages[0].text, view.messages[0].author) == ("Tom & Co <3", "Zoë O'Neil")


@pytest.mark.parametrize(
    "contact",
    [
        {"first_name": "Sue", "last_name": "Port", "email": "sue@example.com"},
        [{"first_name": "Sue", "last_name": "Port", "email": "sue@example.com"}, {"first_name": "Other"}],
    ],
)
def test_the_support_contact_may_be_one_or_several(contact: Any, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(assignment(support_contact=contact)))
    held = seen(wm).support_contact
    assert (held.name, held.email) == ("Sue Port", "sue@example.com")


def test_the_people_of_an_assignment_are_told(api: respx.Router, wm: WorkMarketClient) -> None:
    worker = {"first_name": "Wanda", "last_name": "Worker", "email": "wanda@example.com"}
    owner = {"first_name": "Olaf", "last_name": "Owner"}
    api["get"].mock(return_value=answered(assignment(active_resource=worker, internal_owner_details=owner)))
    view = seen(wm)
    assert (view.worker.email, view.owner) == ("wanda@example.com", "Olaf Owner")


@pytest.mark.parametrize(
    "checks",
    [
        [{"checked_in_on": 1772463600, "checked_out_on": 1772463700}, {"checked_in_on": 1772463800}],
        [{"checked_in_on": 1772463600000, "checked_out_on": 1772463700000}],
        {"checked_in": 1772463600, "checked_out": 1772463700},
    ],
)
def test_check_ins_are_read_in_every_shape(checks: Any, api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(assignment(active_resource={"check_in_out": checks})))
    view = seen(wm)
    assert view.checked_in == NOW
    assert view.checked_out == NOW + timedelta(seconds=100)


def test_odd_people_and_labels_are_read_as_far_as_they_go(api: respx.Router, wm: WorkMarketClient) -> None:
    odd = assignment(
        active_resource=[], support_contact="x", labels=["late", {"name": "Dispute"}, {"id": 5}, None, 7],
        project={"id": 9, "name": "Rollout"}, payment=[], pricing="flat",
        history=[{"date": None, "text": "x"}, {"date": 1772463600, "text": "Sent"}, 5],
    )  # fmt: skip
    api["get"].mock(return_value=answered(odd))
    view = seen(wm)
    assert view.labels == ("late", "Dispute", "7")
    assert (view.project, view.price) == ("Rollout", "")
    assert view.history == ((NOW, "Sent"),)


@pytest.mark.parametrize(
    ("location", "off_site", "words"),
    [
        (
            {"name": "Joe&#39;s", "address_1": "1 Main St", "city": "Newark", "state": "NJ"},
            False,
            "Joe's, Newark, NJ",
        ),
        ({"name": "", "city": "Newark"}, None, "Newark"),
        ({"name": "Newark", "city": "Newark", "state": None}, False, "Newark"),
        ({"name": "Joe's", "city": "Newark"}, True, ""),
        ({"name": "Joe's", "city": "Newark"}, "true", ""),
        ("Newark", False, ""),
        (None, False, ""),
    ],
)
def test_the_place_is_told_without_its_street(
    location: Any, off_site: Any, words: str, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["get"].mock(return_value=answered(assignment(location=location, location_offsite=off_site)))
    assert seen(wm).place == words


@pytest.mark.parametrize(
    ("pricing", "payment", "words"),
    [
        ({"type": "FLAT", "flat_price": 250.0}, {}, "$250.00 flat"),
        ({"per_hour_price": 40, "max_number_of_hours": 8.0}, {}, "$40.00 an hour, up to 8 hours"),
        ({"flat_price": "1250.5"}, {}, "$1,250.50 flat"),
        ({"spend_limit": 99}, {"total_cost": 90}, "$90.00 in total"),
        ({"spend_limit": 99}, {}, "$99.00 at most"),
        ({"flat_price": True}, {"total_cost": "much"}, ""),
    ],
)
def test_the_price_is_told_shortly(
    pricing: Any, payment: Any, words: str, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["get"].mock(return_value=answered(assignment(pricing=pricing, payment=payment)))
    assert seen(wm).price == words


def test_messages_come_oldest_first_with_their_privacy(api: respx.Router, wm: WorkMarketClient) -> None:
    notes = [
        {"date": 1772463700, "text": "b", "created_by": "X", "is_private": "true"},
        {"date": 1772463800, "text": "c", "created_by": "X", "is_privileged": True},
        {"date": 1772463600, "text": "a", "created_by": "X", "is_private": False},
    ]
    api["get"].mock(return_value=answered(assignment(notes=notes)))
    assert [(one.text, one.private) for one in seen(wm).messages] == [("a", False), ("b", True), ("c", True)]


# Posting


def test_a_message_is_posted_for_everyone_on_the_assignment(api: respx.Router, wm: WorkMarketClient) -> None:
    wm.post(NOTE)
    request = api["add"].calls[0].request
    assert form(request) == {"id": "4711", "content": NOTE.text, "is_private": "false", "is_privileged": "false"}
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


UNCLEAR = {
    "500": answered(status=500, http=500),
    "500 inside a 200": answered(status=500),
    "503": httpx.Response(503, text="down"),
    "HTML": httpx.Response(200, text="<html>"),
    "no envelope": httpx.Response(200, json={"successful": True}),
    "not successful": answered({"successful": False}),
    "says nothing": answered({}),
    "time-out": httpx.ReadTimeout("x"),
    "reset": httpx.ReadError("x"),
    "no reply": httpx.RemoteProtocolError("x"),
    "write failed": httpx.WriteError("x"),
}


@pytest.mark.parametrize("fault", UNCLEAR)
def test_a_post_of_unknown_outcome_is_unclear_and_sent_once(
    fault: str, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["add"].mock(side_effect=[UNCLEAR[fault]])
    with pytest.raises(Unclear):
        wm.post(NOTE)
    assert api["add"].call_count == 1


@pytest.mark.parametrize(
    "fault", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), answered(status=429, http=429)]
)
def test_a_post_that_surely_was_not_made_is_tried_again_by_the_outbox(
    fault: Any, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["add"].mock(side_effect=[fault])
    with pytest.raises(Transient):
        wm.post(NOTE)
    assert api["add"].call_count == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answered(status=400, http=400, errors=[{"message": "content is required", "code": 1}]), "invalid"),
        (answered(status=400, errors=["content is required"]), "invalid"),
        (answered(status=403, http=403), "forbidden"),
        (answered(status=404, http=404), "invisible"),
    ],
)
def test_a_refused_post_is_not_made(
    reply: httpx.Response, code: str, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["add"].mock(return_value=reply)
    api["get"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Permanent) as caught:
        wm.post(NOTE)
    assert caught.value.code == code


def test_what_workmarket_says_of_a_refusal_is_told(api: respx.Router, wm: WorkMarketClient) -> None:
    api["add"].mock(return_value=answered(status=400, errors=[{"message": "content is required", "code": 1}]))
    with pytest.raises(Permanent, match="content is required"):
        wm.post(NOTE)


def test_a_post_refused_twice_is_to_an_invisible_assignment(api: respx.Router, wm: WorkMarketClient) -> None:
    api["add"].mock(return_value=answered(status=401, http=401))
    api["get"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Permanent) as caught:
        wm.post(NOTE)
    assert caught.value.code == "invisible"
    assert api["add"].call_count == 2


def test_a_post_refused_on_an_assignment_that_is_shown_is_tried_again(
    api: respx.Router, wm: WorkMarketClient
) -> None:
    api["add"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Transient, match="takes no message"):
        wm.post(NOTE)


def test_a_post_refused_with_everything_else_waits_for_a_person(api: respx.Router, wm: WorkMarketClient) -> None:
    api["add"].mock(return_value=answered(status=401, http=401))
    api["codes"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Misconfigured):
        wm.post(NOTE)


def test_placeholders_do_not_go_out(api: respx.Router, wm: WorkMarketClient) -> None:
    wm.post(PostMessage("e1", "4711", Public("{{x}} [Ref 8F3K-2]"), "8F3K-2"))
    assert "{{" not in form(api["add"].calls[0].request)["content"]


def test_however_long_a_text_is_its_reference_goes_out(api: respx.Router, wm: WorkMarketClient) -> None:
    wm.post(PostMessage("e1", "4711", Public("x" * 100_000 + "[Ref 8F3K-2]"), "8F3K-2"))
    assert form(api["add"].calls[0].request)["content"].endswith("[Ref 8F3K-2]")


def test_messages_are_found_by_their_whole_reference(api: respx.Router, wm: WorkMarketClient) -> None:
    notes = [
        {"date": 1772463600, "text": "a [Ref 8F3K-2]", "created_by": "X"},
        {"date": 1772463601, "text": "b [Ref 8F3K-21]", "created_by": "X"},
        {"date": 1772463602, "text": "c [Ref 8F3K-2-1]", "created_by": "X"},
        {"text": "d [ref&#32;8f3k-2]", "created_by": "X", "is_private": True},
        {"date": 1772463603, "text": "e [Ref 8F\u200b3K-\u20682]", "created_by": "X"},
    ]
    api["get"].mock(return_value=answered(assignment(notes=notes)))
    assert [one.text[0] for one in wm.find("4711", "8F3K-2")] == ["d", "a", "e"]


def test_an_assignment_that_cannot_be_read_proves_nothing(api: respx.Router, wm: WorkMarketClient) -> None:
    api["get"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Transient):
        wm.find("4711", "8F3K-2")


# What changed


def test_updated_assignments_are_asked_for_in_unix_seconds(api: respx.Router, wm: WorkMarketClient) -> None:
    api["list"].mock(return_value=answered({"data": [{"id": "1"}, {"id": 2}], "totalResults": 2}))
    assert wm.updated_since(NOW) == ("1", "2")
    assert dict(api["list"].calls[0].request.url.params) == {
        "modified_since": "1772463600",
        "start": "0",
        "limit": "500",
    }


@pytest.mark.parametrize("total", ["totalResults", "total_results"])
def test_pages_are_turned_until_the_total(total: str, api: respx.Router, wm: WorkMarketClient) -> None:
    pages = [[{"id": str(n)} for n in range(500)], [{"id": str(n)} for n in range(500, 620)]]
    api["list"].mock(side_effect=[answered({"data": page, total: 620}) for page in pages])
    assert len(wm.updated_since(NOW)) == 620


def test_pages_without_a_total_end_with_a_short_one(api: respx.Router, wm: WorkMarketClient) -> None:
    pages = [[{"id": str(n)} for n in range(500)], [{"id": "x"}]]
    api["list"].mock(side_effect=[answered({"data": page}) for page in pages])
    assert len(wm.updated_since(NOW)) == 501


def test_a_page_that_comes_again_and_again_ends_the_turning(api: respx.Router, wm: WorkMarketClient) -> None:
    api["list"].mock(return_value=answered({"data": [{"id": str(n)} for n in range(500)], "totalResults": 10**9}))
    assert len(wm.updated_since(NOW)) == 500
    assert api["list"].call_count == 2


@pytest.mark.parametrize("response", [None, {"data": None}, {"data": [5]}, {"data": [{"title": "no id"}]}, "x"])
def test_a_list_that_is_none_is_not_taken_for_an_empty_one(
    response: Any, api: respx.Router, wm: WorkMarketClient
) -> None:
    api["list"].mock(return_value=answered(response))
    with pytest.raises(Transient):
        wm.updated_since(NOW)


@pytest.mark.parametrize(("headers", "told"), [({}, 2), ({"Age": "3600"}, 1)])
def test_the_time_of_an_answer_is_told_unless_a_cache_gave_it(
    headers: dict[str, str], told: int, api: respx.Router
) -> None:
    moments: list[datetime | None] = []
    wm = WorkMarketClient(
        BASE, "tok", "s3cret", now=lambda: NOW, transport=Routed(api), heard=lambda _, at, __: moments.append(at)
    )
    wm.read("4711")
    cached = httpx.Response(200, json=envelope([]), headers={"Date": "Mon, 02 Mar 2026 15:00:10 GMT", **headers})
    api["codes"].mock(return_value=cached)
    wm.ping()
    assert len(moments) == told


def test_ping_tells_refused_credentials(api: respx.Router, wm: WorkMarketClient) -> None:
    wm.ping()
    api["codes"].mock(return_value=answered(status=401, http=401))
    with pytest.raises(Misconfigured):
        wm.ping()


def test_nothing_secret_is_logged(api: respx.Router, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wm = WorkMarketClient(
        BASE,
        "t0ken",
        "s3cret",
        now=lambda: NOW,
        style="parameter",
        sleep=lambda _: None,
        transport=Routed(api),
    )
    seen(wm)
    api["get"].mock(side_effect=httpx.ReadTimeout("x"))
    with pytest.raises(Transient) as caught:
        wm.read("4711")
    wm.close()
    told = caplog.text + repr(wm) + str(caught.value)
    assert not any(secret in told for secret in ("t0ken", "s3cret", "access_token=a1"))


@pytest.mark.parametrize("fault", [Reply(hangs=True), Reply(drips=True), Reply(lost=True), Reply(cut=True)])
def test_over_a_real_wire_a_post_without_a_whole_answer_is_unclear_and_sent_once(
    fault: Reply, stub: StubServer
) -> None:
    stub.on("POST", "/v1/employer/authorization/request", envelope({"access_token": "a1"}))
    stub.on("POST", "/v1/employer/assignments/add_note", fault)
    wm = WorkMarketClient(stub.url, "tok", "s3cret", now=lambda: NOW, transport=ImpatientOf("/add_note"))
    with pytest.raises(Unclear):
        wm.post(NOTE)
    wm.close()
    stub.heard(2)
    assert stub.paths().count("POST /v1/employer/assignments/add_note") == 1


def test_an_answer_too_large_is_not_read(stub: StubServer) -> None:
    stub.on("POST", "/v1/employer/authorization/request", envelope({"access_token": "a1"}))
    stub.on("GET", "/v1/employer/assignments/get", Reply(200, b"[" + b" " * (20 * 1024 * 1024) + b"]"))
    wm = WorkMarketClient(stub.url, "tok", "s3cret", now=lambda: NOW, sleep=lambda _: None)
    with pytest.raises(Transient, match="20 MB"):
        wm.read("4711")
    wm.close()


# One of several companies


@pytest.fixture
def acme(clock: list[datetime], waits: list[float], api: respx.Router) -> WorkMarketClient:
    return WorkMarketClient(
        BASE, "tok", "s3cret", now=lambda: clock[0], sleep=waits.append, transport=Routed(api), company="acme"
    )


def test_a_glance_at_what_is_another_company_s_asks_for_no_new_token(
    acme: WorkMarketClient, api: respx.Router
) -> None:
    api["get"].mock(return_value=answered(status=401, http=401))
    assert acme.holds_token is False
    assert acme.glance("4711") == Absent("4711")
    assert acme.holds_token is True
    assert [api[name].call_count for name in ("token", "get", "codes")] == [1, 1, 1]


def test_a_glance_by_a_token_that_has_ended_asks_once_more_with_a_new_one(
    acme: WorkMarketClient, api: respx.Router
) -> None:
    ended = {"Bearer a1"}

    def answer(request: httpx.Request, what: Any) -> httpx.Response:
        refused = request.headers["authorization"] in ended
        return answered(status=401, http=401) if refused else answered(what)

    acme.ping()
    api["get"].mock(side_effect=lambda request: answer(request, assignment()))
    api["codes"].mock(side_effect=lambda request: answer(request, []))
    assert isinstance(acme.glance("4711"), AssignmentView)
    assert api["token"].call_count == 2


def test_what_a_company_is_refused_names_it_and_its_file(acme: WorkMarketClient, api: respx.Router) -> None:
    api["token"].mock(return_value=answered({}))
    with pytest.raises(Misconfigured, match=r"token and secret of acme in WORKMARKET_COMPANIES_FILE") as refused:
        acme.read("4711")
    assert "s3cret" not in str(refused.value)


def test_an_error_of_a_company_tells_whose_budget_it_is(acme: WorkMarketClient, api: respx.Router) -> None:
    api["get"].mock(return_value=httpx.Response(429, headers={"Retry-After": "7"}, json=envelope(None, 429)))
    with pytest.raises(Transient, match=r"WorkMarket \(acme\) answered 429") as limited:
        acme.read("4711")
    assert (limited.value.service, limited.value.retry_after) == ("workmarket:acme", 7.0)


def test_a_long_list_is_read_page_by_page_where_one_wants_it(acme: WorkMarketClient, api: respx.Router) -> None:
    rows = [{"id": str(number)} for number in range(500)]
    api["list"].mock(return_value=answered({"data": rows, "totalResults": 620}))
    page = acme.updated_page(NOW, 0)
    assert (len(page.ids), page.next) == (500, 500)
    api["list"].mock(return_value=answered({"data": rows[:120], "totalResults": 620}))
    assert acme.updated_page(NOW, 500).next is None
