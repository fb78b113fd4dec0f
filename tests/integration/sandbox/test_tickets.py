"""Tickets: made, changed, refused, deleted, merged and closed as Zendesk does it."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import MovableClock, Sandbox
from tests.integration.sandbox.conftest import Api, basic, make_ticket

SOMETHING: dict[str, Any] = {"ticket": {"comment": {"body": "Hello", "public": True}}}


def test_a_new_ticket_is_new_and_its_requester_is_made_unverified(zd: Api, ticket: int) -> None:
    found = zd.get(f"tickets/{ticket}.json", params={"include": "users,comment_count"})
    assert (found["ticket"]["status"], found["ticket"]["comment_count"]) == ("new", 1)
    [wanda] = [user for user in found["users"] if user["email"] == "wanda@example.com"]
    assert (wanda["verified"], wanda["role"]) == (False, "end-user")


def test_a_ticket_needs_a_first_comment(zd: Api) -> None:
    body = zd.post("tickets.json", {"ticket": {"subject": "Empty"}}, status=422)
    assert body["error"] == "RecordInvalid"


def test_a_refused_ticket_leaves_no_gap_in_the_numbers(zd: Api, ticket: int) -> None:
    zd.post("tickets.json", {"ticket": {"comment": {"body": "x"}, "custom_status_id": 1}}, status=422)
    assert make_ticket(zd) == ticket + 1


def test_a_suspended_requester_gets_no_ticket(zd: Api, ticket: int) -> None:
    user_id = zd.get(f"tickets/{ticket}.json")["ticket"]["requester_id"]
    zd.put(f"users/{user_id}.json", {"user": {"suspended": True}})
    wanted = {"ticket": {"comment": {"body": "Again"}, "requester_id": user_id}}
    assert "suspended" in str(zd.post("tickets.json", wanted, status=422))


def test_the_same_idempotency_key_makes_one_ticket_for_two_hours(zd: Api, clock: MovableClock) -> None:
    wanted = {"ticket": {"subject": "Once", "comment": {"body": "x"}}}
    key = {"Idempotency-Key": "effect-1"}
    first = zd.http.post("/api/v2/tickets.json", json=wanted, headers=key)
    clock.move(timedelta(minutes=119))
    again = zd.http.post("/api/v2/tickets.json", json=wanted, headers=key)
    assert first.json()["ticket"]["id"] == again.json()["ticket"]["id"]
    assert (first.headers["x-idempotency-lookup"], again.headers["x-idempotency-lookup"]) == ("miss", "hit")
    clock.move(timedelta(minutes=1))
    later = zd.http.post("/api/v2/tickets.json", json=wanted, headers=key)
    assert later.json()["ticket"]["id"] != first.json()["ticket"]["id"]


def test_an_idempotency_key_with_other_parameters_is_refused(zd: Api) -> None:
    key = {"Idempotency-Key": "effect-1"}
    zd.post("tickets.json", {"ticket": {"comment": {"body": "x"}}}, headers=key)
    body = zd.post("tickets.json", {"ticket": {"comment": {"body": "y"}}}, headers=key, status=400)
    assert body["error"] == "IdempotentRequestError"


def test_tickets_are_found_by_their_external_id_at_once(zd: Api) -> None:
    wanted = make_ticket(zd, external_id="request:1")
    make_ticket(zd, external_id="request:2")
    found = zd.get("tickets.json", params={"external_id": "request:1"})
    assert [row["id"] for row in found["tickets"]] == [wanted]


def test_several_tickets_are_shown_in_one_call(zd: Api, ticket: int) -> None:
    other = make_ticket(zd)
    found = zd.get("tickets/show_many.json", params={"ids": f"{ticket},{other},999"})
    assert [row["id"] for row in found["tickets"]] == [ticket, other]


def test_a_put_is_not_idempotent(box: Sandbox, zd: Api, ticket: int) -> None:
    for _ in range(2):
        zd.put(f"tickets/{ticket}.json", SOMETHING, headers={"Idempotency-Key": "ignored"})
    assert box.zendesk.public_comments(ticket)[1:] == ["Hello", "Hello"]


def test_a_safe_update_with_an_old_stamp_is_a_conflict(zd: Api, clock: MovableClock, ticket: int) -> None:
    stamp = zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"]
    clock.move(timedelta(seconds=1))
    zd.put(f"tickets/{ticket}.json", SOMETHING)
    safe = {"ticket": {**SOMETHING["ticket"], "safe_update": True, "updated_stamp": stamp}}
    assert zd.put(f"tickets/{ticket}.json", safe, status=409)["error"] == "UpdateConflict"
    safe["ticket"]["updated_stamp"] = zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"]
    zd.put(f"tickets/{ticket}.json", safe)


def test_within_one_second_a_safe_update_does_not_see_the_other(zd: Api, ticket: int) -> None:
    stamp = zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"]
    zd.put(f"tickets/{ticket}.json", SOMETHING)
    zd.put(
        f"tickets/{ticket}.json",
        {"ticket": {**SOMETHING["ticket"], "safe_update": True, "updated_stamp": stamp}},
    )


def test_an_update_that_changes_nothing_leaves_no_audit(zd: Api, clock: MovableClock, ticket: int) -> None:
    before = zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"]
    clock.move(timedelta(minutes=1))
    zd.put(f"tickets/{ticket}.json", {"ticket": {"subject": "Not approved"}})
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"] == before
    assert zd.get(f"tickets/{ticket}/audits.json")["count"] == 1


def test_a_comment_follows_the_first_one_unless_it_says_public_or_not(box: Sandbox, zd: Api) -> None:
    private = make_ticket(zd, comment={"body": "For agents", "public": False})
    zd.put(f"tickets/{private}.json", {"ticket": {"comment": {"body": "Nobody said public"}}})
    zd.put(f"tickets/{private}.json", SOMETHING)
    assert box.zendesk.public_comments(private) == ["Hello"]
    assert box.zendesk.notes(private) == ["For agents", "Nobody said public"]


def test_a_ticket_holds_five_thousand_comments(box: Sandbox, zd: Api, ticket: int) -> None:
    found = box.zendesk.account.tickets[ticket]
    found.comments.extend([found.comments[0]] * 4999)
    assert "5000" in str(zd.put(f"tickets/{ticket}.json", SOMETHING, status=422))
    zd.put(f"tickets/{ticket}.json", {"ticket": {"tags": ["still_possible"]}})


def test_solving_needs_an_assignee(zd: Api, ticket: int) -> None:
    body = zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "solved"}}, status=422)
    assert body["details"]["base"][0]["description"] == "Assignee: is required when solving a ticket"
    me = zd.get("users/me.json")["user"]["id"]
    solved = zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "solved", "assignee_id": me}})
    assert solved["ticket"]["status"] == "solved"


def test_an_assigned_ticket_is_not_new_any_more(zd: Api, ticket: int) -> None:
    me = zd.get("users/me.json")["user"]["id"]
    changed = zd.put(f"tickets/{ticket}.json", {"ticket": {"assignee_id": me}})["ticket"]
    assert (changed["status"], changed["group_id"]) == ("open", zd.get("groups.json")["groups"][0]["id"])


def test_an_end_user_can_not_be_an_assignee(zd: Api, ticket: int) -> None:
    requester = zd.get(f"tickets/{ticket}.json")["ticket"]["requester_id"]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"assignee_id": requester}}, status=422)


def test_a_closed_ticket_can_not_be_changed(box: Sandbox, zd: Api, ticket: int) -> None:
    box.zendesk.people.close(ticket)
    body = zd.put(f"tickets/{ticket}.json", SOMETHING, status=422)
    assert body["details"]["status"][0]["description"] == "Status: closed prevents ticket update"


def test_solved_tickets_close_after_days(box: Sandbox, zd: Api, clock: MovableClock, ticket: int) -> None:
    box.zendesk.people.solve(ticket)
    clock.move(timedelta(days=3))
    assert box.zendesk.people.close_solved(after_days=4) == []
    clock.move(timedelta(days=1))
    assert box.zendesk.people.close_solved(after_days=4) == [ticket]
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["status"] == "closed"


def test_a_follow_up_is_made_of_a_closed_ticket_only(box: Sandbox, zd: Api, ticket: int) -> None:
    wanted = {"ticket": {"comment": {"body": "More"}, "via_followup_source_id": ticket}}
    zd.post("tickets.json", wanted, status=422)
    box.zendesk.people.close(ticket)
    made = zd.post("tickets.json", wanted)["ticket"]
    assert made["via"]["source"]["rel"] == "follow_up"
    assert made["via"]["source"]["from"]["ticket_id"] == ticket


def test_a_deleted_ticket_is_not_found_until_it_is_restored(zd: Api, ticket: int) -> None:
    zd.call("DELETE", f"tickets/{ticket}.json", status=204)
    assert zd.get(f"tickets/{ticket}.json", status=404)["error"] == "RecordNotFound"
    zd.put(f"tickets/{ticket}.json", SOMETHING, status=404)
    assert [row["id"] for row in zd.get("deleted_tickets.json")["deleted_tickets"]] == [ticket]
    zd.put(f"deleted_tickets/{ticket}/restore.json")
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["status"] == "new"


def test_spam_goes_and_suspends_its_requester(zd: Api, ticket: int) -> None:
    requester = zd.get(f"tickets/{ticket}.json")["ticket"]["requester_id"]
    zd.put(f"tickets/{ticket}/mark_as_spam.json")
    zd.get(f"tickets/{ticket}.json", status=404)
    assert zd.get(f"users/{requester}.json")["user"]["suspended"] is True


def test_a_ticket_of_a_suspended_requester_can_not_be_saved(zd: Api, ticket: int) -> None:
    zd.put(f"tickets/{ticket}/mark_as_spam.json")
    zd.put(f"deleted_tickets/{ticket}/restore.json")
    assert "suspended" in str(zd.put(f"tickets/{ticket}.json", SOMETHING, status=422))


def test_merging_closes_the_source_and_tells_both(box: Sandbox, zd: Api, ticket: int) -> None:
    target = make_ticket(zd)
    job = zd.post(f"tickets/{target}/merge.json", {"ids": [ticket], "target_comment": "Came in twice"})
    assert job["job_status"]["status"] == "completed"
    source = zd.get(f"tickets/{ticket}.json")["ticket"]
    assert (source["status"], source["tags"]) == ("closed", ["closed_by_merge"])
    assert box.zendesk.notes(target) == ["Came in twice"]
    assert f"#{target}" in box.zendesk.notes(ticket)[0]


def test_tags_are_replaced_added_and_removed(zd: Api, ticket: int) -> None:
    change = f"tickets/{ticket}.json"
    zd.put(change, {"ticket": {"tags": ["b", "a"]}})
    zd.put(change, {"ticket": {"additional_tags": ["c"], "remove_tags": ["a"]}})
    assert zd.get(change)["ticket"]["tags"] == ["b", "c"]
    assert zd.put(f"tickets/{ticket}/tags.json", {"tags": ["d"]})["tags"] == ["b", "c", "d"]
    zd.call("DELETE", f"tickets/{ticket}/tags.json", {"tags": ["b"]}, status=204)
    assert zd.post(f"tickets/{ticket}/tags.json", {"tags": ["only"]})["tags"] == ["only"]


def test_tags_can_be_guarded_by_a_stamp_too(zd: Api, clock: MovableClock, ticket: int) -> None:
    stamp = zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"]
    clock.move(timedelta(seconds=2))
    zd.put(f"tickets/{ticket}.json", SOMETHING)
    safe = {"tags": ["x"], "safe_update": "true", "updated_stamp": stamp}
    zd.put(f"tickets/{ticket}/tags.json", safe, status=409)


def test_requests_are_for_the_portal_and_only_their_requester_sees_them(zd: Api, nobody: Api) -> None:
    wanted = {
        "subject": "Help",
        "comment": {"body": "From outside"},
        "requester": {"name": "Wanda", "email": "wanda@example.com"},
    }
    made = nobody.post("requests.json", {"request": wanted})["request"]
    nobody.get(f"requests/{made['id']}.json", status=401)
    wanda = {"Authorization": basic("wanda@example.com")}
    assert nobody.get(f"requests/{made['id']}.json", headers=wanda)["request"]["subject"] == "Help"
    zd.post("users.json", {"user": {"name": "Otto", "email": "otto@example.com"}})
    otto = {"Authorization": basic("otto@example.com")}
    nobody.get(f"requests/{made['id']}.json", headers=otto, status=404)


@pytest.mark.parametrize("status", ["pending", "hold", "solved"])
def test_a_reply_of_the_requester_opens_the_ticket(box: Sandbox, zd: Api, ticket: int, status: str) -> None:
    me = zd.get("users/me.json")["user"]["id"]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": status, "assignee_id": me}})
    assert box.zendesk.people.reply(ticket, "Still nothing") == ticket
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["status"] == "open"


def test_an_agents_comment_opens_nothing(zd: Api, ticket: int) -> None:
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "pending"}})
    zd.put(f"tickets/{ticket}.json", SOMETHING)
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["status"] == "pending"


def test_a_reply_to_a_closed_ticket_makes_a_follow_up_with_its_fields(box: Sandbox, zd: Api) -> None:
    ticket = make_ticket(zd, tags=["kept"])
    box.zendesk.people.close(ticket)
    follow_up = box.zendesk.people.reply(ticket, "Once more")
    found = zd.get(f"tickets/{follow_up}.json")["ticket"]
    assert (follow_up, found["tags"], found["status"]) == (ticket + 1, ["kept"], "new")
    assert found["via"]["source"]["from"]["ticket_id"] == ticket
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["followup_ids"] == [follow_up]
