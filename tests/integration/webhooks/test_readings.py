"""What a genuine body becomes: a row with ids and what is needed only, or a dead letter with a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.shared.codec import encode_message
from webhooks.bodies import UnreadableJson, read_object
from webhooks.parsing import NewInboxRow, read_workmarket, read_zendesk

SIGNATURE = "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="


def zendesk(body: Any) -> NewInboxRow:
    return read_zendesk(body if isinstance(body, bytes) else json.dumps(body).encode(), SIGNATURE)


def workmarket(body: Any) -> NewInboxRow:
    return read_workmarket(body if isinstance(body, bytes) else json.dumps(body).encode())


def body_of(entry: NewInboxRow) -> dict[str, Any]:
    return encode_message(entry.kind, entry.message)


def envelope(name: str, **more: Any) -> dict[str, Any]:
    plain = {
        "type": f"zen:event-type:ticket.{name}",
        "account_id": 12514403,
        "id": "cbe4028c-7239-495d-b020-f22348516046",
        "time": "2025-01-08T10:12:07.672717030Z",
        "zendesk_event_version": "2022-11-06",
        "subject": "zen:ticket:5158",
        "detail": {"id": "5158", "status": "OPEN", "tags": None, "requester_id": "0"},
        "event": {},
    }
    return {**plain, **more}


@pytest.mark.parametrize("name", ["request.submitted", "ticket.changed", "side_conversation.changed"])
def test_a_trigger_asks_for_a_look_at_its_ticket(name: str) -> None:
    entry = zendesk({"event": name, "ticket_id": "123"})
    assert (entry.kind, entry.lane, body_of(entry)) == (name, "ticket:123", {"ticket_id": "123"})
    assert entry.dedupe_key == f"zendesk:{name}:123"
    assert entry.dead is None


def test_two_equal_triggers_differ_in_their_key_and_not_in_their_fold() -> None:
    one, two = (zendesk({"event": "ticket.changed", "ticket_id": 123}) for _ in range(2))
    assert one.dedupe_key == two.dedupe_key and one.key != two.key


def test_a_post_carries_its_text_and_is_known_by_its_signature() -> None:
    entry = zendesk({"event": "assignment.post", "ticket_id": "5", "text": "Parts arrive on Tuesday."})
    assert entry.kind == "assignment.post"
    assert body_of(entry) == {"ticket_id": "5", "text": "Parts arrive on Tuesday."}
    assert (entry.key, entry.dedupe_key) == (f"zendesk:post:{SIGNATURE}", None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("soft_deleted", "ticket.soft_deleted"),
        ("permanently_deleted", "ticket.permanently_deleted"),
        ("undeleted", "ticket.undeleted"),
        ("marked_as_spam", "ticket.marked_as_spam"),
        ("status_changed", "ticket.status_changed"),
        ("created", "ticket.changed"),
        ("custom_status_changed", "ticket.changed"),
        ("comment_added", "ticket.changed"),
        ("something_new", "ticket.changed"),
    ],
)
def test_an_event_keeps_its_own_id_and_says_what_happened(name: str, kind: str) -> None:
    entry = zendesk(envelope(name))
    assert (entry.kind, entry.lane, body_of(entry)) == (kind, "ticket:5158", {"ticket_id": "5158"})
    assert (entry.key, entry.dedupe_key) == ("zendesk:event:cbe4028c-7239-495d-b020-f22348516046", None)


def test_a_merge_names_its_target() -> None:
    entry = zendesk(envelope("merged", event={"target_ticket_id": 9}))
    assert (entry.kind, body_of(entry)) == ("ticket.merged", {"ticket_id": "5158", "target_ticket_id": "9"})


@pytest.mark.parametrize(
    "body",
    [
        {"event": "ticket.exploded", "ticket_id": "5158"},
        {"event": ["ticket.changed"], "ticket_id": "5158"},
        {"ticket_id": 5158},
        {"type": "something", "ticket_id": "5158"},
        envelope("created", type="zen:event-type:messaging_ticket.created"),
        envelope("created", type=7),
        envelope("created", id=""),
        envelope("created", id=7),
        envelope("created", detail={"id": "many"}),
    ],
)
def test_what_names_a_ticket_asks_for_a_look_whatever_else_it_lacks_or_calls_itself(body: Any) -> None:
    entry = zendesk(body)
    assert (entry.dead, entry.kind, entry.lane) == (None, "ticket.changed", "ticket:5158")
    assert body_of(entry) == {"ticket_id": "5158"}


@pytest.mark.parametrize("event", [{}, None, {"target_ticket_id": "x"}, {"target_ticket_id": 0}])
def test_a_merge_without_its_target_asks_for_a_look(event: Any) -> None:
    entry = zendesk(envelope("merged", event=event))
    assert (entry.dead, entry.kind, body_of(entry)) == (None, "ticket.merged", {"ticket_id": "5158"})


def test_an_event_without_an_id_is_a_hint_like_a_triggers() -> None:
    one, two = (zendesk(envelope("soft_deleted", id=None)) for _ in range(2))
    assert one.kind == "ticket.soft_deleted"
    assert one.dedupe_key == two.dedupe_key and one.key != two.key


@pytest.mark.parametrize("event", ["", "x" * 65, "note-added\n", None, ["a"], "Übergabe"])
def test_a_webhook_of_workmarket_with_an_unknown_event_is_a_hint_about_its_assignment(event: Any) -> None:
    entry = workmarket({"event": event, "assignment_id": "77"})
    assert (entry.dead, entry.kind, entry.lane) == (None, "workmarket.changed", "assignment:77")


def test_a_ticket_is_found_in_the_subject_or_in_the_detail() -> None:
    assert zendesk(envelope("created", detail={})).lane == "ticket:5158"
    assert zendesk(envelope("created", subject=None)).lane == "ticket:5158"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"x"', "not a JSON object"),
        (b'\xff{"a":1}', "not UTF-8"),
        (b'\xef\xbb\xbf{"event":"ticket.changed","ticket_id":1}', "not JSON"),
        (b'{"ticket_id":1,"ticket_id":2}', "twice"),
        (b'{"ticket_id":NaN}', "NaN"),
        (b'{"ticket_id":-Infinity}', "-Infinity"),
        (b'{"ticket_id":1e999}', "too large"),
        (b'{"ticket_id":' + b"9" * 5000 + b"}", "digits"),
        (b"[" * 40 + b"]" * 40, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b'{"a":' * 100_000, "deeper"),
        ({}, "ticket_id"),
        ({"event": "ticket.changed"}, "ticket_id"),
        ({"event": "ticket.changed", "ticket_id": True}, "ticket_id"),
        ({"event": "ticket.changed", "ticket_id": "0"}, "ticket_id"),
        ({"event": "ticket.changed", "ticket_id": "12 "}, "ticket_id"),
        ({"event": "ticket.changed", "ticket_id": "١٢"}, "ticket_id"),
        ({"event": "ticket.changed", "ticket_id": "1" * 30}, "ticket_id"),
        ({"event": "assignment.post", "ticket_id": "1"}, "text"),
        ({"event": "assignment.post", "ticket_id": "1", "text": "  "}, "text"),
        ({"event": "assignment.post", "ticket_id": "1", "text": "x" * 60_001}, "longer"),
        (envelope("created", type="zen:event-type:user.created", subject="zen:user:1"), "type"),
        (envelope("created", type=7, subject=None), "type"),
        (envelope("created", subject="zen:ticket:1"), "different"),
        (envelope("created", subject="zen:user:1", detail={}), "no ticket"),
    ],
)
def test_what_can_not_be_read_is_a_dead_letter_with_a_sentence(body: Any, sentence: str) -> None:
    entry = zendesk(body)
    assert entry.dead is not None and sentence in entry.dead and entry.dead.endswith(".")
    assert entry.kind == "zendesk.unreadable"
    assert set(body_of(entry)) == {"raw", "bytes"} and len(body_of(entry)["raw"]) <= 4000


def test_many_brackets_that_are_not_deep_are_fine() -> None:
    body = {"event": "ticket.changed", "ticket_id": "1", "x": [[], []] * 50, "y": '[[[["\\{{{{' * 20}
    assert zendesk(body).dead is None


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail(raw: bytes) -> None:
    assert read_zendesk(raw, SIGNATURE).dead is not None
    assert read_workmarket(raw).dead is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
names = st.sampled_from(
    ["event", "ticket_id", "type", "id", "subject", "detail", "text", "assignment_id", "status"]
)
known = st.sampled_from(
    ["ticket.changed", "assignment.post", "zen:event-type:ticket.merged", "zen:ticket:1", "1", 1]
)


@given(st.dictionaries(names, json_values | known))
def test_no_json_makes_reading_fail(body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    for entry in (read_zendesk(raw, SIGNATURE), read_workmarket(raw)):
        assert entry.key and entry.kind and entry.lane


@given(st.dictionaries(st.text(), json_values))
def test_reading_strictly_changes_nothing(body: dict[str, Any]) -> None:
    try:
        assert read_object(json.dumps(body).encode()) == body
    except UnreadableJson as why:
        assert "digits" in str(why) or "deeper" in str(why)


def test_a_webhook_of_workmarket_is_a_hint_about_its_assignment() -> None:
    entry = workmarket({"event": "note_added", "assignment_id": "77", "status": "active", "now": "1"})
    assert (entry.kind, entry.lane) == ("workmarket.note_added", "assignment:77")
    assert body_of(entry) == {"assignment_id": "77", "event": "note_added", "status": "active"}
    assert entry.dedupe_key == "workmarket:note_added:77:active"


def test_workmarket_s_own_spelling_of_an_event_is_understood() -> None:
    assert workmarket({"event": "Note Added", "assignment_id": 77}).kind == "workmarket.note_added"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"event=note_added", "not JSON"),
        ({"event": "note_added"}, "assignment_id"),
        ({"event": "note_added", "assignment_id": "${assignment_id}"}, "assignment_id"),
    ],
)
def test_an_unreadable_webhook_of_workmarket_is_a_dead_letter(body: Any, sentence: str) -> None:
    entry = workmarket(body)
    assert entry.dead is not None and sentence in entry.dead
    assert entry.kind == "workmarket.unreadable"
