"""An update says what was done for the requester and what comes next, as it is at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from escalation.model.effects import StartConversation, UpdateTicket
from escalation.model.events import Done, PauseAsked, Unsettled
from escalation.model.values import State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier, local, policy

AMY = {"account_manager_email": "amy@workmarket.example"}
MESSAGE = "We left a message for the other side on the assignment on Mon 2 Mar 2026, 10:00 EST."
LETTER = "We wrote to Sue Support, the contact that the assignment names, on Wed 4 Mar 2026, 10:00 EST."
PROJECT_MANAGER = "Sue Support, the contact that the assignment names"
ACCOUNT_MANAGER = "we ask the account manager, who looks after the client at WorkMarket, to reach out."
NOTHING_BY = "If we hear nothing from the other side by"
TO_TIER_2 = f"{NOTHING_BY} Wed 4 Mar 2026, 10:00 EST, we write to {PROJECT_MANAGER}."
TO_TIER_3 = f"{NOTHING_BY} Fri 6 Mar 2026, 10:00 EST, {ACCOUNT_MANAGER}"
UNTIL = "Without an answer, we work on this until Thu 2 Apr 2026, 10:00 EDT."
MONTH_ENDS = datetime.fromisoformat("2026-04-02T14:00:00+00:00")


def told(world: CaseWorld) -> list[str]:
    """What stood behind each text to the requester."""
    return [e.say.progress for e in world.public() if e.say and e.say.public]


def last(world: CaseWorld) -> str:
    return told(world)[-1]


def test_a_tier_s_text_says_what_comes_next_and_until_when() -> None:
    assert told(in_tier(2, fields=AMY)) == [f"{TO_TIER_2} {UNTIL}", f"{TO_TIER_3} {UNTIL}"]


@pytest.mark.parametrize("tier", [1, 2])
def test_a_letter_that_is_out_is_not_announced_once_more(tier: int) -> None:
    world = in_tier(3, fields=AMY)
    world.pass_time(timedelta(hours=2))
    world.agent(changes={"tier": str(tier)})
    assert world.case.tier == tier
    assert last(world) == UNTIL
    world.forget()
    world.pass_time(timedelta(days=9))
    assert not world.mails()


def test_in_the_last_tier_an_update_says_what_was_done_and_when_the_month_ends() -> None:
    world = in_tier(3, fields=AMY)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert last(world) == (
        "On Fri 6 Mar 2026, 10:00 EST, we asked the account manager to reach out. "
        "If we hear nothing from the other side by Thu 2 Apr 2026, 10:00 EDT, "
        "we close your request and write to you then."
    )


def test_an_update_between_two_tiers_says_both() -> None:
    world = in_tier(2, rules=replace(policy(), tier_2_hours=480), fields=AMY)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert last(world).startswith(f"{LETTER} If we hear nothing from the other side by ")
    assert last(world).endswith(f"{ACCOUNT_MANAGER} {UNTIL}")


def test_what_was_not_sent_is_not_said_to_be() -> None:
    world = in_tier(3)  # there is no address of an account manager
    assert world.case.delivery.unsent == (3,)
    assert last(world).startswith(f"{LETTER} If we hear nothing from the other side by Thu 2 Apr")


def test_a_message_of_which_nobody_knows_whether_it_arrived_is_not_said_to_have() -> None:
    world = CaseWorld()
    world.look()
    world.tell(Unsettled(world.messages()[0].id, "Two of them.", "both"))
    world.open.clear()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "We left a message" not in " ".join(told(world))


def test_after_an_answer_nothing_is_said_of_no_answer() -> None:
    world = in_tier(2)
    world.reply(world.mails()[0].to_email)
    world.forget()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert last(world) == (
        "We had word from the other side on Wed 4 Mar 2026, 10:00 EST. "
        "If nothing more is said by Wed 11 Mar 2026, 10:00 EDT, we ask a person at the desk how it goes on."
    )


def test_where_a_person_looks_an_update_says_when_the_next_comes() -> None:
    world = CaseWorld(fields={"reason": "payment_dispute"}, seen=None)
    world.ticket = replace(world.ticket, requester=replace(world.ticket.requester, email="x@example.com"))
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert last(world) == "Our next update is planned for Fri 6 Mar 2026, 10:00 EST."


def test_while_a_tier_s_message_hangs_no_moment_that_has_passed_is_promised() -> None:
    world = in_tier(fields=AMY)
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    world.open.clear()  # the e-mail hangs
    world.pass_time(timedelta(minutes=16))
    assert last(world) == f"{MESSAGE} {UNTIL}"


def test_what_a_pause_held_back_is_said_as_things_are_at_its_end() -> None:
    world = in_tier(2, rules=replace(policy(), tier_2_hours=480))
    mail = world.mails()[0]
    world.tell(PauseAsked(world.now + timedelta(days=6), "Holidays", "ada"))
    world.settle()
    world.forget()
    world.pass_time(timedelta(days=8))
    assert told(world)[0].startswith(LETTER)
    assert "Wed 4 Mar 2026, 10:00 EST, we" not in told(world)[0]
    assert mail.id in world.case.delivery.messaged.values()


def test_the_same_is_said_twice_only_where_nothing_moved() -> None:
    world = in_tier(fields=AMY)
    before: tuple[object, ...] = ()
    seen = ""
    while not world.case.ended:
        world.forget()
        world.pass_time(timedelta(hours=6))
        for text in told(world):
            case = world.case
            now = (case.state, case.delivery.messaged_at, world.case.deadlines.get(Timer.TIER_ENDS))
            assert text != seen or now == before
            seen, before = text, now
    assert world.state is State.OFF_PLATFORM


def test_a_policy_may_leave_it_to_the_team_s_text() -> None:
    world = in_tier(3, rules=replace(policy(), tell_progress=False), fields=AMY)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert set(told(world)) == {""}


def test_a_late_letter_counts_from_when_it_was_sent() -> None:
    world = in_tier(fields=AMY)
    world.now = world.due(Timer.TIER_ENDS)
    world.look()
    mail = next(e for e in world.open if isinstance(e, StartConversation))
    world.open.remove(mail)
    world.settle()
    world.now = local(2026, 3, 4, 14)
    world.tell(Done(mail.id, world.now))
    world.settle()
    assert "by Fri 6 Mar 2026, 14:00 EST, we ask the account manager" in last(world)
    assert isinstance(world.public()[-1], UpdateTicket)
