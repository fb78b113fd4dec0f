"""The dead man's switch: where Parley has fallen silent, Zendesk itself tells the agents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.values import OVERDUE_TAG as TAG
from escalation.model.values import PAUSE_TAG
from sync.operator.case_requests import ask_pause
from tests.desk import OpenDesk, both_parties


@both_parties
def test_agents_are_told_once_when_parley_has_been_silent_past_a_due_date(open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, ticket = desk.begun()
    sent = len(desk.zendesk.mails)
    desk.clock.move(timedelta(days=6, hours=1))
    assert desk.zendesk.run_automations() == [ticket]
    assert desk.zendesk.run_automations() == []
    assert TAG in desk.zendesk.ticket(ticket)["tags"]
    (mail,) = [one for one in desk.zendesk.mails[sent:] if one.to.startswith("group ")]
    assert mail.to == "group Escalations team"
    assert "no word from the escalations desk" in mail.subject


def test_the_next_update_takes_the_tag_off_and_a_new_silence_is_told_again(open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, ticket = desk.begun()
    desk.clock.move(timedelta(days=7, hours=1))
    assert desk.zendesk.run_automations() == [ticket]
    desk.for_(minutes=10)
    assert TAG not in desk.zendesk.ticket(ticket)["tags"]
    desk.clock.move(timedelta(days=7, hours=1))
    assert desk.zendesk.run_automations() == [ticket]


def test_no_update_is_made_for_the_sake_of_the_tag(open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, ticket = desk.begun()
    desk.people.agent_update(ticket, add_tags=[TAG])
    desk.for_(hours=1)
    assert TAG in desk.zendesk.ticket(ticket)["tags"]
    desk.for_(hours=48)
    assert TAG not in desk.zendesk.ticket(ticket)["tags"]


@pytest.mark.parametrize("by", ["command", "tag"])
def test_a_paused_ticket_is_left_alone_until_its_pause_is_over(by: str, open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, ticket = desk.begun(3)
    if by == "tag":
        desk.agent(ticket, add_tags=[PAUSE_TAG])
    else:
        until = desk.clock() + timedelta(days=7)
        ask_pause(desk.app.store, desk.case(ticket).id, until, "Holidays.", "olga", desk.clock())
        desk.live()
    desk.clock.move(timedelta(days=6, hours=20))
    assert desk.zendesk.run_automations() == []
    desk.for_(hours=12)
    assert PAUSE_TAG not in desk.zendesk.ticket(ticket)["tags"]
    desk.clock.move(timedelta(days=6, hours=1))
    assert desk.zendesk.run_automations() == [ticket]


def test_while_parley_works_nobody_is_told(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.begun()
    for _ in range(12):
        desk.for_(hours=24)
        assert desk.zendesk.run_automations() == []
