"""The dead man's switch: where Parley has fallen silent, Zendesk itself tells the agents."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.town import OpenTown


def test_agents_are_told_once_when_parley_has_been_silent_past_a_due_date(open_town: OpenTown) -> None:
    town = open_town()
    _, ticket = town.begun()
    sent = len(town.zendesk.mails)
    town.clock.move(timedelta(days=6, hours=1))
    assert town.zendesk.run_automations() == [ticket]
    assert town.zendesk.run_automations() == []
    assert "escalation_overdue" in town.zendesk.ticket(ticket)["tags"]
    (mail,) = [one for one in town.zendesk.mails[sent:] if one.to.startswith("group ")]
    assert mail.to == "group Escalations team"
    assert "no word from the escalations desk" in mail.subject


def test_while_parley_works_nobody_is_told(open_town: OpenTown) -> None:
    town = open_town()
    town.begun()
    for _ in range(12):
        town.for_(hours=24)
        assert town.zendesk.run_automations() == []
