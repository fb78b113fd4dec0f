"""Somebody who was just written to gets what follows as one letter, and a reply to it reaches the case it names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.handlers.outreach import possible_readers
from escalation.model.events import Done, Observed
from escalation.model.values import State, Timer
from escalation.model.views import Conversation, ConversationMessage
from tests.unit.escalation.case_world import MANAGER, CaseWorld, assignment, in_tier, local, policy

OTHERS = "880022\nRef 7Z2M"
FOUR_HOURS = timedelta(hours=4)


def to_the_manager() -> str:
    """Who the project manager is as a correspondent."""
    return in_tier(2).mails()[0].correspondent


def about_to_write(**changes: object) -> CaseWorld:
    """A case whose first tier is over, while its project manager was written to an hour ago."""
    world = in_tier(**changes)
    world.written_to = {to_the_manager(): world.due(Timer.TIER_ENDS) + timedelta(hours=3)}
    return world


def told_together(on: str = "77") -> CaseWorld:
    """A case whose letter went as one with another's, and stands on that one's ticket."""
    world = in_tier()
    world.now = world.due(Timer.TIER_ENDS)
    world.look({"ticket", "assignment", "conversations"})
    mail = world.mails()[0]
    world.open.remove(mail)
    told = {"conversation_id": "s9", "beside": OTHERS}
    told |= {"tickets": "77"} if on == world.ticket.id else {"told_in": "C-9.4", "told_on": on}
    world.tell(Done(mail.id, world.now, told))
    world.settle()
    assert world.state is State.TIER_2
    world.forget()
    return world


def reply(world: CaseWorld, text: str) -> None:
    letter = next(iter(world.case.heard.digests))
    said = ConversationMessage(f"m{world.now}", world.now, MANAGER, "Sue", text)
    world.conversations = (Conversation("s9", letter, (said,)),)
    world.look({"ticket", "conversations"})
    world.settle()


def test_the_first_letter_leaves_at_once_and_says_for_how_long_the_next_ones_wait() -> None:
    mail = in_tier(2).mails()[0]
    assert (mail.not_before, mail.quiet_hours) == (None, 4)


def test_letters_of_one_kind_to_one_address_are_one_correspondence() -> None:
    other = in_tier(2, fields={"assignment_id": "880011", "project_manager_email": MANAGER.upper()})
    third = in_tier(2, fields={"project_manager_email": "pat@client.example"})
    assert other.mails()[0].correspondent == to_the_manager() != third.mails()[0].correspondent
    assert MANAGER not in to_the_manager()


def test_letters_in_two_languages_never_go_together() -> None:
    """As where the policy's language was changed while a case was open."""
    spanish = in_tier(2, rules=replace(policy(), language="es-419")).mails()[0]
    assert spanish.subject.startswith("Equipo de escalamientos")
    assert spanish.correspondent != to_the_manager()


def test_the_next_tier_waits_while_its_reader_was_just_written_to() -> None:
    world = about_to_write()
    world.pass_time(local(2026, 3, 4, 12, 59))
    assert (world.state, world.mails()) == (State.TIER_1, [])
    deadline = world.case.deadlines[Timer.TIER_ENDS]
    assert deadline.due == local(2026, 3, 4, 13)
    assert "was just written to" in deadline.why
    assert any("tier 2 waits until Wed 4 Mar 2026, 13:00 EST" in line for line in world.journal)


def test_what_waited_is_written_at_the_end_of_that_time_and_gathered_for_a_minute() -> None:
    world = about_to_write()
    world.pass_time(local(2026, 3, 4, 13))
    mail = world.mails()[0]
    assert mail.not_before == local(2026, 3, 4, 13, 1)
    assert mail.part
    assert mail.part.marks == ("880011", "Ref 8F3K")
    assert mail.part.paragraph.startswith("Assignment 880011 [Ref 8F3K]\nTitle: Swap a router\n")
    assert world.state is State.TIER_2


def test_it_waits_once_though_the_reader_was_written_to_again() -> None:
    world = about_to_write()
    world.pass_time(local(2026, 3, 4, 12))
    world.written_to = {to_the_manager(): local(2026, 3, 4, 17)}
    world.pass_time(local(2026, 3, 4, 13))
    assert len(world.mails()) == 1


