"""One update of a ticket: what is sent, and what is read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import Conflict, Misconfigured, Transient, Unclear
from connector.text import LONGEST
from connector.zendesk import AccountIds, ZendeskClient
from escalation.model.audience import Internal, Public
from escalation.model.effects import CreateTicket, Note, Say, UpdateTicket
from escalation.model.values import State
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.records import GONE, audit, audits, said, ticket, updated
from tests.integration.connector.stub_server import Reply, StubServer

PUT = "/api/v2/tickets/35"
PREVIEW = "/api/v2/tickets/35/macros/301/apply"
MACRO = "/api/v2/macros/301"

UPDATE = UpdateTicket(id="e1", ticket_id="35", say=Say(Public("Hello"), public=True))
WITH_MACRO = replace(UPDATE, say=Say(Public("ours"), public=True, macro="tier_1", after=Public("We checked.")))


def sent(
    stub: StubServer, update: UpdateTicket, zendesk: ZendeskClient, stamp: datetime | None = NOW
) -> dict[str, Any]:
    stub.on("PUT", PUT, updated())
    zendesk.write(update, stamp=stamp)
    body: dict[str, Any] = stub.asked[-1].json["ticket"]
    return body


def preview(comment: Any) -> dict[str, Any]:
    return {"result": {"ticket": {**ticket(), "comment": comment}}}


def test_the_update_is_conditional_and_carries_our_mark(stub: StubServer, zendesk: ZendeskClient) -> None:
    body = sent(stub, UPDATE, zendesk)
    assert body == {
        "metadata": {"parley": "e1"},
        "safe_update": True,
        "updated_stamp": "2026-03-02T15:00:00Z",
        "comment": {"body": "Hello", "public": True},
    }


def test_without_a_stamp_the_first_update_is_unconditional(stub: StubServer, zendesk: ZendeskClient) -> None:
    assert "safe_update" not in sent(stub, UPDATE, zendesk, stamp=None)


def test_what_was_written_is_told(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("PUT", PUT, updated(77))
    written = zendesk.write(UPDATE, stamp=NOW)
    assert (written.audit_id, written.text) == (77, "Hello")
    assert written.updated_at == datetime(2026, 3, 2, 15, 0, 5, tzinfo=UTC)


# Nothing to change: Zendesk answers 200 with an older audit

AS_IT_IS = UpdateTicket("e1", "35", status=State.TIER_1, fields={"tier": "1"}, add_tags=("a",), remove_tags=("b",))
SHOWN = {"custom_status_id": 202, "custom_fields": [{"id": 106, "value": "escalation_tier_1"}], "tags": ["a", "z"]}
OLDER = pytest.mark.parametrize("older", [audit(70, author=600), audit(70, ours="e0"), {}])


@OLDER
def test_as_asked_and_no_audit_of_ours_is_done(
    stub: StubServer, zendesk: ZendeskClient, older: dict[str, Any]
) -> None:
    stub.on("PUT", PUT, {**updated(**SHOWN), "audit": older})
    written = zendesk.write(AS_IT_IS, stamp=NOW)
    assert (written.audit_id, written.text, written.at) == (None, "", written.updated_at)


@OLDER
@pytest.mark.parametrize(
    "otherwise", [{"custom_status_id": 201}, {"custom_fields": []}, {"tags": ["z"]}, {"tags": ["a", "b"]}]
)
def test_not_as_asked_and_no_audit_of_ours_is_read_back(
    stub: StubServer, zendesk: ZendeskClient, older: dict[str, Any], otherwise: dict[str, Any]
) -> None:
    stub.on("PUT", PUT, {**updated(**{**SHOWN, **otherwise}), "audit": older})
    with pytest.raises(Unclear):
        zendesk.write(AS_IT_IS, stamp=NOW)


@OLDER
def test_with_a_comment_anothers_audit_proves_nothing(
    stub: StubServer, zendesk: ZendeskClient, older: dict[str, Any]
) -> None:
    stub.on("PUT", PUT, {**updated(), "audit": older})
    with pytest.raises(Unclear):
        zendesk.write(UPDATE, stamp=NOW)


def test_nothing_false_and_empty_are_one_and_a_tick_may_be_a_word(stub: StubServer, zendesk: ZendeskClient) -> None:
    asked = UpdateTicket("e1", "35", fields={"other_side_responded": True, "tier": None, "attempts": "email,phone"})
    rows = [{"id": 107, "value": "true"}, {"id": 106, "value": ""}, {"id": 104, "value": PHONE_FIRST}]
    stub.on("PUT", PUT, {**updated(custom_fields=rows), "audit": audit(70)})
    assert zendesk.write(asked, stamp=NOW).audit_id is None


PHONE_FIRST = ["escalation_attempt_phone", "escalation_attempt_email"]


def test_a_note_says_that_it_is_not_public(stub: StubServer, zendesk: ZendeskClient) -> None:
    body = sent(stub, replace(UPDATE, say=Note(Internal("for agents"))), zendesk)
    assert body["comment"] == {"body": "for agents", "public": False}


def test_status_fields_and_tags_go_by_their_ids(stub: StubServer, zendesk: ZendeskClient) -> None:
    update = UpdateTicket(
        id="e1",
        ticket_id="35",
        status=State.TIER_1,
        fields={"tier": "1", "other_side_responded": True, "next_update_due": "Tue", "justification": None},
        add_tags=("a",),
        remove_tags=("b",),
    )
    body = sent(stub, update, zendesk)
    assert body["custom_status_id"] == 202
    assert body["custom_fields"] == [
        {"id": 106, "value": "escalation_tier_1"},
        {"id": 107, "value": True},
        {"id": 113, "value": "Tue"},
        {"id": 109, "value": None},
    ]
    assert (body["additional_tags"], body["remove_tags"]) == (["a"], ["b"])
    assert "comment" not in body


def test_placeholders_and_control_characters_do_not_go_out(stub: StubServer, zendesk: ZendeskClient) -> None:
    body = sent(stub, replace(UPDATE, say=Say(Public("{{ticket.id}}\x00"), public=True)), zendesk)
    assert body["comment"]["body"] == "{\u2060{ticket.id}\u2060}"


def test_a_status_that_apply_has_not_made_waits_for_it(zendesk: ZendeskClient) -> None:
    with pytest.raises(Misconfigured, match="apply"):
        zendesk.write(replace(UPDATE, status=State.WITHDRAWN), stamp=NOW)


def test_a_field_that_apply_has_not_made_waits_for_it(stub: StubServer, zendesk: ZendeskClient) -> None:
    with pytest.raises(Misconfigured, match="apply"):
        zendesk.write(replace(UPDATE, fields={"account_manager_email": "a@example.com"}), stamp=NOW)
    assert stub.asked == []


def test_the_support_teams_text_is_sent_with_ours_after_it(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, preview({"body": "Dear Wanda, edited by the team.", "public": True}))
    body = sent(stub, WITH_MACRO, zendesk)
    assert body["comment"] == {"body": "Dear Wanda, edited by the team.\n\nWe checked.", "public": True}
    assert "status" not in body


@pytest.mark.parametrize(
    "comment", [None, {}, {"body": "  "}, "", [], {"body": 7.5}, {"scoped_body": [["channel:chat", "hi"]]}]
)
def test_a_macro_without_a_comment_leaves_our_text(comment: Any, stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, preview(comment))
    assert sent(stub, WITH_MACRO, zendesk)["comment"]["body"] == "ours\n\nWe checked."


def test_a_macro_in_html_is_sent_in_its_words(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, preview({"html_body": "<p>Dear <i>you</i></p><p>Bye</p>", "public": "true"}))
    assert sent(stub, WITH_MACRO, zendesk)["comment"]["body"] == "Dear you\nBye\n\nWe checked."


NOT_PUBLIC: dict[str, Any] = {
    "it says that it is internal": {"body": "Do not tell them.", "public": False},
    "it says so in words": {"body": "Do not tell them.", "public": "false"},
    "it says so of its HTML": {"html_body": "<p>Do not tell them.</p>", "public": False},
    "it says so of a channel": {"scoped_body": [["channel:all", "Do not tell them."]], "public": False},
    "it does not say": {"body": "Do not tell them."},
    "it says nothing that we understand": {"body": "Do not tell them.", "public": "perhaps"},
    "it is but a text": "Do not tell them.",
}


@pytest.mark.parametrize("how", NOT_PUBLIC)
def test_a_macro_that_is_not_said_to_be_public_is_never_said_in_public(
    how: str, stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", PREVIEW, preview(NOT_PUBLIC[how]))
    stub.on("GET", MACRO, {"macro": {"id": 301, "title": "For us"}})
    stub.on("PUT", PUT, updated())
    written = zendesk.write(WITH_MACRO, stamp=NOW)
    put = next(one for one in stub.asked if one.method == "PUT")
    assert put.json["ticket"]["comment"] == {"body": "ours\n\nWe checked.", "public": True}
    assert written.withheld == "For us"


def test_a_macro_withheld_is_known_by_its_number_where_its_title_cannot_be_read(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", PREVIEW, preview({"body": "Do not tell them.", "public": False}))
    stub.on("GET", MACRO, Reply(403, {"error": "Forbidden"}))
    stub.on("PUT", PUT, updated())
    assert zendesk.write(WITH_MACRO, stamp=NOW).withheld == "301"


def test_reading_back_tells_of_a_macro_that_was_withheld(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    stub.on("GET", f"{PUT}/audits", audits(audit(77, said("ours"), author=900, ours="e1")))
    stub.on("GET", PREVIEW, preview({"body": "Do not tell them.", "public": False}))
    stub.on("GET", MACRO, {"macro": {"id": 301, "title": "For us"}})
    back = zendesk.settle(WITH_MACRO)
    assert back.written is not None
    assert back.written.withheld == "For us"


def test_a_macro_that_is_gone_leaves_our_text(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, Reply(404, GONE))
    assert sent(stub, WITH_MACRO, zendesk)["comment"]["body"] == "ours\n\nWe checked."


def test_a_macro_that_apply_has_not_made_leaves_our_text(stub: StubServer, zendesk: ZendeskClient) -> None:
    update = replace(UPDATE, say=Say(Public("ours"), public=True, macro="off_platform"))
    assert sent(stub, update, zendesk)["comment"]["body"] == "ours"


def test_where_apply_has_not_made_a_macro_yet_the_one_that_was_asked_before_is_said(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", PREVIEW, preview({"body": "Team's words.", "public": True}))
    update = replace(UPDATE, say=Say(Public("ours"), public=True, macro="update_again", or_macro="tier_1"))
    assert sent(stub, update, zendesk)["comment"]["body"] == "Team's words."


def test_a_placeholder_left_in_a_macro_does_not_go_out(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, preview({"body": "Hello {{ticket.requester.name}}", "public": True}))
    assert "{{" not in sent(stub, WITH_MACRO, zendesk)["comment"]["body"]


def test_when_the_preview_cannot_be_had_nothing_is_written(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PREVIEW, Reply(503))
    with pytest.raises(Transient):
        zendesk.write(WITH_MACRO, stamp=NOW)
    assert not any(one.method == "PUT" for one in stub.asked)


def test_solving_assigns_an_unassigned_ticket_to_our_user(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    body = sent(stub, replace(UPDATE, status=State.RESOLVED, assign=True), zendesk)
    assert body["assignee_id"] == 900


def test_solving_leaves_an_assignee_alone(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket(assignee_id=600)})
    assert "assignee_id" not in sent(stub, replace(UPDATE, assign=True), zendesk)


def test_solve_as_may_be_an_address(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    found = {
        "users": [
            {"id": 5, "email": "ada@example.com.evil", "role": "agent"},
            {"id": 600, "email": "Ada@example.com", "role": "agent"},
        ]
    }
    stub.on("GET", "/api/v2/users/search", found)
    zendesk = zendesk_at(stub.url, solve_as="ada@example.com")
    assert sent(stub, replace(UPDATE, assign=True), zendesk)["assignee_id"] == 600


def test_solve_as_of_nobody_waits_for_a_person(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    stub.on("GET", "/api/v2/users/search", {"users": []})
    with pytest.raises(Misconfigured, match="solve_as"):
        zendesk_at(stub.url, solve_as="no@example.com").write(replace(UPDATE, assign=True), stamp=NOW)


@pytest.mark.parametrize(
    "body",
    [
        {"ticket": ticket(id=36), "audit": audit(77)},
        {"ticket": ticket()},
        {"ticket": ticket(updated_at=None), "audit": audit(77)},
        {"ticket": ticket(), "audit": {"id": "x"}},
    ],
)
def test_a_success_that_does_not_tell_the_update_is_unclear(
    body: Any, stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("PUT", PUT, body)
    with pytest.raises(Unclear):
        zendesk.write(UPDATE, stamp=NOW)


def test_settling_finds_our_update(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    stub.on("GET", f"{PUT}/audits", audits(audit(80), audit(77, said("Hello"), author=900, ours="e1")))
    back = zendesk.settle(UPDATE)
    assert back.written is not None
    assert (back.written.audit_id, back.written.text) == (77, "Hello")


def test_settling_reads_the_ticket_before_the_audits(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket()})
    stub.on("GET", f"{PUT}/audits", audits(audit(80)))
    back = zendesk.settle(UPDATE)
    assert stub.paths() == [f"GET {PUT}", f"GET {PUT}/audits"]
    assert back.written is None
    assert back.stamp == NOW
    assert not back.safe_in


def test_a_moved_ticket_is_a_conflict(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("PUT", PUT, Reply(409, {"error": "UpdateConflict"}))
    with pytest.raises(Conflict):
        zendesk.write(UPDATE, stamp=NOW)


CREATE = CreateTicket(
    id="e2",
    subject=Public("Escalation of 4711\nX"),
    say=Say(Public("Help"), public=True),
    requester_email="wanda@example.com",
    requester_name="Wanda Worker",
    fields={"assignment_id": "4711", "party": "worker", "reason": None, "attempts": "message,email"},
)


def test_a_ticket_is_created_under_its_effects_key(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    assert zendesk.create_ticket(CREATE) == "35"
    asked = stub.asked[-1]
    assert asked.headers["idempotency-key"] == "e2"
    body = asked.json["ticket"]
    assert body["external_id"] == "e2"
    assert body["subject"] == "Escalation of 4711 X"
    assert body["requester"] == {"name": "Wanda Worker", "email": "wanda@example.com"}
    assert "requester_id" not in body
    assert body["comment"] == {"html_body": "<p>Help</p>", "public": True}
    assert body["ticket_form_id"] == 7
    assert {"id": 103, "value": None} in body["custom_fields"]
    assert {"id": 104, "value": ["escalation_attempt_message", "escalation_attempt_email"]} in body["custom_fields"]


def test_what_a_requester_wrote_is_shown_as_written(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    zendesk.create_ticket(replace(CREATE, say=Say(Public("<b>a</b> & [b](http://x)\nc\n\n\n{{d}}"), public=True)))
    shown = stub.asked[-1].json["ticket"]["comment"]["html_body"]
    assert shown == "<p>&lt;b&gt;a&lt;/b&gt; &amp; [b](http://x)<br>c</p><p>{\u2060{d}\u2060}</p>"


def test_a_long_text_of_signs_still_fits(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    zendesk.create_ticket(replace(CREATE, say=Say(Public("<" * 60_000), public=True)))
    shown = stub.asked[-1].json["ticket"]["comment"]["html_body"]
    assert 50_000 < len(shown) <= LONGEST
    assert shown.endswith("&lt; …</p>")


def test_no_other_call_carries_that_key(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    zendesk.create_ticket(CREATE)
    sent(stub, UPDATE, zendesk)
    assert "idempotency-key" not in stub.asked[-1].headers


def test_a_follow_up_names_its_source_and_its_requester(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(201, updated()))
    owed = CreateTicket(
        "e4",
        Public("S"),
        Say(Public("Owed"), public=True),
        requester_id="500",
        status=State.RESOLVED,
        followup_of="12",
    )
    zendesk.create_ticket(owed)
    body = stub.asked[-1].json["ticket"]
    assert body["comment"] == {"body": "Owed", "public": True}
    assert (body["via_followup_source_id"], body["requester_id"]) == (12, 500)
    assert (body["custom_status_id"], body["assignee_id"]) == (203, 900)
    assert "tags" not in body


def test_a_known_key_with_other_parameters_is_a_conflict(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", "/api/v2/tickets", Reply(400, {"error": "IdempotentRequestError", "description": "x"}))
    with pytest.raises(Conflict):
        zendesk.create_ticket(CREATE)


def test_a_ticket_is_found_by_its_effect_alone(stub: StubServer, zendesk: ZendeskClient) -> None:
    some = [ticket(id=41, external_id="e20"), ticket(id=40, external_id="e2"), ticket(id=39, external_id="e2")]
    stub.on("GET", "/api/v2/tickets", {"tickets": some})
    assert zendesk.find_ticket("e2") == "39"
    assert stub.asked[-1].query["external_id"] == "e2"


def test_a_ticket_that_was_not_made_is_not_found(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets", {"tickets": []})
    assert zendesk.find_ticket("e2") is None


def test_a_list_that_is_none_finds_nothing_out(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets", {"count": 0})
    with pytest.raises(Transient):
        zendesk.find_ticket("e2")


def test_changed_tickets_come_by_cursor(stub: StubServer, zendesk: ZendeskClient) -> None:
    page = {"tickets": [ticket(), ticket(id=36, ticket_form_id=1)], "after_cursor": "c1", "end_of_stream": False}
    stub.on("GET", "/api/v2/incremental/tickets/cursor", page)
    changed = zendesk.changed_tickets(None, datetime(2026, 3, 2, 14, 0, tzinfo=UTC))
    assert stub.asked[-1].query["start_time"] == "1772460000"
    assert [(one.id, one.on_form) for one in changed.tickets] == [("35", True), ("36", False)]
    assert (changed.cursor, changed.end) == ("c1", False)


def test_the_export_is_never_asked_about_the_last_minute(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on(
        "GET", "/api/v2/incremental/tickets/cursor", {"tickets": [], "after_cursor": None, "end_of_stream": True}
    )
    changed = zendesk.changed_tickets(None, NOW)
    assert stub.asked[-1].query["start_time"] == str(int(NOW.timestamp()) - 61)
    assert (changed.cursor, changed.end) == (None, True)


def test_a_cursor_is_passed_on_and_kept_at_the_end(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/incremental/tickets/cursor", {"tickets": [], "end_of_stream": True})
    assert zendesk.changed_tickets("c9", NOW).cursor == "c9"
    assert stub.asked[-1].query["cursor"] == "c9"


def test_a_page_without_a_cursor_that_is_not_the_last_is_not_believed(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", "/api/v2/incremental/tickets/cursor", {"tickets": [], "end_of_stream": False})
    with pytest.raises(Transient):
        zendesk.changed_tickets(None, NOW)


def test_whoami_tells_our_user(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/users/me", {"user": {"id": 900, "name": "Parley", "email": "p@example.com"}})
    assert (zendesk.whoami().id, zendesk.whoami().email) == ("900", "p@example.com")


def test_ids_are_asked_for_anew_each_time(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> None:
    held = [AccountIds()]
    zendesk = zendesk_at(stub.url, ids=lambda: held[0])
    with pytest.raises(Misconfigured):
        zendesk.write(replace(UPDATE, status=State.TIER_1), stamp=NOW)
    held[0] = IDS
    assert sent(stub, replace(UPDATE, status=State.TIER_1), zendesk)["custom_status_id"] == 202


# For a user who may not export


def listed(*ids: int, **more: object) -> dict[str, object]:
    """A page of tickets, each changed a minute before the one ahead of it."""
    moment = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    rows = [
        {"id": one, "ticket_form_id": 201, "updated_at": (moment - timedelta(minutes=place)).isoformat()}
        for place, one in enumerate(ids)
    ]
    return {"tickets": rows, "next_page": None, **more}


def test_tickets_are_listed_by_their_last_change(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets", listed(35, 36, next_page="https://x.example.com/?page=2"), listed())
    first, second = zendesk.listed_tickets(1), zendesk.listed_tickets(2)
    assert ([one.id for one in first.tickets], first.end, second.end) == (["35", "36"], False, True)
    asked = stub.asked[-2].query
    assert (asked["sort_by"], asked["sort_order"], asked["page"]) == ("updated_at", "desc", "1")


def test_a_list_in_another_order_is_not_believed(stub: StubServer, zendesk: ZendeskClient) -> None:
    rows = listed(35, 36)
    rows["tickets"].reverse()  # type: ignore[attr-defined]
    stub.on("GET", "/api/v2/tickets", rows)
    with pytest.raises(Transient, match="not in the order"):
        zendesk.listed_tickets(1)


def test_the_tickets_that_are_there_are_told(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", "/api/v2/tickets/show_many", listed(35))
    assert [one.id for one in zendesk.tickets_now(["35", "36"])] == ["35"]
    assert stub.asked[-1].query["ids"] == "35,36"
