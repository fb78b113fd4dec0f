"""What is known already is accepted and not kept twice; what may have changed is looked at again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.integration.webhooks.receiving_desk import ReceivingDesk

CHANGED = {"event": "ticket.changed", "ticket_id": "123"}
POST = {"event": "assignment.post", "ticket_id": "123", "text": "On Tuesday."}
HINT = {"event": "completed", "assignment_id": "77", "status": "complete", "now": "1"}


def an_event(event_id: str) -> dict[str, Any]:
    return {"type": "zen:event-type:ticket.undeleted", "id": event_id, "subject": "zen:ticket:5", "detail": {}}


def test_an_event_is_known_for_ever_by_its_id_also_when_it_is_signed_anew(desk: ReceivingDesk) -> None:
    assert desk.zendesk(an_event("u1")).status_code == 202
    desk.handle(desk.rows()[0])
    desk.now += timedelta(days=400)
    assert desk.zendesk(an_event("u1")).status_code == 202
    assert len(desk.rows()) == 1
    assert desk.zendesk(an_event("u2")).status_code == 202
    assert [row.id for row in desk.rows()] == desk.heard(2)


def test_equal_triggers_are_one_look_while_nobody_handled_it(desk: ReceivingDesk) -> None:
    for seconds in (0, 0, 1):
        desk.now += timedelta(seconds=seconds)
        assert desk.zendesk(CHANGED).status_code == 202
    assert len(desk.rows()) == 1


def test_the_same_signature_asks_for_another_look_once_the_first_is_handled(desk: ReceivingDesk) -> None:
    assert desk.zendesk(CHANGED).status_code == 202
    desk.handle(desk.rows()[0])
    assert desk.zendesk(CHANGED).status_code == 202
    assert [row.state for row in desk.rows()] == ["done", "new"]


def test_other_tickets_and_other_events_are_looked_at_for_themselves(desk: ReceivingDesk) -> None:
    for body in (CHANGED, {**CHANGED, "ticket_id": "124"}, {**CHANGED, "event": "side_conversation.changed"}):
        assert desk.zendesk(body).status_code == 202
    assert len(desk.rows()) == 3


def test_a_replayed_post_is_one_post_for_ever(desk: ReceivingDesk) -> None:
    assert desk.zendesk(POST).status_code == 202
    desk.handle(desk.rows()[0])
    assert desk.zendesk(POST).status_code == 202
    assert len(desk.rows()) == 1


def test_a_post_signed_anew_is_left_to_the_process_to_tell_apart(desk: ReceivingDesk) -> None:
    assert desk.zendesk(POST).status_code == 202
    desk.now += timedelta(seconds=1)
    assert desk.zendesk(POST).status_code == 202
    assert [row.body["text"] for row in desk.rows()] == ["On Tuesday."] * 2


def test_equal_hints_of_workmarket_are_one_while_nobody_handled_it(desk: ReceivingDesk) -> None:
    for moment in "123":
        assert desk.workmarket({**HINT, "now": moment}).status_code == 202
    assert len(desk.rows()) == 1
    desk.handle(desk.rows()[0])
    assert desk.workmarket(HINT).status_code == 202
    assert desk.workmarket({**HINT, "event": "paid"}).status_code == 202
    assert len(desk.rows()) == 3


def test_only_new_rows_are_announced(desk: ReceivingDesk) -> None:
    for event_id in ("u1", "u1", "u2", "u1"):
        assert desk.zendesk(an_event(event_id)).status_code == 202
    assert len(desk.rows()) == 2
    assert desk.heard(2) == [1, 2]
