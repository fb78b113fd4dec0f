"""The stand-in WorkMarket: tokens, assignments, messages and webhooks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox import MovableClock, Sandbox
from sandbox.workmarket import Api as Served
from tests.integration.sandbox.conftest import Api, Receiver


def _get(wm: Api, assignment: str, **more: Any) -> Any:
    return wm.get("assignments/get", params={"id": assignment}, **more)


def _post(wm: Api, assignment: str, content: str, **more: Any) -> Any:
    form = {"id": assignment, "content": content, "is_private": "false", "is_privileged": "false"}
    return wm.post("assignments/add_note", data={**form, **more})


def test_an_assignment_is_shown_in_its_envelope(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment(title="Cables & more", price=120.5)
    body = _get(wm, assignment)
    assert body["meta"]["status_code"] == 200
    found = body["response"]
    assert (found["id"], found["title"], found["status"]) == (assignment, "Cables &amp; more", "complete")
    assert found["active_resource"]["email"] == "wanda@example.com"
    assert found["internal_owner_details"] == {"first_name": "Olaf", "last_name": "Owner"}
    assert found["support_contact"]["email"] == "sally@example.com"
    assert found["scheduled_end"] == int((clock() - timedelta(hours=1)).timestamp())
    assert found["pricing"]["spend_limit"] == 120.5


def test_the_older_paths_and_the_older_way_of_passing_a_token_work(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    token = wm.http.headers["authorization"].split()[1]
    params = {"id": assignment, "access_token": token}
    answer = wm.http.get("/api/v1/assignments/get", params=params, headers={"Authorization": ""})
    assert answer.json()["response"]["id"] == assignment


def test_a_token_ends_after_a_day_and_says_so_nowhere(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment()
    clock.move(timedelta(hours=24))
    body = _get(wm, assignment, status=401)
    assert body["meta"]["status_code"] == 401


def test_wrong_credentials_and_no_token_are_told_apart(box: Sandbox, wm: Api) -> None:
    form = {"token": "sandbox-token", "secret": "wrong"}
    wm.post("authorization/request", data=form, status=401)
    wm.get("constants/cancellation_codes", headers={"Authorization": ""}, status=400)
    assert wm.get("constants/cancellation_codes")["response"]


def test_an_invisible_assignment_looks_like_one_that_does_not_exist(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.hide(assignment)
    hidden, unknown = _get(wm, assignment, status=401), _get(wm, "1", status=401)
    assert hidden["meta"]["errors"] == unknown["meta"]["errors"]
    box.workmarket.show(assignment)
    _get(wm, assignment)
    box.workmarket.unknown_answers = 400
    _get(wm, "1", status=400)


def test_nothing_is_posted_where_nothing_is_seen(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.hide(assignment)
    form = {"id": assignment, "content": "Hello"}
    wm.post("assignments/add_note", data=form, status=401)
    assert box.workmarket.notes(assignment) == []


def test_a_note_comes_back_escaped_with_a_name_and_no_id(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.message(assignment, "worker", "Is it <ok>?")
    clock.move(timedelta(minutes=1))
    assert _post(wm, assignment, 'It\'s "fine" [Ref 8F3K-2]')["response"] == {"successful": True}
    first, second = _get(wm, assignment)["response"]["notes"]
    assert (first["text"], first["created_by"]) == ("Is it &lt;ok&gt;?", "Wanda Worker")
    assert second["text"] == "It&#x27;s &quot;fine&quot; [Ref 8F3K-2]"
    assert (second["created_by"], second["is_private"], second["is_privileged"]) == (
        "Ivy Integration",
        False,
        False,
    )
    assert second["date"] - first["date"] == 60
    assert set(second) == {"date", "text", "created_by", "is_private", "is_privileged"}


def test_reading_can_be_stale(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.note_lag = timedelta(seconds=20)
    _post(wm, assignment, "Hello")
    assert _get(wm, assignment)["response"]["notes"] == []
    clock.move(timedelta(seconds=20))
    assert len(_get(wm, assignment)["response"]["notes"]) == 1


def test_the_envelope_may_contradict_the_http_status(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    box.faults.next("workmarket", "GET", "assignments/get", body=Served(box.workmarket).trouble(500))
    assert _get(wm, assignment, status=200)["meta"]["status_code"] == 500


def test_nothing_keeps_a_note_from_being_posted_twice(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    for _ in range(2):
        _post(wm, assignment, "Same")
    assert len(box.workmarket.notes(assignment)) == 2


def test_json_is_not_looked_at(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    wm.post("assignments/add_note", {"id": assignment, "content": "x"}, status=400)
    wm.get("assignments/get", status=400)


def test_a_note_may_be_for_some_only(box: Sandbox, wm: Api) -> None:
    assignment = box.workmarket.add_assignment()
    _post(wm, assignment, "Between us", is_private="true", is_privileged="true")
    [note] = box.workmarket.notes(assignment)
    assert (note.private, note.privileged) == (True, True)


def test_what_changed_since_is_listed(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    old, new = box.workmarket.add_assignment(), box.workmarket.add_assignment()
    clock.move(timedelta(hours=1))
    box.workmarket.message(new, "owner", "Sorry for the wait.")
    since = int(clock().timestamp())
    body = wm.get("assignments/list_updated", params={"modified_since": since})["response"]
    assert [row["id"] for row in body["data"]] == [new]
    assert body["data"][0]["last_modified_on"] == since
    everything = wm.get("assignments/list_updated", params={"modified_since": since - 7200})["response"]
    assert {row["id"] for row in everything["data"]} == {old, new}
    wm.get("assignments/list_updated", status=400)


def test_lists_come_in_pages(box: Sandbox, wm: Api) -> None:
    made = [box.workmarket.add_assignment() for _ in range(30)]
    first = wm.get("assignments/list", params={"limit": 100})["response"]
    assert (first["count"], first["limit"], first["totalResults"]) == (25, 25, 30)
    rest = wm.get("assignments/list", params={"start": 25})["response"]
    assert {row["id"] for row in first["data"] + rest["data"]} == set(made)
    paid = wm.get("assignments/list", params={"status": "paid"})["response"]
    assert paid["data"] == []


@pytest.mark.parametrize(
    ("action", "status", "event"),
    [
        ("complete", "complete", "completed"),
        ("approve", "paymentPending", "approved"),
        ("pay", "paid", "paid"),
        ("cancel", "cancelled", "cancel"),
        ("void", "void", "voided"),
        ("refund", "refunded", None),
        ("send_back", "inprogress", None),
        ("check_in", "inprogress", "check_in"),
    ],
)
def test_what_happens_changes_status_history_and_stamp_and_may_be_told(
    box: Sandbox,
    wm: Api,
    receiver: Receiver,
    clock: MovableClock,
    action: str,
    status: str,
    event: str | None,
) -> None:
    assignment = box.workmarket.add_assignment(status="active")
    box.workmarket.webhook_url, box.workmarket.webhook_token = receiver.url, "wm-token"
    clock.move(timedelta(minutes=10))
    getattr(box.workmarket, action)(assignment)
    found = _get(wm, assignment)["response"]
    assert (found["status"], found["last_modified_on"]) == (status, int(clock().timestamp()))
    assert found["history"][-1]["date"] == int(clock().timestamp())
    assert box.pump() == (1 if event else 0)
    if event:
        now = str(int(clock().timestamp()))
        wanted = {"event": event, "assignment_id": assignment, "status": status, "now": now}
        assert receiver.bodies() == [wanted]
        assert receiver.got[0][1]["authorization"] == "Bearer wm-token"


def test_approval_and_payment_have_their_moments(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.approve(assignment, terms=timedelta(days=7))
    due = int((clock() + timedelta(days=7)).timestamp())
    assert _get(wm, assignment)["response"]["payment"]["payment_due_on"] == due
    clock.move(timedelta(hours=7))
    box.workmarket.pay(assignment)
    assert _get(wm, assignment)["response"]["payment"]["paid_on"] == int(clock().timestamp())


def test_checking_in_and_out_is_on_the_worker(box: Sandbox, wm: Api, clock: MovableClock) -> None:
    assignment = box.workmarket.add_assignment(status="active")
    box.workmarket.check_in(assignment)
    clock.move(timedelta(hours=2))
    box.workmarket.check_out(assignment)
    [row] = _get(wm, assignment)["response"]["active_resource"]["check_in_out"]
    assert row["checked_out_on"] - row["checked_in_on"] == 7200


def test_a_webhook_that_fails_is_tried_once_more(box: Sandbox, receiver: Receiver) -> None:
    box.workmarket.webhook_url = receiver.url
    receiver.answers = [(500, {}), (500, {}), (500, {})]
    box.workmarket.message(box.workmarket.add_assignment(), "worker", "Hello?")
    assert box.pump() == 2


def test_webhooks_can_be_lost(box: Sandbox, receiver: Receiver) -> None:
    box.workmarket.webhook_url = receiver.url
    box.workmarket.webhook_policy = lambda _: "drop"
    box.workmarket.message(box.workmarket.add_assignment(), "worker", "Hello?")
    assert box.pump() == 0


def test_our_own_note_is_announced_like_any_other(box: Sandbox, wm: Api, receiver: Receiver) -> None:
    assignment = box.workmarket.add_assignment()
    box.workmarket.webhook_url = receiver.url
    _post(wm, assignment, "Hello")
    box.pump()
    assert receiver.bodies()[0]["event"] == "note_added"


def test_an_assignment_that_does_not_exist_is_named(box: Sandbox) -> None:
    with pytest.raises(LookupError, match="no assignment 7"):
        box.workmarket.pay("7")


def test_trouble_comes_in_workmarkets_envelope(box: Sandbox, wm: Api) -> None:
    box.faults.next("workmarket", "GET", "assignments/get", status=500)
    assert _get(wm, "1", status=500)["meta"]["status_code"] == 500


def test_a_route_it_does_not_have_is_noticed(box: Sandbox, wm: Api) -> None:
    wm.post("assignments/approve_payment", status=404)
    assert [call.service for call in box.unexpected] == ["workmarket"]


@pytest.fixture
def acme(box: Sandbox) -> Iterator[Api]:
    """A client with an access token of a second company."""
    given = box.workmarket.add_company("acme")
    client = Api(box.workmarket_url, {}, "/v1/employer/")
    form = {"token": given.token, "secret": given.secret}
    token = client.post("authorization/request", data=form)["response"]["access_token"]
    client.http.headers["Authorization"] = f"Bearer {token}"
    yield client
    client.http.close()


def test_a_company_sees_its_own_assignments_only(box: Sandbox, wm: Api, acme: Api) -> None:
    ours, theirs = box.workmarket.add_assignment(), box.workmarket.add_assignment(company="acme")
    assert _get(acme, theirs)["response"]["id"] == theirs
    assert _get(acme, ours, status=401)["meta"]["errors"] == _get(wm, theirs, status=401)["meta"]["errors"]
    listed = [acme.get("assignments/list_updated", params={"modified_since": "0"}), wm.get("assignments/list")]
    assert [[row["id"] for row in page["response"]["data"]] for page in listed] == [[theirs], [ours]]
    wm.post("assignments/add_note", data={"id": theirs, "content": "Hello"}, status=401)
    assert box.workmarket.notes(theirs) == []


@pytest.mark.parametrize(
    ("trouble", "status", "wait"), [("is_down", 503, None), ("is_refused", 401, None), ("is_limited", 429, "7")]
)
def test_a_company_is_in_trouble_by_itself(
    box: Sandbox, wm: Api, acme: Api, trouble: str, status: int, wait: str | None
) -> None:
    company = box.workmarket.companies["acme"]
    getattr(company, trouble)(*([wait] if wait else []))
    answer = acme.http.get("/v1/employer/constants/cancellation_codes")
    assert (answer.status_code, answer.json()["meta"]["status_code"]) == (status, status)
    assert answer.headers.get("retry-after") == wait
    wm.get("constants/cancellation_codes")
    company.is_well()
    acme.get("constants/cancellation_codes")
    assert company.asked == {"authorization/request": 1, "constants/cancellation_codes": 2}


def test_each_company_s_webhooks_carry_its_own_token(box: Sandbox, receiver: Receiver) -> None:
    box.workmarket.webhook_url, box.workmarket.webhook_token = receiver.url, "wm-token"
    box.workmarket.add_company("acme")
    for company in ("", "acme"):
        box.workmarket.complete(box.workmarket.add_assignment(company=company))
    box.pump()
    told = [headers["authorization"] for _, headers, _ in receiver.got]
    assert told == ["Bearer wm-token", "Bearer acme-webhook-token"]
