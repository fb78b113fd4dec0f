"""The dead man's switch: where Parley has fallen silent, Zendesk itself tells the agents."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.values import OVERDUE_TAG as TAG
from escalation.model.values import PAUSE_TAG
from sync.operator.case_requests import ask_pause
from tests.scenarios.town import OpenTown


def test_agents_are_told_once_when_parley_has_been_silent_past_a_due_date(open_town: OpenTown) -> None:
    town = open_town()
    _, ticket = town.begun()
    sent = len(town.zendesk.mails)
    town.clock.move(timedelta(days=6, hours=1))
    assert town.zendesk.run_automations() == [ticket]
    assert town.zendesk.run_automations() == []
    assert TAG in town.zendesk.ticket(ticket)["tags"]
    (mail,) = [one for one in town.zendesk.mails[sent:] if one.to.startswith("group ")]
    assert mail.to == "group Escalations team"
    assert "no word from the escalations desk" in mail.subject


def test_the_next_update_takes_the_tag_off_and_a_new_silence_is_told_again(open_town: OpenTown) -> None:
    town = open_town()
    _, ticket = town.begun()
    town.clock.move(timedelta(days=6, hours=1))
    assert town.zendesk.run_automations() == [ticket]
    town.for_(minutes=10)
    assert TAG not in town.zendesk.ticket(ticket)["tags"]
    town.clock.move(timedelta(days=6, hours=1))
    assert town.zendesk.run_automations() == [ticket]


def test_no_update_is_made_for_the_sake_of_the_tag(open_town: OpenTown) -> None:
    town = open_town()
    _, ticket = town.begun()
    town.people.agent_update(ticket, add_tags=[TAG])
    town.for_(hours=1)
    assert TAG in town.zendesk.ticket(ticket)["tags"]
    town.for_(hours=48)
    assert TAG not in town.zendesk.ticket(ticket)["tags"]


@pytest.mark.parametrize("by", ["command", "tag"])
def test_a_paused_ticket_is_left_alone_until_its_pause_is_over(by: str, open_town: OpenTown) -> None:
    town = open_town()
    _, ticket = town.begun(3)
    if by == "tag":
        town.agent(ticket, add_tags=[PAUSE_TAG])
    else:
        until = town.clock() + timedelta(days=7)
        ask_pause(town.house.store, town.case(ticket).id, until, "Holidays.", "olga", town.clock())
        town.live()
    town.clock.move(timedelta(days=6, hours=20))
    assert town.zendesk.run_automations() == []
    town.for_(hours=12)
    assert PAUSE_TAG not in town.zendesk.ticket(ticket)["tags"]
    town.clock.move(timedelta(days=6, hours=1))
    assert town.zendesk.run_automations() == [ticket]


def test_while_parley_works_nobody_is_told(open_town: OpenTown) -> None:
    town = open_town()
    town.begun()
    for _ in range(12):
        town.for_(hours=24)
        assert town.zendesk.run_automations() == []
