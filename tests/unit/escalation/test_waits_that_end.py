"""A wait that is over: a review that took long, a pause, a question; and what shortens a review."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.events import PauseAsked, ResumeAsked
from escalation.model.values import Party, State, Timer
from escalation.model.views import Contact
from tests.unit.escalation.case_world import WORKER, CaseWorld, assignment, clients_world, in_tier, local

STRANGER = replace(WORKER, verified=False)
VERIFY = "Your e-mail address is not verified in our help center yet."
SORRY = "We are sorry that it took so long"
PLANS = "What we had planned for that time follows now."
MONTH = "was not made longer by that: it ends on Thu 2 Apr 2026, 10:00 EDT."
NO_CLOSE = "We had named Tue 17 Mar 2026, 10:00 EDT as the day on which we close your request"
OWED = "What the requester was to hear meanwhile becomes one message to them."


def after(world: CaseWorld) -> str:
    return world.last_said().after


def of_a_stranger(**changes: object) -> CaseWorld:
    world = CaseWorld(**{"requester": STRANGER, **changes})  # type: ignore[arg-type]
    world.arrive()
    assert world.state is State.NEEDS_REVIEW
    return world


@pytest.mark.parametrize(
    ("locale", "sorry"),
    [
        ("en", "your request waited from Mon 2 Mar 2026, 10:00 EST to Wed 11 Mar 2026, 11:00 EDT for a person"),
        ("es-419", "estuvo a la espera de una persona del equipo desde el lunes 2 de marzo de 2026"),
        ("de", "hat von Mo., 2. März 2026, 10:00 Uhr EST bis Mi., 11. März 2026, 11:00 Uhr EDT auf jemanden"),
    ],
)
def test_after_a_review_that_took_long_the_first_text_says_so_once(locale: str, sorry: str) -> None:
    world = of_a_stranger(requester=replace(STRANGER, locale=locale))
    world.pass_time(timedelta(days=9))
    world.agent(changes={"tier": "1"})
    assert world.state is State.TIER_1
    assert sorry in after(world)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert sorry not in after(world)


def test_after_a_short_one_nothing_is_said_of_it() -> None:
    world = of_a_stranger()
    world.pass_time(timedelta(days=1))
    world.agent(changes={"tier": "1"})
    assert SORRY not in after(world)


def test_nor_where_an_agent_has_written_to_them_meanwhile() -> None:
    world = of_a_stranger()
    world.pass_time(timedelta(days=5))
    world.agent(comment=world.comment("I am sorry that it takes so long."))
    world.pass_time(timedelta(days=4))
    world.agent(changes={"tier": "1"})
    assert SORRY not in after(world)


def test_who_can_verify_their_e_mail_is_told_so_and_not_in_each_short_update() -> None:
    world = of_a_stranger()
    assert VERIFY in after(world)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_review_again"
    assert VERIFY not in after(world)


def test_once_it_is_verified_a_reply_has_the_request_checked_again() -> None:
    world = of_a_stranger()
    world.pass_time(timedelta(days=1))
    world.ticket = replace(world.ticket, requester=WORKER)
    world.requester("Done.")
    assert world.state is State.TIER_1
    assert world.keys()[-1] == "tier_1"
    assert world.keys().count("acknowledged") == 0
    assert "nobody at the desk has answered it yet" not in after(world)
    assert "The requester's verified e-mail is the assignment's worker's." in "".join(world.notes())


def test_one_that_is_somebody_else_s_goes_on_waiting_for_a_person() -> None:
    stranger = replace(STRANGER, email="else@example.com")
    world = of_a_stranger(requester=stranger)
    assert VERIFY in after(world)
    world.ticket = replace(world.ticket, requester=replace(stranger, verified=True))
    world.requester("Done.")
    assert world.keys()[-1] == "acknowledged"
    assert world.case.requester_open
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.state is State.NEEDS_REVIEW
    assert VERIFY not in after(world)


def test_a_client_whose_request_is_not_signed_is_not_sent_to_verify_anything() -> None:
    world = clients_world(signed_email=None, requester=replace(WORKER, verified=False))
    world.arrive()
    assert (world.state, world.case.party) == (State.NEEDS_REVIEW, Party.CLIENT)
    assert VERIFY not in after(world)


def paused(world: CaseWorld, days: int) -> CaseWorld:
    world.tell(PauseAsked(world.now + timedelta(days=days), "The worker is away.", "Ada Agent"))
    world.settle()
    return world


def test_after_a_pause_over_a_tier_s_end_the_requester_reads_that_it_follows_and_that_the_month_stays() -> None:
    world = paused(in_tier(), 7)
    world.pass_time(timedelta(days=8))
    assert world.state is State.TIER_2
    assert PLANS in after(world)
    assert MONTH in after(world)
    assert OWED in "".join(world.notes())


def test_where_the_tier_has_nobody_to_write_to_nothing_is_said_to_follow() -> None:
    world = paused(in_tier(seen=assignment(support_contact=Contact())), 7)
    world.pass_time(timedelta(days=8))
    assert world.keys()[-1] == "tier_2_looking"
    assert "on hold from" in after(world)
    assert PLANS not in after(world)


def test_a_pause_once_the_month_is_over_says_nothing_of_when_the_month_ends() -> None:
    world = in_tier(seen=assignment(support_contact=Contact()))
    world.pass_time(local(2026, 4, 3, 11))
    assert world.state is State.NEEDS_REVIEW
    paused(world, 3)
    world.pass_time(timedelta(days=3, hours=2))
    assert "on hold from" in after(world)
    assert "was not made longer by that" not in after(world)


def test_a_pause_in_which_nothing_was_planned_promises_nothing() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(hours=3), "lunch", "Ada Agent"))
    world.settle()
    world.now += timedelta(hours=1)
    world.tell(ResumeAsked("ops"))
    world.settle()
    assert OWED not in "".join(world.notes())
    assert world.notes()[-1].startswith("The pause has ended.")
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert "on hold" in after(world)
    assert PLANS not in after(world)


def test_an_agent_who_moves_a_paused_case_puts_their_step_in_place_of_what_was_planned() -> None:
    world = paused(in_tier(fields={"account_manager_email": "amy@workmarket.example"}), 7)
    world.pass_time(local(2026, 3, 6, 10))
    world.agent(changes={"tier": "3"})
    assert world.case.tier == 3
    assert "on hold" in after(world)
    assert PLANS not in after(world)


def asked_by_an_agent(days: int) -> CaseWorld:
    """An agent asks the requester something in a tier; no answer has come after so many days."""
    world = in_tier()
    world.pass_time(timedelta(days=1))
    asked = world.comment("Can you send the photos?")
    world.agent(comment=asked, changes={"status": "waiting_on_requester"})
    world.pass_time(timedelta(days=days))
    assert world.state is State.WAITING_ON_REQUESTER
    return world


def test_a_close_that_a_question_named_is_taken_back_once_when_the_other_side_answers() -> None:
    world = asked_by_an_agent(days=2)
    assert "If nothing has come by Tue 17 Mar 2026" in world.last_said().text
    world.message("Olaf Owner", "I approve it on Friday.")
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert NO_CLOSE in after(world)
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert NO_CLOSE not in after(world)


def test_one_that_nobody_has_named_yet_is_not_taken_back() -> None:
    world = asked_by_an_agent(days=1)
    world.message("Olaf Owner", "I approve it on Friday.")
    assert world.state is State.OTHER_SIDE_RESPONDED
    assert NO_CLOSE not in after(world)


def test_nor_is_one_of_a_request_that_has_ended_meanwhile_and_comes_back() -> None:
    world = asked_by_an_agent(days=2)
    world.now += timedelta(hours=13)
    world.message("Olaf Owner", "I approve it on Friday.")
    world.agent(comment=world.comment("We close it, as agreed."), changes={"status": "solved"})
    assert world.state is State.RESOLVED
    world.pass_time(timedelta(days=3))
    world.requester("It is not settled.")
    world.agent(changes={"tier": "2"})
    world.pass_time(timedelta(days=1))
    assert world.state is State.TIER_2
    assert world.last_said().text.startswith("Hello,\n\nWe")
    assert NO_CLOSE not in after(world)
