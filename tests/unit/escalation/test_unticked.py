"""Unticking “Other side responded”: words on the assignment stay an answer, a mistaken tick is taken back."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.effects import Say
from escalation.model.values import WAITS_TAG, Party, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier

KNOWN = {"account_manager_email": "amy@workmarket.example"}
TAKEN_BACK = "answer_taken_back"
NO_ANSWER = ("We still have no answer", "there is still no answer", "There is no answer yet", "had no answer")


def answered_on_the_assignment() -> CaseWorld:
    world = in_tier(2, fields=KNOWN)
    world.message("Olaf Owner", "I will look into it this week.")
    return world


def ticked() -> CaseWorld:
    """An agent ticks it, and nobody of the other side has written."""
    world = in_tier(2, fields=KNOWN)
    world.pass_time(timedelta(hours=1))
    world.agent(changes={"other_side_responded": True})
    assert world.state is State.OTHER_SIDE_RESPONDED
    return world


def untick(world: CaseWorld, **parts: object) -> CaseWorld:
    world.pass_time(timedelta(hours=1))
    world.forget()
    world.agent(changes={"other_side_responded": False}, **parts)
    assert world.state is State.TIER_2
    return world


def texts(world: CaseWorld) -> str:
    """All that the requester and the other side read."""
    letters = [*world.messages(), *world.mails()]
    return "\n".join(
        [*(e.say.text for e in world.public() if isinstance(e.say, Say)), *(str(one) for one in letters)]
    )


def progress(world: CaseWorld) -> str:
    return "\n".join(e.say.progress for e in world.public() if isinstance(e.say, Say))


def test_after_words_on_the_assignment_no_text_says_again_that_there_is_no_answer() -> None:
    world = untick(answered_on_the_assignment())
    world.pass_time(timedelta(days=62))
    assert world.state is State.OFF_PLATFORM
    assert not [words for words in NO_ANSWER if words in texts(world)]
    assert {"tier_3_after_answer", "off_platform_after_answer"} <= set(world.keys())


def test_nor_does_the_letter_to_the_account_manager_say_it() -> None:
    world = untick(answered_on_the_assignment())
    world.pass_time(world.due(Timer.TIER_ENDS))
    [mail] = world.mails()
    assert "The last answer that reached us" in str(mail)
    assert "No answer so far" not in str(mail)


def test_words_by_e_mail_since_do_not_make_those_on_the_assignment_undone() -> None:
    world = answered_on_the_assignment()
    world.reply("sue@client.example", "I am away.")
    assert untick(world).case.heard.answered_at


def test_who_unticks_as_the_note_on_the_silence_says_takes_no_answer_back() -> None:
    for words in (None, "We go on."):
        world = ticked()
        world.pass_time(world.due(Timer.SILENCE))
        assert Timer.SILENCE_UNANSWERED in world.case.deadlines
        parts = {"comment": world.comment(words, public=False)} if words else {}
        assert untick(world, **parts).case.heard.answered_at
        assert world.keys() == []


def test_a_tick_that_is_taken_back_is_taken_back_towards_the_requester_too() -> None:
    world = untick(ticked())
    assert world.keys() == [TAKEN_BACK]
    world.pass_time(timedelta(days=1))
    assert world.keys() == [TAKEN_BACK]


def test_no_date_is_then_counted_from_words_that_nobody_wrote() -> None:
    world = untick(ticked())
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "the other side's last message" not in progress(world)


def test_a_date_is_not_counted_from_a_tick_as_from_a_message() -> None:
    world = ticked()
    world.pass_time(world.due(Timer.SILENCE))
    world.pass_time(world.due(Timer.SILENCE_UNANSWERED))
    assert world.keys()[-1] == "back_after_answer"
    assert "the other side's last message" not in progress(world)


def test_where_an_agent_has_spoken_the_desk_takes_nothing_back_beside_them() -> None:
    before, at_once = ticked(), ticked()
    before.agent(comment=before.comment("They rang us."))
    assert untick(before).keys() == []
    assert untick(at_once, comment=at_once.comment("That was a mistake of ours.")).keys() == []


def test_what_was_not_told_is_not_taken_back() -> None:
    world = in_tier(2, fields=KNOWN)
    world.agent(tags_added=frozenset({"escalation_pause"}))
    world.agent(changes={"status": "other_side_responded"}, tags_added=frozenset({"escalation_pause"}))
    assert world.case.delivery.held_back
    assert untick(world).keys() == []


def test_who_ticks_again_at_once_what_they_unticked_tells_nothing_new_and_no_other_date() -> None:
    world = answered_on_the_assignment()
    wrote = world.case.heard.other_side_at
    untick(world)
    world.pass_time(timedelta(minutes=5))
    world.agent(changes={"other_side_responded": True})
    assert (world.state, world.keys()) == (State.OTHER_SIDE_RESPONDED, [])
    assert (world.case.heard.other_side_at, world.case.heard.answered_at) == (wrote, wrote)
    world.pass_time(timedelta(hours=1))
    world.forget()
    world.message("Olaf Owner", "Done.")
    assert world.case.heard.other_side_at == world.now


def test_nor_are_they_asked_at_once_how_it_goes_on() -> None:
    world = answered_on_the_assignment()
    world.pass_time(world.due(Timer.SILENCE))
    untick(world)
    world.agent(changes={"other_side_responded": True})
    assert world.due(Timer.SILENCE) > world.now + timedelta(days=4)


def test_who_ticks_it_another_day_tells_of_another_answer() -> None:
    world = untick(answered_on_the_assignment())
    world.pass_time(timedelta(hours=20))
    world.agent(changes={"other_side_responded": True})
    assert (world.keys()[-1], world.case.heard.other_side_at) == ("answered", world.now)


def test_what_the_requester_wrote_waits_for_an_agent_as_before() -> None:
    world = answered_on_the_assignment()
    world.requester("And my question?")
    untick(world)
    assert (world.case.requester_open, WAITS_TAG in world.ticket.tags) == (True, True)
    world.pass_time(timedelta(days=2))
    assert "has reached us" in "".join(e.say.after for e in world.public() if isinstance(e.say, Say))


def test_in_a_clients_case_the_same() -> None:
    world = in_tier(2, Party.CLIENT)
    world.message("Wanda Worker", "I will come back on Monday.")
    world.pass_time(timedelta(hours=1))
    world.agent(changes={"other_side_responded": False})
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.keys()[-1] == "tier_3_client_after_answer"
