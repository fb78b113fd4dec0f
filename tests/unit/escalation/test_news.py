"""What the requester hears at once: that the other side has answered. What they write is in test_requester.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.engine.journaled import AGENT_TOLD, WROTE
from escalation.model.case import JournalEntry
from escalation.model.effects import PostMessage, Say, StartConversation
from escalation.model.events import Done, PauseAsked, ResumeAsked
from escalation.model.values import Party, State, Timer
from tests.asserting import READ, Books
from tests.unit.escalation.case_world import OTHER_SIDE, START, CaseWorld, in_tier, local

ANSWER = "We will look at it tomorrow."
MEANWHILE = (
    "Meanwhile there is word from the other side already: a person at the desk has been asked to read it and to "
    "pass on what helps you."
)
ALREADY = f"\n\n{MEANWHILE}"
PARTIES = pytest.mark.parametrize("party", Party)


def quiet(tier: int = 1, party: Party = Party.WORKER) -> CaseWorld:
    """A case in a tier, a day later; what was said before is forgotten."""
    world = in_tier(tier, party)
    world.forget()
    world.now += timedelta(days=1)
    return world


def paused(tier: int = 1) -> CaseWorld:
    world = quiet(tier)
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "olga"))
    world.settle()
    return world


def resume(world: CaseWorld) -> CaseWorld:
    world.tell(ResumeAsked("olga"))
    world.settle()
    return world


@PARTIES
def test_an_answer_is_told_at_once_and_not_what_it_says(party: Party) -> None:
    world = quiet(party=party)
    world.message(OTHER_SIDE[party][0], ANSWER)
    assert world.keys() == ["answered"]
    assert ANSWER not in world.said()[0]


@PARTIES
def test_an_answer_by_mail_is_told_at_once(party: Party) -> None:
    world = quiet(2, party)
    world.reply(OTHER_SIDE[party][1], ANSWER)
    assert world.keys() == ["answered_elsewhere"]


def test_the_next_update_counts_from_that() -> None:
    world = quiet()
    world.message("Olaf Owner", ANSWER)
    assert world.due(Timer.NEXT_UPDATE) == world.now + timedelta(days=2)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys() == ["answered", "update_contact"]


def test_what_they_add_is_no_further_news() -> None:
    world = quiet()
    world.message("Olaf Owner", ANSWER)
    world.message("Olaf Owner", "One more thing.")
    assert world.keys() == ["answered"]


def test_an_answer_after_the_case_went_back_to_its_tier_is_news_again() -> None:
    world = quiet()
    world.message("Olaf Owner", ANSWER)
    world.agent(changes={"other_side_responded": False})
    world.message("Olaf Owner", "Now we do.")
    assert world.keys() == ["answered", "answered"]


def test_where_an_agent_has_just_spoken_nothing_is_added() -> None:
    world = quiet()
    world.update(comment=world.comment("They called: they look at it tomorrow."))
    world.message("Olaf Owner", ANSWER)
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert world.keys() == []


def test_an_agents_tick_is_told_and_with_their_own_words_it_is_not() -> None:
    ticked, told = quiet(), quiet()
    ticked.agent(changes={"other_side_responded": True})
    told.agent(changes={"other_side_responded": True}, comment=told.comment("They called."))
    assert ticked.state is told.state is State.OTHER_SIDE_RESPONDED
    assert (ticked.keys(), told.keys()) == (["answered_elsewhere"], [])


def test_words_that_an_agent_adds_before_anybody_looks_are_enough() -> None:
    world = quiet()
    world.update(changes={"other_side_responded": True})
    world.agent(comment=world.comment("They called."))
    assert world.keys() == []


def test_a_machines_reply_is_no_news() -> None:
    world = quiet()
    world.message("Olaf Owner", "I am out of the office until Monday.")
    assert world.keys() == []


def test_a_muted_case_says_nothing_of_an_answer() -> None:
    world = quiet()
    world.agent(changes={"status": "solved"})
    world.requester("It is not settled.")
    world.forget()
    world.agent(changes={"status": "other_side_responded"})
    assert (world.state, world.keys()) == (State.OTHER_SIDE_RESPONDED, [])


def test_during_a_pause_the_news_waits_for_its_end() -> None:
    world = paused()
    world.message("Olaf Owner", ANSWER)
    assert world.keys() == []
    assert resume(world).keys() == ["answered"]


def test_news_that_waited_is_not_told_once_an_agent_has_spoken() -> None:
    world = paused()
    world.message("Olaf Owner", ANSWER)
    world.agent(comment=world.comment("They look at it tomorrow."))
    assert resume(world).keys() == []


def test_news_that_waited_is_not_told_once_an_agent_has_taken_the_answer_back() -> None:
    world = paused(2)
    world.reply("sue@client.example", ANSWER)
    world.agent(changes={"other_side_responded": False})
    assert (world.state, world.keys()) == (State.TIER_2, [])


def test_words_on_the_assignment_are_told_after_a_pause_also_where_an_agent_goes_back_to_the_tier() -> None:
    world = paused()
    world.message("Olaf Owner", ANSWER)
    world.agent(changes={"other_side_responded": False})
    assert (world.state, world.keys()) == (State.TIER_1, ["answered"])


def answered_on_the_way(tier: int) -> CaseWorld:
    """The other side answers before the message of a tier is proved sent; then it is."""
    world = in_tier(tier - 1) if tier > 1 else CaseWorld()
    world.forget()
    if tier > 1:
        world.now = world.due(Timer.TIER_ENDS)
    world.look()
    while not any(isinstance(effect, PostMessage | StartConversation) for effect in world.open):
        world.step()
    effect = next(one for one in world.open if isinstance(one, PostMessage | StartConversation))
    world.open.remove(effect)
    world.message("Olaf Owner", ANSWER)
    world.tell(Done(effect.id, world.now))
    world.settle()
    assert world.state is State.OTHER_SIDE_RESPONDED, world.journal
    return world


def test_an_answer_that_comes_before_the_first_text_stands_in_it() -> None:
    world = answered_on_the_way(1)
    assert world.keys() == ["tier_1"]
    say = world.public()[0].say
    assert isinstance(say, Say)
    assert say.after.endswith(MEANWHILE)
    assert "the desk can take it up" in say.after


def test_an_answer_that_comes_before_a_later_tiers_text_is_told_instead_of_it() -> None:
    assert answered_on_the_way(2).keys() == ["answered"]


def test_by_the_books_a_requester_waits_until_an_agent_has_spoken() -> None:
    wrote = JournalEntry(START, "the requester", WROTE, "")
    told = JournalEntry(START + timedelta(hours=1), "Ada Agent", AGENT_TOLD, "")
    waits = READ["requester_waits"]
    assert waits(Books((wrote,), (), START))
    assert not waits(Books((wrote, told), (), START + timedelta(hours=2)))
    assert not waits(Books((), (), START))


def at_night(world: CaseWorld) -> CaseWorld:
    """The same case late on a Tuesday evening, when nobody is written to."""
    world.now = local(2026, 3, 3, 22)
    world.forget()
    return world


def test_news_of_the_night_is_told_at_the_opening() -> None:
    world = at_night(in_tier())
    world.message("Olaf Owner", ANSWER)
    assert (world.state, world.keys()) == (State.OTHER_SIDE_RESPONDED, [])
    world.pass_time(local(2026, 3, 4, 9, 1))
    assert world.keys() == ["answered"]


def test_what_the_requester_writes_at_night_is_acknowledged_at_the_opening() -> None:
    world = at_night(in_tier())
    world.requester("Any news?")
    assert world.keys() == []
    world.pass_time(local(2026, 3, 4, 9, 1))
    assert world.keys() == ["acknowledged"]


def test_what_comes_after_the_end_at_night_is_acknowledged_at_the_opening() -> None:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    at_night(world).requester("It is not settled.")
    assert world.keys() == []
    world.pass_time(local(2026, 3, 4, 9, 1))
    assert world.keys() == ["acknowledged_ended"]


def test_what_an_agent_answered_at_night_is_not_acknowledged_at_the_opening() -> None:
    world = at_night(in_tier())
    world.requester("Any news?")
    world.agent(tags_removed=frozenset({"escalation_requester_waits"}))
    world.pass_time(local(2026, 3, 4, 9, 30))
    assert world.keys() == []
