"""Nobody who has written is told that nothing was heard of them, and agents' notes say what is so in their case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.effects import Say
from escalation.model.values import State, Timer
from escalation.model.views import Absent
from tests.unit.escalation.case_world import CaseWorld, in_tier


def asked() -> CaseWorld:
    """Whose assignment can't be found, and who is asked for its number."""
    world = CaseWorld(seen=Absent("880011"))
    world.arrive()
    assert world.state is State.WAITING_ON_REQUESTER
    return world


def with_a_telephone_number() -> CaseWorld:
    world = asked()
    world.now += timedelta(hours=1)
    world.requester("Please call me at 5550100.")
    assert world.state is State.WAITING_ON_REQUESTER
    return world


def settled() -> CaseWorld:
    """Taken to be settled, since the assignment is paid."""
    world = in_tier()
    world.assigned(status="paid")
    assert world.state is State.CONFIRMING_OUTCOME
    world.now += timedelta(hours=1)
    return world


def test_whoever_has_replied_is_reminded_in_other_words() -> None:
    world = with_a_telephone_number()
    world.pass_time(world.due(Timer.REMINDER))
    assert world.keys() == ["ask", "remind_after_reply"]


def test_whoever_has_replied_is_not_withdrawn_as_silent_but_a_person_reads_it() -> None:
    world = with_a_telephone_number()
    world.pass_time(world.due(Timer.WITHDRAWAL))
    assert world.state is State.NEEDS_REVIEW
    assert "asked to look at what you have written to us" in world.said()[-1]
    assert "withdrawn_unanswered" not in set(world.keys())


def test_whoever_was_silent_is_withdrawn_as_before() -> None:
    world = asked()
    world.pass_time(world.due(Timer.WITHDRAWAL))
    assert world.state is State.WITHDRAWN
    assert world.keys() == ["ask", "remind", "withdrawn_unanswered"]


def test_a_status_that_says_that_the_requester_was_asked_needs_a_question() -> None:
    world = in_tier()
    world.agent(changes={"status": "waiting_on_requester"})
    assert world.state is State.TIER_1
    assert world.ticket_updates()[-1].status is State.TIER_1
    assert "nobody has asked the requester anything" in world.notes()[-1]


def test_a_question_just_before_the_status_is_one() -> None:
    world = in_tier()
    world.agent(comment=world.comment("Which router?"))
    world.now += timedelta(minutes=2)
    world.agent(changes={"status": "waiting_on_requester"})
    assert world.state is State.WAITING_ON_REQUESTER


def test_one_that_was_answered_meanwhile_is_none() -> None:
    world = in_tier()
    world.agent(comment=world.comment("Which router?"))
    world.now += timedelta(minutes=2)
    world.requester("The big one.")
    world.agent(changes={"status": "waiting_on_requester"})
    assert world.state is State.TIER_1


def test_a_requester_who_objects_on_the_assignment_is_heard() -> None:
    world = settled()
    world.message("Wanda Worker", "That is not what we agreed.")
    assert world.state is State.NEEDS_REVIEW
    assert "asked to look at what you have written to us" in world.said()[-1]


def test_who_objects_is_told_that_the_closing_is_off() -> None:
    world = settled()
    world.requester("That is half of the price!")
    [*_, last] = world.public()
    assert last.say and last.say.public
    assert last.say.after.startswith(
        "We had named Wed 4 Mar 2026, 10:00 EST as the day on which we close your request"
    )


def test_a_reply_elsewhere_calls_off_no_closing() -> None:
    world = asked()
    world.pass_time(timedelta(hours=1))
    world.requester("Please call me at 5550100.")
    world.pass_time(world.due(Timer.WITHDRAWAL))
    assert world.state is State.NEEDS_REVIEW
    assert not any("that no longer holds" in e.say.after for e in world.public() if isinstance(e.say, Say))


def test_while_the_assignment_s_number_is_missing_each_text_says_so() -> None:
    world = with_a_telephone_number()
    world.pass_time(world.due(Timer.WITHDRAWAL))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    for one in world.public()[-2:]:
        assert isinstance(one.say, Say)
        assert "There is one thing that we need from you already: the number of the assignment." in one.say.after


def test_where_the_other_side_has_written_nothing_is_said_of_silence() -> None:
    world = settled()
    world.message("Olaf Owner", "I see this otherwise.")
    assert "New message on the assignment: Olaf Owner" in world.notes()[-1]
    world.pass_time(world.due(Timer.CONFIRMATION))
    assert world.keys()[-1] == "resolved_after_word"


def test_where_nobody_has_written_that_is_said() -> None:
    world = settled()
    world.pass_time(world.due(Timer.CONFIRMATION))
    assert world.keys()[-1] == "resolved"


def test_who_is_asked_whether_it_is_settled_is_told_by_when() -> None:
    [*_, last] = settled().public()
    assert last.say and last.say.public
    assert "without word from you we close your request on Wed 4 Mar 2026" in last.say.progress


@pytest.mark.parametrize(
    ("tier", "says"),
    [("2", "The case goes into tier 2. Once it has begun its clock runs"),
     ("3", "The case goes into tier 3, the last one.")],
)  # fmt: skip
def test_a_case_that_begins_in_a_later_tier_is_not_said_to_begin_on_the_assignment(tier: str, says: str) -> None:
    world = asked()
    world.agent(changes={"tier": tier})
    assert says in "".join(world.notes())
    assert "A message goes to the other side on the assignment." not in "".join(world.notes())


def test_an_assignment_that_nobody_sees_gets_no_message() -> None:
    world = asked()
    world.agent(changes={"tier": "1"})
    assert "The case goes into tier 1." in "".join(world.notes())


def test_agents_of_a_mute_case_are_not_told_that_it_goes_back_by_itself() -> None:
    world = in_tier()
    world.message("Olaf Owner", "Soon.")
    world.case.muted = True
    world.pass_time(world.due(Timer.SILENCE))
    assert "Nothing is sent to anyone meanwhile" in world.notes()[-1]
    assert "goes back by itself" not in world.notes()[-1]


def test_a_reply_by_e_mail_is_not_called_a_message_on_the_assignment() -> None:
    world = in_tier(2)
    world.agent(changes={"status": "needs_review"})
    world.reply(world.mails()[0].to_email)
    assert "A reply to our e-mail: " in world.notes()[-1]


def test_who_asks_a_second_time_is_told_nothing_of_what_may_not_have_arrived() -> None:
    said = in_tier().policy.texts.templates["joined"]
    assert "have added" not in said and "already working" not in said
