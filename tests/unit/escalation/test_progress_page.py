"""A case on its requester's page: in their words, as long as it can be read, and how it leads there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.engine.journaled import OTHER_REQUESTER, WROTE
from escalation.model.audience import ADDRESS
from escalation.model.case import JournalEntry
from escalation.model.effects import PostMessage, Say, UpdateTicket
from escalation.model.events import LookAsked, PauseAsked
from escalation.model.values import POST_TAG, EndedBy, State, Timer
from escalation.telling.progress_page import ELSEWHERE, ProgressPage, page_elsewhere, progress_page
from escalation.telling.stored import StoredCase, StoredEffect
from tests.pseudo import LANGUAGE, MARK, pseudo_texts
from tests.unit.escalation.case_world import START, CaseWorld, in_tier, policy, texts
from tests.unit.escalation.corpus import world_in


def ended(by: EndedBy) -> StoredCase:
    world = in_tier(1)
    world.case.state, world.case.ended_by = State.WITHDRAWN, by
    line = JournalEntry(START, "parley", "tier_1 → withdrawn", "Because.")
    return StoredCase(world.case, changed_at=START, journal=(line,))


def as_stored(world: CaseWorld) -> StoredCase:
    """A case of which everything that it asked for is done."""
    effects = (one for one in world.asked if isinstance(one, UpdateTicket | PostMessage))
    return StoredCase(
        world.case,
        effects=tuple(
            StoredEffect(one.id, one.type, "done", 1, START, START, one, START, START + timedelta(minutes=number))
            for number, one in enumerate(effects)
        ),
    )


def done(page: ProgressPage) -> list[str]:
    return [one.what for one in page.view.sent]


def test_every_public_text_knows_the_way_to_the_page_and_holds_no_address() -> None:
    world = in_tier(2)
    said = [one.say for one in world.public()]
    assert said
    for one in said:
        assert isinstance(one, Say) and one.page is not None
        assert (one.page.case_id, one.page.person) == (world.case.id, world.case.requester.id)
        assert ADDRESS in one.page.said and ADDRESS not in one.text + one.follows
        assert one.page.said.leading_to("https://x/p/y").endswith("https://x/p/y")


def test_a_page_is_read_until_so_many_days_after_the_end() -> None:
    stored, rules = ended(EndedBy.REQUESTER), replace(policy(), progress_link_days=30)
    shown = progress_page(stored, START + timedelta(days=29), rules)
    assert shown is not None and shown.until is not None and "1 Apr 2026" in shown.until
    assert progress_page(stored, START + timedelta(days=30), rules) is None


def test_during_a_pause_nobody_is_waited_for_but_a_requester_who_was_asked() -> None:
    for name, turn in (("tier 1, paused", "Set aside"), ("waiting on requester, paused", "It is your turn")):
        world = world_in(name)
        shown = progress_page(StoredCase(world.case), world.now, world.policy)
        assert shown is not None
        assert (shown.turn, "set your request aside" in shown.view.state_said) == (turn, True)


@pytest.mark.parametrize(("assigned", "way"), [(True, "mark your request as solved"), (False, "in a reply")])
def test_solving_is_spoken_of_where_zendesk_lets_the_requester_solve(assigned: bool, way: str) -> None:
    world = in_tier()
    world.case.assigned = assigned
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown is not None
    assert way in shown.words["can_solve"]
    assert ("solved" in shown.words["pressed_settled"]) == assigned


@pytest.mark.parametrize("language", ["en", "es-419", "de"])
def test_the_end_that_an_update_announces_stands_on_the_page_with_its_date(language: str) -> None:
    world = in_tier(3, rules=replace(policy(), ask_before_end=True))
    world.pass_time(timedelta(days=31))
    world.case.language = language
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown is not None and world.state is State.NEEDS_REVIEW
    end = world.policy.texts.of(language).public("then.end_unreached", date="|").partition("|")[2]
    assert [end in one.what for one in shown.view.deadlines if one.kind == "month_ends"] == [True]


def test_a_message_of_theirs_that_nobody_has_answered_is_told_first_and_stands_among_what_was_done() -> None:
    world = in_tier()
    world.requester("Hello?")
    line = JournalEntry(world.now, "the requester", WROTE, "x")
    shown = progress_page(StoredCase(world.case, journal=(line,)), world.now, world.policy)
    assert shown is not None
    unread = "Your message of Mon 2 Mar 2026, 10:00 EST has reached us, and nobody at the desk has answered it yet."
    assert shown.view.state_said == f"{unread} We are trying to reach the other side."
    assert "A message of yours reached us on Mon 2 Mar 2026, 10:00 EST." in done(shown)
    world.agent(comment=world.comment("We are on it."))
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown is not None and shown.view.state_said == "We are trying to reach the other side."


def test_a_review_says_what_a_person_is_asked_to_look_at() -> None:
    world = world_in("confirming outcome")
    world.requester("That is half of the price!")
    assert world.state is State.NEEDS_REVIEW
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown and "asked to look at what you have written to us." in shown.view.state_said


def test_after_an_answer_nobody_is_said_to_work_on_it_and_a_silence_that_was_asked_about_has_its_date() -> None:
    world = world_in("other side responded")
    world.pass_time(world.due(Timer.SILENCE))
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown and "has been asked to look at what was said" in shown.view.state_said
    assert "working on it" not in shown.view.state_said
    [back] = [one for one in shown.view.deadlines if one.kind == "silence_unanswered"]
    assert back.what.endswith("we go on from where we had left off.") and back.due_said in back.what


def test_what_another_requester_wrote_before_them_is_no_message_of_theirs() -> None:
    before = JournalEntry(START, "the requester", WROTE, "x")
    changed = JournalEntry(START + timedelta(hours=1), "zendesk", OTHER_REQUESTER, "x")
    case = in_tier().case
    shown = progress_page(StoredCase(case, journal=(before, changed)), START, policy())
    assert shown is not None and not [one for one in done(shown) if "of yours" in one]


def test_updates_are_told_as_one_line_and_each_step_as_its_own() -> None:
    world = in_tier(3)
    shown = progress_page(as_stored(world), world.now, world.policy)
    assert shown is not None
    assert sorted(one.partition(" on ")[0] for one in done(shown)) == [
        "We left a message for the other side",
        "We wrote to Sue Support, the contact that the assignment names,",
        "We wrote to you 3 times, last",
    ]


def test_what_an_agent_had_posted_on_the_assignment_is_told() -> None:
    world = in_tier()
    world.agent(comment=world.comment("Please look at the photos."), tags_added=frozenset({POST_TAG}))
    shown = progress_page(as_stored(world), world.now, world.policy)
    assert shown is not None
    assert "A person at the desk wrote on the assignment on " in " ".join(done(shown))


def test_a_pause_says_what_becomes_of_the_update_that_was_planned() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "Ada Agent"))
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown is not None
    assert shown.view.state_said == (
        "We have set your request aside until Mon 9 Mar 2026, 11:00 EDT. "
        "The update that was planned for Wed 4 Mar 2026, 10:00 EST waits until then."
    )


@pytest.mark.parametrize("by", [EndedBy.MERGED, EndedBy.DELETED])
def test_a_page_ends_at_once_where_its_ticket_is_gone_or_anothers(by: EndedBy) -> None:
    assert progress_page(ended(by), START, policy()) is None


def test_it_says_whose_turn_it_is_and_what_was_due_before_in_the_requesters_language() -> None:
    world = CaseWorld(rules=replace(policy(), texts=pseudo_texts()))
    world.case.language = LANGUAGE
    shown = progress_page(StoredCase(world.case), world.now, world.policy)
    assert shown is not None
    assert (shown.language, shown.direction) == (LANGUAGE, "rtl")
    assert all(MARK in text for text in (shown.title, shown.turn, shown.read, *shown.words.values()))


@pytest.mark.parametrize("which", ELSEWHERE)
def test_what_stands_elsewhere_is_said_with_its_reason(which: str) -> None:
    assert all(page_elsewhere(texts(), which))


@pytest.mark.parametrize("about", ["settled", "written"])
def test_a_button_asks_for_a_look_and_changes_nothing(about: str) -> None:
    world = in_tier(2)
    decision = world.decided(LookAsked(about))  # type: ignore[arg-type]
    (look,) = decision.effects
    assert (look.type, "assignment" in getattr(look, "scope", ())) == ("look", True)
    assert decision.case.state is State.TIER_2
    assert [(line.actor, about in line.what or "settled" in line.what) for line in decision.journal] == [
        ("the requester", about == "settled" or "written" in decision.journal[0].what)
    ]


def test_a_button_of_a_closed_case_asks_for_nothing() -> None:
    world = in_tier(1)
    world.case.state, world.case.ended_by = State.WITHDRAWN, EndedBy.REQUESTER
    decision = world.decided(LookAsked("settled"))
    assert (decision.effects, decision.journal) == ((), ())
