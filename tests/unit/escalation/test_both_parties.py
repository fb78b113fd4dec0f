"""Either side may escalate: the tiers, their clocks, the number of messages and the ends are the same for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.case import Deadline
from escalation.model.effects import Note, UpdateTicket
from escalation.model.values import Party, State, Timer
from escalation.model.views import Contact
from tests.unit.escalation.case_world import (
    MANAGER,
    OTHER_SIDE,
    WORKER,
    CaseWorld,
    clients_world,
    in_tier,
    local,
    policy,
    world_of,
)

each_party = pytest.mark.parametrize("party", list(Party), ids=str)


def given_to_group(world: CaseWorld) -> list[UpdateTicket]:
    return [update for update in world.ticket_updates() if update.to_group]


def walked(party: Party) -> tuple[list[object], CaseWorld]:
    """A month without an answer: each state with its deadlines, and what was said in which state."""
    world = world_of(party, fields={"account_manager_email": "amy@workmarket.example"})
    world.arrive()
    seen: list[object] = []
    for _ in range(80):
        world.pass_time(timedelta(hours=12))
        deadlines: dict[Timer, Deadline] = world.case.deadlines
        seen.append((world.state, {timer: at.due for timer, at in deadlines.items()}, len(world.public())))
    return seen, world


def test_a_month_without_an_answer_is_the_same_for_both_to_the_minute_and_to_the_text() -> None:
    (worker, theirs), (client, ours) = walked(Party.WORKER), walked(Party.CLIENT)
    assert worker == client
    outside = [len(world.messages()) + len(world.mails()) + len(given_to_group(world)) for world in (theirs, ours)]
    assert outside == [3, 3]
    assert ours.said() == [
        {"tier_3": "tier_3_client", "off_platform": "off_platform_client"}.get(s, s) for s in theirs.said()
    ]


def test_a_client_s_tiers_reach_the_worker_on_the_assignment_by_e_mail_and_over_the_agents() -> None:
    world = in_tier(1, Party.CLIENT)
    assert "The client of assignment 880011 has asked us" in world.messages()[0].text
    world.pass_time(world.due(Timer.TIER_ENDS))
    (mail,) = world.mails()
    assert (mail.to_email, mail.to_name) == (WORKER.email, "Wanda Worker")
    assert "The client of assignment 880011 has asked us" in mail.body
    assert "\nTitle: Swap a router\n" in mail.body
    world.forget()
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert (world.messages(), world.mails()) == ([], [])
    (given,) = given_to_group(world)
    assert given.status is State.TIER_3
    assert any("Escalations team: please try to reach the worker of assignment 880011" in n for n in world.notes())
    assert {*world.case.deadlines} == {Timer.NEXT_UPDATE, Timer.MONTH_ENDS}


def test_the_third_tier_of_a_client_names_no_account_manager() -> None:
    world = in_tier(3, Party.CLIENT)
    said = world.public()[-1].say
    assert said
    assert "account manager" not in said.text
    assert "looks after" not in said.text


def test_the_client_s_project_manager_gets_no_letter_of_a_client_s_case() -> None:
    world = in_tier(
        3, Party.CLIENT, fields={"project_manager_email": "pat@x.org", "account_manager_email": "a@x.org"}
    )
    assert [mail.to_email for mail in world.mails()] == [WORKER.email]


def test_a_worker_without_an_address_is_left_to_the_agents_and_written_to_once_one_is_shown() -> None:
    world = in_tier(1, Party.CLIENT)
    world.assignment = replace(world.assignment, worker=Contact("Wanda Worker"))  # type: ignore[type-var]
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert (world.state, world.mails()) == (State.TIER_2, [])
    assert any("WorkMarket shows no e-mail address of the worker" in note for note in world.notes())
    for _ in range(2):
        world.assigned(worker=Contact("Wanda Worker", "new@example.com"))
    assert [mail.to_email for mail in world.mails()] == ["new@example.com"]


@each_party
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_a_message_of_the_other_side_is_an_answer_in_every_tier(party: Party, tier: int) -> None:
    world = in_tier(tier, party)
    world.message(OTHER_SIDE[party][0], "I will look at it.")
    assert world.state is State.OTHER_SIDE_RESPONDED


@each_party
def test_a_message_of_the_requester_s_own_side_is_none(party: Party) -> None:
    world = in_tier(1, party)
    world.message(OTHER_SIDE[Party.CLIENT if party is Party.WORKER else Party.WORKER][0], "Hello?")
    assert world.state is State.TIER_1


@each_party
@pytest.mark.parametrize("tier", [2, 3])
def test_a_reply_to_the_e_mail_of_tier_2_is_an_answer(party: Party, tier: int) -> None:
    world = in_tier(tier, party)
    world.reply(OTHER_SIDE[party][1])
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_a_reply_of_the_client_s_own_people_in_that_conversation_is_a_note() -> None:
    world = in_tier(2, Party.CLIENT)
    world.reply(MANAGER)
    assert world.state is State.TIER_2
    assert any("somebody we can't place" in note for note in world.notes())


@each_party
def test_an_agent_s_tick_is_an_answer_and_its_end_brings_the_case_back_without_a_text(party: Party) -> None:
    world = in_tier(3, party)
    world.agent(changes={"other_side_responded": True})
    assert world.state is State.OTHER_SIDE_RESPONDED
    said = len(world.public())
    world.agent(changes={"other_side_responded": False})
    assert (world.state, len(world.public())) == (State.TIER_3, said)


@each_party
def test_silence_after_an_answer_asks_the_agent_and_goes_back(party: Party) -> None:
    world = in_tier(2, party)
    world.message(OTHER_SIDE[party][0], "Soon.")
    world.pass_time(timedelta(days=10))
    assert world.state in (State.TIER_2, State.TIER_3)
    assert any("Both sides have been silent for 5 business days" in note for note in world.notes())


@each_party
def test_the_group_is_asked_again_when_its_tier_begins_again(party: Party) -> None:
    world = in_tier(3, party, fields={"account_manager_email": "amy@workmarket.example"})
    world.agent(changes={"tier": "1"})
    world.agent(changes={"tier": "3"})
    assert len(world.messages()) + len(world.mails()) == (3 if party is Party.WORKER else 2)
    assert len(given_to_group(world)) == (0 if party is Party.WORKER else 2)


def test_the_end_of_a_client_s_month_promises_nothing_and_names_no_arbitration() -> None:
    world = in_tier(3, Party.CLIENT)
    world.pass_time(timedelta(days=40))
    assert world.state is State.OFF_PLATFORM
    said = world.public()[-1].say
    assert said
    assert said.macro == "off_platform_client"
    assert "rbitration" not in said.text + said.after
    assert "http" not in said.text + said.after


def test_the_policy_may_name_a_way_for_clients_off_the_platform() -> None:
    world = in_tier(3, Party.CLIENT, rules=replace(policy(), client_off_platform_link="https://example.com/next"))
    world.pass_time(timedelta(days=40))
    said = world.public()[-1].say
    assert said
    assert said.after.endswith("https://example.com/next")


def test_an_unsigned_client_goes_on_once_an_agent_accepts_it() -> None:
    world = clients_world(signed_email=None)
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    world.agent(changes={"tier": "1"})
    assert world.state is State.TIER_1
    assert len(world.messages()) == 1


def test_an_agent_who_changes_the_party_in_a_tier_gets_the_other_side_written_to_anew() -> None:
    world = in_tier(1)
    world.agent(changes={"party": "client"})
    assert world.state is State.NEEDS_REVIEW
    world.agent(changes={"tier": "1"})
    assert [("The worker on" in m.text, "The client of" in m.text) for m in world.messages()] == [
        (True, False),
        (False, True),
    ]


@each_party
def test_the_month_counts_anew_from_the_other_side_s_last_word(party: Party) -> None:
    world = in_tier(3, party)
    world.pass_time(local(2026, 3, 12, 11))
    world.message(OTHER_SIDE[party][0], "We are looking into it.")
    world.agent(changes={"status": "tier_3"})
    assert world.due(Timer.MONTH_ENDS) == local(2026, 4, 13, 9)


@each_party
def test_a_note_of_the_third_tier_stays_inside(party: Party) -> None:
    world = in_tier(3, party)
    inside = [u.say.text for u in world.ticket_updates() if isinstance(u.say, Note)]
    outside = [
        *(m.text for m in world.messages()),
        *(m.body for m in world.mails()),
        *(u.say.text for u in world.public() if u.say),
    ]
    assert not [text for text in outside if "Escalations team" in text]
    assert any("Escalations team" in text for text in inside)
