"""A later update says shortly that nothing is new: only where the last word was an update, and nothing happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from escalation.model.audience import Public
from escalation.model.effects import Say, UpdateTicket
from escalation.model.events import Done, Observed, PauseAsked
from escalation.model.values import Timer
from escalation.model.views import ZendeskUser
from tests.unit.escalation.case_world import CaseWorld, in_tier

FIRST, LATER = "update", "update_again"
MANAGED = {"account_manager_email": "amy@workmarket.example"}


def updated_once() -> CaseWorld:
    """A case in the third tier, with a month before it, whose requester has read one update."""
    world = in_tier(3, fields=MANAGED)
    next_update(world)
    assert world.keys()[-1] == FIRST
    world.forget()
    return world


def next_update(world: CaseWorld) -> str:
    """The key of what the requester reads when the next update is due."""
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    return world.keys()[-1]


def test_the_updates_of_a_silent_month_are_short_but_for_the_first() -> None:
    world = updated_once()
    world.pass_time(timedelta(days=15))
    assert set(world.keys()) == {LATER}
    assert len(world.keys()) > 4


def test_a_later_one_tells_what_was_done_and_what_comes_next_as_the_first_did() -> None:
    world = in_tier(3, fields=MANAGED)
    next_update(world)
    next_update(world)
    first, later = (effect.say for effect in world.public()[-2:])
    assert isinstance(first, Say)
    assert isinstance(later, Say)
    assert first.progress == later.progress != ""
    assert len(later.text) < len(first.text)


def test_the_macro_of_its_own_is_asked_for_and_where_there_is_none_yet_that_of_the_update() -> None:
    world = updated_once()
    next_update(world)
    said = world.public()[-1].say
    assert isinstance(said, Say)
    assert (said.macro, said.or_macro) == ("update_again", "update")


def nothing_but_a_word(world: CaseWorld) -> None:
    world.requester("Is there anything?")
    world.agent(tags_removed=frozenset({"escalation_requester_waits"}))


HAPPENED: dict[str, Callable[[CaseWorld], object]] = {
    "an agent spoke": lambda world: world.agent(comment=world.comment("We rang them.")),
    "the requester wrote": nothing_but_a_word,
    "the requester wrote on the assignment": lambda world: world.message("Wanda Worker", "Hello?"),
    "a pause": lambda world: (
        world.tell(PauseAsked(world.now + timedelta(hours=1), "a holiday", "Ada Agent")),
        world.settle(),
        world.pass_time(timedelta(hours=2)),
    ),
}


@pytest.mark.parametrize("what", HAPPENED)
def test_after_anything_that_happened_the_update_is_the_longer_one(what: str) -> None:
    world = updated_once()
    world.pass_time(timedelta(hours=3))
    HAPPENED[what](world)
    assert next_update(world) == FIRST
    assert next_update(world) == LATER


def test_after_a_tier_s_text_the_update_is_the_longer_one() -> None:
    world = in_tier(2, fields=MANAGED)
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert [world.keys()[-1], next_update(world)] == ["tier_3", FIRST]


def test_an_update_that_is_not_on_the_ticket_yet_is_not_the_last_word() -> None:
    world = in_tier(3, fields=MANAGED)
    world.now = world.due(Timer.NEXT_UPDATE)
    world.tell(Observed(assignment=world.assignment))  # the first one hangs
    world.open.clear()
    assert next_update(world) == FIRST


def test_one_that_was_left_out_is_not_the_last_word() -> None:
    world = in_tier(3, fields=MANAGED)
    world.now = world.due(Timer.NEXT_UPDATE)
    world.look()
    update = next(effect for effect in world.open if isinstance(effect, UpdateTicket))
    world.open.remove(update)
    world.tell(Done(update.id, world.now, {"text": ""}))
    assert world.settle()
    assert next_update(world) == FIRST
    assert next_update(world) == LATER


def test_what_an_agent_said_before_it_was_proved_sent_is_something_new() -> None:
    world = updated_once()
    world.now = world.due(Timer.NEXT_UPDATE)
    world.look()
    assert world.keys()[-1] == LATER
    world.agent(comment=world.comment("We rang them."))
    assert next_update(world) == FIRST


def test_a_case_from_before_knows_of_no_update() -> None:
    world = updated_once()
    world.case.delivery = type(world.case.delivery)(
        **{
            name: getattr(world.case.delivery, name)
            for name in world.case.delivery.__dataclass_fields__
            if name not in ("told_update", "telling_update")
        }
    )
    assert next_update(world) == FIRST


def answered_then_silent() -> CaseWorld:
    world = in_tier(2, fields=MANAGED)
    world.message("Olaf Owner", "We will look at it.")
    return world


def nobody_asked() -> CaseWorld:
    return in_tier(3)


def manager_replied() -> CaseWorld:
    world = in_tier(3, fields=MANAGED)
    world.reply("amy@workmarket.example", "I have called them.", tier=3)
    return world


def unknown() -> CaseWorld:
    world = CaseWorld(requester=ZendeskUser("9", "else@example.com", "Eve Else", verified=False))
    world.arrive()
    return world


OTHERS: dict[str, tuple[Callable[[], CaseWorld], str]] = {
    "an answer that waits for an agent": (answered_then_silent, "update_contact"),
    "nobody to ask": (nobody_asked, "update_looking_since"),
    "the account manager's answer": (manager_replied, "update_manager"),
    "a review": (unknown, "update_review_waits"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_another_update_tells_is_told_shorter_the_second_time(what: str) -> None:
    begun, first = OTHERS[what]
    world = begun()
    assert next_update(world) == first
    again = f"{first.removesuffix('_since').removesuffix('_waits')}_again"
    assert [next_update(world), next_update(world)] == [again, again]


def test_so_is_that_an_answer_was_followed_by_silence() -> None:
    world = answered_then_silent()
    world.pass_time(timedelta(days=20))
    assert world.keys()[-1] == "update_after_answer_again"
    assert world.keys().count("update_after_answer") == 1


def test_a_further_word_of_the_other_side_is_told_at_length_again() -> None:
    world = answered_then_silent()
    next_update(world)
    world.message("Olaf Owner", "One more thing.")
    assert next_update(world) == "update_contact"


def test_what_is_told_changes_with_the_case_and_is_then_told_at_length() -> None:
    world = nobody_asked()
    next_update(world)
    world.agent(changes={"account_manager_email": "amy@workmarket.example"})
    assert next_update(world) == FIRST


def test_the_short_one_is_a_text_in_each_language() -> None:
    texts = CaseWorld().policy.texts
    for language in texts.languages:
        assert Public(texts.of(language).templates[LATER]) != texts.of(language).templates[FIRST]