def test_who_answers_meanwhile_is_not_written_to() -> None:
    world = about_to_write()
    world.pass_time(local(2026, 3, 4, 11))
    world.message("Olaf Owner", "It is on its way.")
    world.pass_time(FOUR_HOURS)
    assert (world.state, world.mails()) == (State.OTHER_SIDE_RESPONDED, [])


@pytest.mark.parametrize("company", ["", "acme"])
@pytest.mark.parametrize("mail", ["", "pat@client.example"])
def test_whom_a_letter_goes_to_is_among_those_who_are_asked_for(mail: str, company: str) -> None:
    """Before the look the case knows neither the field nor the company."""
    fields = {"assignment_id": "880011", "project_manager_email": mail}
    after = in_tier(2, fields=fields, seen=assignment(company=company))
    seen = Observed(ticket=after.ticket, assignment=assignment(company=company))
    asked = possible_readers(in_tier(1).case, seen, policy(), company)
    assert [letter.correspondent in asked for letter in after.mails()] == [True]
    assert len(asked) < 9


def test_another_reader_s_letter_does_not_wait() -> None:
    world = about_to_write(fields={"project_manager_email": "pat@client.example"})
    world.pass_time(local(2026, 3, 4, 10))
    assert [mail.to_email for mail in world.mails()] == ["pat@client.example"]


def test_what_an_agent_asks_for_does_not_wait() -> None:
    world = about_to_write()
    world.agent(changes={"tier": "2"})
    assert (world.state, world.mails()[0].not_before) == (State.TIER_2, None)


def test_a_policy_may_send_each_by_itself() -> None:
    world = about_to_write(rules=replace(policy(), digest_hours=0))
    world.pass_time(local(2026, 3, 4, 10))
    mail = world.mails()[0]
    assert (mail.part, mail.quiet_hours, mail.not_before) == (None, 0, None)


def test_an_update_is_due_as_ever_while_a_letter_waits() -> None:
    world = about_to_write()
    world.pass_time(local(2026, 3, 4, 10))
    assert world.said() == ["tier_1", "update"]
    assert "If we hear nothing from the other side by Wed 4 Mar 2026, 13:00 EST, we write" in (
        world.public()[-1].say.progress if world.public()[-1].say else ""
    )


def test_agents_are_told_on_whose_ticket_the_letter_stands() -> None:
    world = in_tier()
    assert told_together().case.heard.digests == {"C-9.4": "77"}
    world.now = world.due(Timer.TIER_ENDS)
    world.look({"ticket", "assignment", "conversations"})
    mail = world.mails()[0]
    world.tell(Done(mail.id, world.now, {"beside": OTHERS, "told_in": "C-9.4", "told_on": "77"}))
    assert any("It stands on ticket #77" in note for note in world.notes())


def test_a_look_at_conversations_reads_the_other_ticket_s_letter_too() -> None:
    world = told_together()
    world.pass_time(world.due(Timer.TIER_ENDS))
    asked = [look for look in world.looks() if "conversations" in look.scope]
    assert asked
    assert all(look.elsewhere == {"C-9.4": "77"} for look in asked)
    assert all(not look.elsewhere for look in world.looks() if "conversations" not in look.scope)


@pytest.mark.parametrize("on", ["77", "35"], ids=["told on another ticket", "the letter's own ticket"])
@pytest.mark.parametrize(
    "text",
    [
        "880011 is approved.",
        "Re [Ref 8F3K]: on its way",
        "see https://www.workmarket.com/assignments/details/880011",
        "880011 and 880022 are both on their way",
    ],
)
def test_a_reply_that_names_the_case_is_its_answer(text: str, on: str) -> None:
    world = told_together(on)
    reply(world, text)
    assert world.state is State.OTHER_SIDE_RESPONDED


@pytest.mark.parametrize("text", ["880022 is paid", "Ref 7Z2M: done", "8800111 and 7880022, 880022"])
def test_a_reply_that_names_another_case_only_is_not_this_one_s(text: str) -> None:
    world = told_together()
    reply(world, text)
    assert (world.state, world.notes()) == (State.TIER_2, [])


@pytest.mark.parametrize("text", ["We look into it.", "Fine.\n\n> Assignment 880011 [Ref 8F3K]\n> 880022"])
def test_a_reply_that_names_none_is_for_agents_and_stops_nothing(text: str) -> None:
    world = told_together()
    reply(world, text)
    assert world.state is State.TIER_2
    assert ["names none of them" in note for note in world.notes()] == [True]
