"""Either side may escalate: the tiers, their clocks, the number of messages and the ends are the same for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.zendesk import load_account
from escalation.model.case import Deadline
from escalation.model.effects import Note, UpdateTicket
from escalation.model.values import KINDS_OF_OUTCOME, Party, State, Timer
from escalation.model.views import Absent, Contact
from tests.unit.escalation.case_world import (
    MANAGER,
    OTHER_SIDE,
    WORKER,
    CaseWorld,
    clients_world,
    in_tier,
    local,
    policy,
    texts,
    world_of,
)

each_party = pytest.mark.parametrize("party", list(Party), ids=str)


def given_to_group(world: CaseWorld) -> list[UpdateTicket]:
    return [update for update in world.ticket_updates() if update.to_group]


def walked(party: Party) -> tuple[list[object], CaseWorld]:
    """A month without an answer: each state with its deadlines, but for agents' reminders, and how much was said
    by then."""
    world = world_of(party, fields={"account_manager_email": "amy@workmarket.example"})
    world.arrive()
    seen: list[object] = []
    for _ in range(80):
        world.pass_time(timedelta(hours=12))
        deadlines: dict[Timer, Deadline] = world.case.deadlines
        due = {timer: at.due for timer, at in deadlines.items() if timer is not Timer.AGENT_REMINDER}
        seen.append((world.state, due, len(world.public())))
    return seen, world


def test_a_month_without_an_answer_is_the_same_for_both_to_the_minute_and_to_the_text() -> None:
    (worker, theirs), (client, ours) = walked(Party.WORKER), walked(Party.CLIENT)
    assert worker == client
    outside = [len(world.messages()) + len(world.mails()) + len(given_to_group(world)) for world in (theirs, ours)]
    assert outside == [3, 4], (
        "The lead gives a client's case to the group once more: nobody has reached the worker."
    )
    as_theirs = {"tier_3_client": "tier_3", "off_platform_client": "off_platform", "update_people": "update"}
    assert [as_theirs.get(key, key) for key in ours.keys()] == theirs.keys()  # noqa: SIM118


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
    assert {*world.case.deadlines} == {Timer.NEXT_UPDATE, Timer.MONTH_ENDS, Timer.AGENT_REMINDER}


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
def test_an_agent_s_tick_is_an_answer_and_its_end_brings_the_case_back_and_takes_it_back(party: Party) -> None:
    world = in_tier(3, party)
    world.forget()
    world.agent(changes={"other_side_responded": True})
    assert world.state is State.OTHER_SIDE_RESPONDED
    world.agent(changes={"other_side_responded": False})
    assert (world.state, world.keys()) == (State.TIER_3, ["answered_elsewhere", "answer_taken_back"])


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


@each_party
def test_a_signed_request_that_comes_to_name_another_assignment_is_no_client_s_by_right(party: Party) -> None:
    world = world_of(party, seen=Absent("880099"), fields={"assignment_id": "880099"})
    world.arrive()
    assert world.state is State.WAITING_ON_REQUESTER
    world.assignment = in_tier(1, party).assignment
    world.agent(changes={"assignment_id": "880011"})
    assert world.state is (State.TIER_1 if party is Party.WORKER else State.NEEDS_REVIEW)
    world.agent(changes={"tier": "1"})
    assert (world.state, len(world.messages())) == (State.TIER_1, 1)


def test_an_agent_who_changes_the_party_in_a_tier_gets_the_other_side_written_to_anew() -> None:
    world = in_tier(1)
    world.agent(changes={"party": "client"})
    assert world.state is State.NEEDS_REVIEW
    world.agent(changes={"tier": "1"})
    assert [("The worker on" in m.text, "The client of" in m.text) for m in world.messages()] == [
        (True, False),
        (False, True),
    ]


def test_a_party_that_is_changed_and_changed_back_gets_nobody_written_to_twice() -> None:
    world = in_tier(2)
    for party in ("client", "worker"):
        world.agent(changes={"party": party})
        world.agent(changes={"tier": "1"})
        world.agent(changes={"tier": "2"})
    assert ["The worker on" in message.text for message in world.messages()] == [True, False]
    assert [mail.to_email for mail in world.mails()] == [MANAGER, WORKER.email]


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


# What the requester hopes for


def test_the_form_s_kinds_of_outcome_are_shown_word_for_word() -> None:
    labels = {
        o.tag.removeprefix("escalation_outcome_"): o.label for o in load_account().field("kind_of_outcome").options
    }
    assert set(labels) == KINDS_OF_OUTCOME
    assert {kind: texts().templates[f"hoped.{kind}"] for kind in labels if kind != "other"} == {
        kind: label for kind, label in labels.items() if kind != "other"
    }


@each_party
@pytest.mark.parametrize("kind", sorted(KINDS_OF_OUTCOME - {"other"}))
def test_the_other_side_is_shown_what_the_requester_hopes_for_as_the_form_says_it(party: Party, kind: str) -> None:
    named = {"kind_of_outcome": kind, "account_manager_email": "amy@workmarket.example"}
    world = in_tier(3, party, fields=named)
    outside = [message.text for message in world.messages()] + [mail.body for mail in world.mails()]
    assert len(outside) == (3 if party is Party.WORKER else 2)
    assert all(f"“{texts().templates[f'hoped.{kind}']}”" in text for text in outside)


@each_party
@pytest.mark.parametrize("kind", [None, "other", "made_up"])
def test_where_none_is_named_nothing_is_said_of_it(party: Party, kind: str | None) -> None:
    world = in_tier(2, party, fields={"kind_of_outcome": kind})
    assert not any("on the form" in text for text in [world.messages()[0].text, world.mails()[0].body])


@pytest.mark.parametrize(
    ("kind", "status", "state", "said"),
    [
        ("cancel", "cancelled", State.CONFIRMING_OUTCOME, "now shows as cancelled"),
        ("cancel", "void", State.CONFIRMING_OUTCOME, "now shows as cancelled"),
        ("redo", "inprogress", State.CONFIRMING_OUTCOME, "now shows as in progress again"),
        ("pay", "paymentpending", State.CONFIRMING_OUTCOME, "now shows as approved"),
        ("pay", "paid", State.CONFIRMING_OUTCOME, "now shows as paid"),
        ("other_amount", "paymentpending", State.NEEDS_REVIEW, "what has changed on the assignment"),
        ("other_amount", "paid", State.NEEDS_REVIEW, "what has changed on the assignment"),
        ("cancel", "paid", State.NEEDS_REVIEW, "what has changed on the assignment"),
        ("redo", "cancelled", State.NEEDS_REVIEW, "what has changed on the assignment"),
        ("explain", "inprogress", State.NEEDS_REVIEW, "what has changed on the assignment"),
        (None, "paid", State.NEEDS_REVIEW, "what has changed on the assignment"),
    ],
)
def test_a_client_s_case_ends_by_itself_where_what_they_hope_for_is_seen(
    kind: str | None, status: str, state: State, said: str
) -> None:
    world = in_tier(2, Party.CLIENT, fields={"kind_of_outcome": kind})
    world.assigned(status=status)
    assert (world.state, said in world.said()[-1]) == (state, True)


def test_an_assignment_that_goes_on_its_way_leaves_a_client_s_case_alone() -> None:
    world = clients_world(fields={"kind_of_outcome": "redo"})
    world.assignment = replace(world.assignment, status="active")  # type: ignore[type-var]
    world.arrive()
    for status in ("inprogress", "complete"):
        world.assigned(status=status)
        assert world.state is State.TIER_1
    world.assigned(status="inprogress")
    assert world.state is State.CONFIRMING_OUTCOME
    world.assigned(status="complete")
    world.pass_time(timedelta(days=5))
    assert world.state is State.RESOLVED


def test_a_client_s_kind_of_outcome_is_an_outcome_that_is_given() -> None:
    told = clients_world(fields={"outcome": "", "kind_of_outcome": "redo"})
    assert told.arrive().state is State.TIER_1
    untold = clients_world(fields={"outcome": "", "kind_of_outcome": "other"})
    assert untold.arrive().state is State.NEEDS_REVIEW
    assert "what has happened and what you hope for" in untold.said()[0]
