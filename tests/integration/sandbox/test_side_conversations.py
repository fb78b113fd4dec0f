"""Side conversations: started by us, answered from outside, heard by triggers."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox import MovableClock, Sandbox
from tests.integration.sandbox.conftest import Api, Receiver
from tests.integration.sandbox.test_triggers import make_webhook

TO = [{"email": "pat@client.example", "name": "Pat Manager"}]


def _start(zd: Api, ticket: int, **more: Any) -> Any:
    message = {"subject": "About an assignment", "body": "Would you have a look?", "to": TO, **more}
    return zd.post(f"tickets/{ticket}/side_conversations", {"message": message})["side_conversation"]


def test_one_is_started_by_mail(box: Sandbox, zd: Api, ticket: int) -> None:
    made = _start(zd, ticket)
    assert (made["ticket_id"], made["state"], made["subject"]) == (ticket, "open", "About an assignment")
    assert "pat@client.example" in {person["email"] for person in made["participants"]}
    mails = [(mail.to, mail.why) for mail in box.zendesk.mails]
    assert mails[-1] == ("pat@client.example", "side conversation")


def test_our_reference_is_found_again_in_its_events(zd: Api, ticket: int) -> None:
    made = _start(zd, ticket, external_ids={"effect": "e-1"})
    path = f"tickets/{ticket}/side_conversations"
    listed = zd.get(path, params={"include": "events"})
    assert [event["message"]["external_ids"] for event in listed["events"]] == [{"effect": "e-1"}]
    assert listed["side_conversations"][0]["id"] == made["id"]
    assert zd.get(f"{path}/{made['id']}/events")["events"] == listed["events"]


def test_external_ids_may_stand_on_the_conversation_and_are_texts(zd: Api, ticket: int) -> None:
    message = {"subject": "S", "body": "B", "to": TO}
    path = f"tickets/{ticket}/side_conversations"
    made = zd.post(path, {"message": message, "external_ids": {"effect": "e-1"}})["side_conversation"]
    assert made["external_ids"] == {"effect": "e-1"}
    zd.post(path, {"message": message, "external_ids": {"effect": 1}}, status=422)


@pytest.mark.parametrize(
    "to", [[], [{"email": "nowhere"}], [{"email": "pat@client.example"}, {"user_id": 1}], [{"user_id": 1}]]
)
def test_recipients_have_to_make_sense(zd: Api, ticket: int, to: list[Any]) -> None:
    message = {"subject": "S", "body": "B", "to": to}
    zd.post(f"tickets/{ticket}/side_conversations", {"message": message}, status=422)


def test_a_reply_names_its_recipients_every_time(zd: Api, ticket: int) -> None:
    made = _start(zd, ticket)
    path = f"tickets/{ticket}/side_conversations/{made['id']}/reply"
    zd.post(path, {"message": {"body": "Any news?"}}, status=422)
    zd.post(path, {"message": {"body": "Any news?", "to": TO}})


def test_an_answer_from_outside_is_an_event_by_its_sender(
    box: Sandbox, zd: Api, clock: MovableClock, ticket: int
) -> None:
    made = _start(zd, ticket)
    clock.move(timedelta(hours=1))
    box.zendesk.people.conversation_reply(made["id"], "pat@client.example", "We will look into it.")
    path = f"tickets/{ticket}/side_conversations/{made['id']}"
    shown = zd.get(path, params={"include": "events"})
    assert shown["side_conversation"]["message_added_at"] == "2026-03-02T16:00:00Z"
    assert shown["side_conversation"]["preview_text"] == "We will look into it."
    event = shown["events"][-1]
    assert (event["type"], event["actor"]["email"]) == ("reply", "pat@client.example")
    assert event["message"]["body"] == "We will look into it."
    assert event["message"]["from"]["email"] == "pat@client.example"


def test_closing_and_an_answer_that_opens_it_again(box: Sandbox, zd: Api, ticket: int) -> None:
    made = _start(zd, ticket)
    path = f"tickets/{ticket}/side_conversations/{made['id']}"
    closed = zd.put(path, {"side_conversation": {"state": "closed"}})["side_conversation"]
    assert closed["state"] == "closed"
    zd.put(path, {"side_conversation": {"state": "ajar"}}, status=422)
    box.zendesk.people.conversation_reply(made["id"], "pat@client.example", "Wait!")
    assert zd.get(path)["side_conversation"]["state"] == "open"


def test_triggers_hear_of_it_and_the_ticket_counts_as_updated(
    box: Sandbox, zd: Api, receiver: Receiver, clock: MovableClock, ticket: int
) -> None:
    webhook = make_webhook(zd, receiver)
    rows = zd.get("triggers/definitions.json")["definitions"]["conditions_all"]
    [condition] = [row for row in rows if row["title"] == "Side conversation"]
    values = {row["title"]: row["value"] for row in condition["values"]}
    trigger = {
        "title": "Side conversation",
        "conditions": {
            "any": [
                {"field": condition["subject"], "operator": "is", "value": values[title]}
                for title in ("Replied to", "Reopened")
            ]
        },
        "actions": [{"field": "notification_webhook", "value": [webhook["id"], '{"ticket_id": "{{ticket.id}}"}']}],
    }
    zd.post("triggers.json", {"trigger": trigger})
    made = _start(zd, ticket)
    assert box.pump() == 0
    clock.move(timedelta(minutes=5))
    box.zendesk.people.conversation_reply(made["id"], "pat@client.example", "Here I am.")
    assert box.pump() == 1
    assert receiver.bodies() == [{"ticket_id": str(ticket)}]
    assert zd.get(f"tickets/{ticket}.json")["ticket"]["updated_at"] == "2026-03-02T15:05:00Z"


def test_events_of_all_tickets_can_be_read_from_a_moment_on(
    box: Sandbox, zd: Api, clock: MovableClock, ticket: int
) -> None:
    made = _start(zd, ticket)
    clock.move(timedelta(hours=1))
    box.zendesk.people.conversation_reply(made["id"], "pat@client.example", "Late.")
    since = int(clock().timestamp())
    found = zd.get("tickets/side_conversations/events", params={"start_time": since})
    assert [event["type"] for event in found["events"]] == ["reply"]


def test_one_of_another_ticket_is_not_found(zd: Api, ticket: int) -> None:
    made = _start(zd, ticket)
    zd.get(f"tickets/{ticket + 1}/side_conversations/{made['id']}", status=404)
    zd.get(f"tickets/{ticket}/side_conversations/other", status=404)
