"""The incremental export, search and users: what a sweep or a look-up reads."""

from datetime import timedelta

from sandbox import MovableClock, Sandbox
from tests.sandbox.conftest import Api, make_ticket


def test_the_export_gives_what_changed_since_and_keeps_back_the_last_minute(
    box: Sandbox, zd: Api, clock: MovableClock
) -> None:
    start = int(clock().timestamp()) - 3600
    first = make_ticket(zd)
    query: dict[str, object] = {"start_time": start}
    assert zd.get("incremental/tickets/cursor.json", params=query)["tickets"] == []
    clock.move(timedelta(seconds=61))
    second = make_ticket(zd)
    page = zd.get("incremental/tickets/cursor.json", params=query)
    assert [row["id"] for row in page["tickets"]] == [first]
    assert page["end_of_stream"] is True
    clock.move(timedelta(seconds=61))
    page = zd.get("incremental/tickets/cursor.json", params={"cursor": page["after_cursor"]})
    assert [row["id"] for row in page["tickets"]] == [second]
    again = zd.get("incremental/tickets/cursor.json", params={"cursor": page["after_cursor"]})
    assert (again["tickets"], again["after_cursor"]) == ([], page["after_cursor"])


def test_the_export_is_read_in_pages(zd: Api, box: Sandbox, clock: MovableClock) -> None:
    tickets = [make_ticket(zd) for _ in range(5)]
    clock.move(timedelta(minutes=5))
    query: dict[str, object] = {"start_time": int(clock().timestamp()) - 3600, "per_page": 2}
    seen = []
    while True:
        page = zd.get("incremental/tickets/cursor.json", params=query)
        seen += [row["id"] for row in page["tickets"]]
        if page["end_of_stream"]:
            break
        query = {"cursor": page["after_cursor"], "per_page": 2}
    assert seen == tickets


def test_the_export_shows_deleted_tickets_and_refuses_a_start_that_is_too_recent(
    zd: Api, clock: MovableClock, ticket: int
) -> None:
    zd.call("DELETE", f"tickets/{ticket}.json", status=204)
    clock.move(timedelta(minutes=2))
    start = int(clock().timestamp()) - 3600
    [row] = zd.get("incremental/tickets/cursor.json", params={"start_time": start})["tickets"]
    assert row["status"] == "deleted"
    too_late = {"start_time": int(clock().timestamp()) - 30}
    assert "Too recent" in str(zd.get("incremental/tickets/cursor.json", params=too_late, status=422))


def test_the_search_index_may_be_behind(box: Sandbox, zd: Api, clock: MovableClock) -> None:
    box.zendesk.desk.search_lag = timedelta(seconds=30)
    wanted = make_ticket(zd, external_id="request:1")
    query = {"query": "type:ticket external_id:request:1"}
    assert zd.get("search.json", params=query)["results"] == []
    clock.move(timedelta(seconds=31))
    assert [row["id"] for row in zd.get("search.json", params=query)["results"]] == [wanted]


def test_users_are_found_made_and_changed(zd: Api, ticket: int) -> None:
    [wanda] = zd.get("users/search.json", params={"query": "email:wanda@example.com"})["users"]
    changed = zd.post("users/create_or_update.json", {"user": {"email": "wanda@example.com", "name": "W. W."}})
    assert (changed["user"]["id"], changed["user"]["name"]) == (wanda["id"], "W. W.")
    zd.post("users.json", {"user": {"email": "wanda@example.com", "name": "Twin"}}, status=422)
