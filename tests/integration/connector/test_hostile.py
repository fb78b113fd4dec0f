"""Records with anything in the place of anything: they are read, or said to be unreadable, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.calls import WORKMARKET, ZENDESK
from connector.errors import Transient
from connector.reading import checked_answer
from connector.workmarket.parse import assignment_view
from connector.zendesk.tickets.audits import audits_of, updates_of
from connector.zendesk.tickets.conversations import _conversation
from connector.zendesk.tickets.parse import ticket_view, users_of
from tests.integration.connector.conftest import IDS
from tests.integration.connector.records import USERS, audit, change, said, ticket

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | st.sampled_from(
        ["", "x", "35", "\x00", "\ud800", "9" * 30, "2026-03-02T15:00:00Z", "0001-01-01T00:00:00+23:59"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "value"]), inner, max_size=3)
    ),
    max_leaves=6,
)

TICKET: dict[str, Any] = {"ticket": ticket(), "users": USERS}
AUDITS: dict[str, Any] = {
    "audits": [
        audit(11, said("hello"), change("tags", ["a"], ["b"]), change("106", "escalation_tier_1"), ours="e1"),
        audit(12, change("custom_status_id", "202"), change("104", ["escalation_attempt_email"]), author=500),
    ]
}
ASSIGNMENT: dict[str, Any] = {
    "id": "4711",
    "title": "T",
    "status": "complete",
    "project": {"id": 1, "name": "P"},
    "labels": ["a", {"name": "b"}],
    "active_resource": {
        "first_name": "W",
        "email": "w@example.com",
        "check_in_out": [{"checked_in_on": 1772463600}],
    },
    "internal_owner_details": {"first_name": "O"},
    "support_contact": [{"email": "s@example.com"}],
    "pricing": {"flat_price": 5.0},
    "payment": {"payment_due_on": 1772463600, "total_cost": 5},
    "history": [{"date": 1772463600, "text": "x"}],
    "notes": [{"date": 1772463600, "text": "x", "created_by": "W", "is_private": False}],
}
CONVERSATION: dict[str, Any] = {
    "one": {"id": "sc1", "external_ids": {"parley": "e1"}},
    "events": [
        {
            "id": "ev",
            "side_conversation_id": "sc1",
            "type": "reply",
            "created_at": "2026-03-02T15:00:00Z",
            "message": {"body": "x", "from": {"email": "p@example.com"}, "external_ids": {}},
        }
    ],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return (
        [path, *(found for key, part in inner for found in places(part, (*path, key)))] if path or inner else [path]
    )


def spoilt(record: dict[str, Any], draw: st.DataObject) -> dict[str, Any]:
    made = copy.deepcopy(record)
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from([path for path in places(made) if path]))
        holder = made
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = draw.draw(anything)
    return made


@settings(max_examples=400)
@given(st.data())
def test_a_spoilt_ticket(data: st.DataObject) -> None:
    body = spoilt(TICKET, data)
    try:
        with checked_answer(ZENDESK):
            ticket_view(body, "35", IDS)
    except Transient:
        pass


@settings(max_examples=400)
@given(st.data())
def test_spoilt_audits(data: st.DataObject) -> None:
    body = spoilt(AUDITS, data)
    seen = ticket_view(TICKET, "35", IDS)
    try:
        with checked_answer(ZENDESK):
            for one in audits_of(body, "35"):
                updates_of(one, seen, users_of(TICKET), IDS)
    except Transient:
        pass


@settings(max_examples=400)
@given(st.data())
def test_a_spoilt_assignment(data: st.DataObject) -> None:
    body = spoilt(ASSIGNMENT, data)
    try:
        with checked_answer(WORKMARKET):
            assignment_view(body, "4711")
    except Transient:
        pass


@settings(max_examples=300)
@given(st.data())
def test_a_spoilt_conversation(data: st.DataObject) -> None:
    body = spoilt(CONVERSATION, data)
    try:
        with checked_answer(ZENDESK):
            events = [one for one in body["events"] if isinstance(one, dict)]
            _conversation(body["one"], events)
    except Transient:
        pass
