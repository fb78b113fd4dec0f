"""The incremental export, search and users: what a sweep or a look-up reads."""

from datetime import timedelta

from sandbox import MovableClock, Sandbox
from tests.integration.sandbox.conftest import Api, basic, make_ticket


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


def test_only_an_admin_may_export(nobody: Api, clock: MovableClock) -> None:
    start = {"start_time": int(clock().timestamp()) - 3600}
    agent = {"Authorization": basic("ada@example.com")}
    said = nobody.get("incremental/tickets/cursor.json", params=start, headers=agent, status=403)
    assert said["error"]["title"] == "Forbidden"


def test_tickets_are_listed_by_their_last_change(zd: Api, clock: MovableClock) -> None:
    first, second = make_ticket(zd), make_ticket(zd)
    clock.move(timedelta(seconds=1))
    zd.put(f"tickets/{first}", {"ticket": {"tags": ["seen"]}})
    newest = {"sort_by": "updated_at", "sort_order": "desc", "per_page": 1}
    page = zd.get("tickets.json", params=newest)
    assert [row["id"] for row in page["tickets"]] == [first]
    assert page["next_page"] is not None
    assert [row["id"] for row in zd.get("tickets.json", params={**newest, "page": 2})["tickets"]] == [second]
    assert zd.get("tickets.json", params={**newest, "page": 101}, status=400)


def test_no_search_goes_beyond_a_thousand_results(zd: Api) -> None:
    query = {"query": "type:ticket", "per_page": 100}
    zd.get("search.json", params={**query, "page": 10})
    zd.get("search.json", params={**query, "page": 11}, status=422)


def test_the_search_index_is_minutes_behind(zd: Api, clock: MovableClock) -> None:
    wanted = make_ticket(zd, external_id="request:1")
    query = {"query": "type:ticket external_id:request:1"}
    assert zd.get("search.json", params=query)["results"] == []
    clock.move(timedelta(seconds=121))
    assert [row["id"] for row in zd.get("search.json", params=query)["results"]] == [wanted]


def test_users_are_found_made_and_changed(zd: Api, ticket: int) -> None:
    [wanda] = zd.get("users/search.json", params={"query": "email:wanda@example.com"})["users"]
    changed = zd.post("users/create_or_update.json", {"user": {"email": "wanda@example.com", "name": "W. W."}})
    assert (changed["user"]["id"], changed["user"]["name"]) == (wanda["id"], "W. W.")
    zd.post("users.json", {"user": {"email": "wanda@example.com", "name": "Twin"}}, status=422)
