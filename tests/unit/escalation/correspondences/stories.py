"""Typical cases: each end, each way back, each kind of review, and both readings of business time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from escalation.model.events import PauseAsked
from escalation.model.values import Party
from escalation.model.views import Absent, Contact, Message, Rival
from tests.unit.escalation.case_world import (
    START,
    WORKER,
    CaseWorld,
    assignment,
    in_tier,
    local,
    policy,
)

KNOWN: Final = {"account_manager_email": "amy@workmarket.example"}
"""What an agent has filled in, so that the account manager is known."""


def _world(**changes: object) -> CaseWorld:
    world = CaseWorld(**changes)  # type: ignore[arg-type]
    world.says("The requester", "Nobody answers.")
    world.arrive()
    return world


def _reply(world: CaseWorld, text: str, **parts: object) -> None:
    world.says("The requester", text)
    world.requester(text, **parts)


def _agent(world: CaseWorld, does: str, **parts: object) -> None:
    world.says("An agent", does)
    world.agent(**parts)


def _other_side(world: CaseWorld, text: str) -> None:
    world.says("The other side, on the assignment", text)
    world.message("Olaf Owner", text)


def _until_it_ends(world: CaseWorld) -> CaseWorld:
    """Let time pass until there is nothing to wait for, two months at most."""
    world.pass_time(timedelta(days=62))
    return world


def _tick_taken_back() -> CaseWorld:
    world = _world(fields=KNOWN)
    world.pass_time(local(2026, 3, 3, 11))
    _agent(world, "(ticks “Other side responded”)", changes={"other_side_responded": True})
    world.pass_time(timedelta(hours=4))
    _agent(world, "(unticks “Other side responded”: it was another case)", changes={"other_side_responded": False})
    world.pass_time(timedelta(days=8))
    return world


def _nobody_to_ask() -> CaseWorld:
    return _until_it_ends(_world())


def _no_project_manager() -> CaseWorld:
    return _until_it_ends(_world(seen=assignment(support_contact=Contact())))


def _answered_then_silent() -> CaseWorld:
    world = _world(fields=KNOWN)
    world.pass_time(local(2026, 3, 5, 11))
    _other_side(world, "I will look into it this week.")
    return _until_it_ends(world)


def _answered_and_passed_on() -> CaseWorld:
    world = _world()
    world.pass_time(local(2026, 3, 3, 11))
    _other_side(world, "The photos of the rack are missing.")
    world.now += timedelta(hours=1)
    told = "The client says that the photos of the rack are missing. Can you add them?"
    _agent(world, f"(to the requester) {told}", comment=world.comment(told))
    world.pass_time(timedelta(days=5))
    _reply(world, "They are there now.")
    world.assigned(status="paymentpending")
    world.pass_time(timedelta(days=5))
    told = "Thank you, we have seen that they are there, and that it was approved. We close this now."
    _agent(
        world,
        f"(to the requester, and solves the ticket) {told}",
        comment=world.comment(told),
        changes={"status": "solved"},
    )
    return _until_it_ends(world)


def _account_manager_replies() -> CaseWorld:
    world = _world(fields=KNOWN)
    world.pass_time(local(2026, 3, 9, 11))
    text = "I have called them and will hear back on Thursday."
    world.says("The account manager, by e-mail", text)
    world.reply(KNOWN["account_manager_email"], text, tier=3)
    world.pass_time(timedelta(days=6))
    return world


def _asked(**changes: object) -> CaseWorld:
    return _world(seen=assignment(messages=()), **changes)


def _question_answered() -> CaseWorld:
    world = _asked()
    world.pass_time(timedelta(days=1))
    world.says("The requester, on the assignment", "Please approve my work.")
    world.message("Wanda Worker", "Please approve my work.")
    return world


def _question_unanswered() -> CaseWorld:
    return _until_it_ends(_asked())


def _reply_without_a_number() -> CaseWorld:
    world = CaseWorld(fields={"assignment_id": ""})
    world.says("The requester", "Nobody answers.")
    world.look(assignment=None)
    world.settle()
    world.pass_time(timedelta(days=1))
    _reply(world, "It is the one in Newark.")
    world.pass_time(timedelta(days=20))
    return world


def _early(**changes: object) -> CaseWorld:
    done = START - timedelta(hours=20)
    said = Message(START - timedelta(hours=1), "Wanda Worker", "Please approve.")
    return _world(seen=assignment(checked_out=done, checked_in=None, messages=(said,)), **changes)


def _too_early() -> CaseWorld:
    world = _early()
    world.pass_time(timedelta(days=6))
    return world


def _too_early_then_paid() -> CaseWorld:
    world = _early()
    world.assignment = replace(world.assignment, status="paid")  # type: ignore[type-var]
    return _until_it_ends(world)


def _identity_unknown() -> CaseWorld:
    world = _world(requester=replace(WORKER, verified=False))
    world.pass_time(timedelta(days=9))
    _agent(world, "(puts the case in tier 1)", changes={"tier": "1"})
    return world


def _labelled() -> CaseWorld:
    world = _world(rules=replace(policy(), violation_labels=("Under review",)))
    world.pass_time(timedelta(days=1))
    world.assigned(labels=("Under review",))
    world.pass_time(timedelta(days=5))
    return world


def _reason_changed() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    _agent(world, "(changes the reason)", changes={"reason": "payment_dispute"})
    world.pass_time(timedelta(days=5))
    return world


def _objected() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    world.assigned(status="paymentpending")
    _reply(world, "That is half of the price!")
    world.pass_time(timedelta(days=5))
    return world


def _other_end() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    world.assigned(status="refunded")
    world.pass_time(timedelta(days=5))
    return world


def _violation() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    _agent(world, "(ticks “Violation reported”)", changes={"violation_reported": True})
    return world


def _too_old() -> CaseWorld:
    done = START - timedelta(days=250)
    return _world(seen=assignment(scheduled=done, checked_in=done - timedelta(hours=2), checked_out=done))


def _confirmed() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    world.assigned(status="paymentpending")
    return _until_it_ends(world)


def _taken_back() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    _reply(world, "It is settled, thank you.", changes={"status": "solved"})
    world.pass_time(timedelta(days=1))
    _reply(world, "I was wrong, nothing has happened.")
    world.pass_time(timedelta(days=5))
    return world


def _joined() -> CaseWorld:
    world = CaseWorld()
    world.says("The requester, a second time", "Nobody answers.")
    world.look(rival=Rival("C-0", "34", WORKER.id))
    world.settle()
    return world


def _paused() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    world.says("An agent", "(pauses the case for six days)")
    world.tell(PauseAsked(world.now + timedelta(days=6), "The worker is away.", "Ada Agent"))
    world.settle()
    world.pass_time(timedelta(days=8))
    return world


def _friday_night() -> CaseWorld:
    late = local(2026, 3, 6, 23, 30)
    world = CaseWorld(created_at=late)
    world.now = late
    world.says("The requester", "Nobody answers.")
    world.arrive()
    world.pass_time(timedelta(days=5))
    return world


def _office_hours() -> CaseWorld:
    rules = replace(policy(), calendar=replace(policy().calendar, reading="office_hours"))
    return _until_it_ends(_world(rules=rules, fields=KNOWN))


def _answered_in_a_review() -> CaseWorld:
    world = _world()
    world.pass_time(local(2026, 4, 7, 11))
    _other_side(world, "Sorry, I was ill. We pay on Friday.")
    world.pass_time(local(2026, 4, 10, 15))
    _agent(world, "(puts the case in tier 2)", changes={"tier": "2"})
    world.pass_time(timedelta(days=5))
    return world


def _hidden() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    world.assignment = Absent("880011")
    world.look()
    world.settle()
    world.pass_time(timedelta(days=5))
    return world


def _asks_a_question() -> CaseWorld:
    world = _world()
    world.pass_time(timedelta(days=1))
    _reply(world, "Has anybody answered yet?")
    world.now += timedelta(hours=2)
    _reply(world, "Hello?")
    world.pass_time(timedelta(days=2))
    return world


def _message_that_nobody_read() -> CaseWorld:
    world = _world(fields=KNOWN)
    world.pass_time(local(2026, 3, 26, 11))
    _reply(world, "Hello? Is anybody there?")
    return _until_it_ends(world)


def _in_language(locale: str) -> Callable[[], CaseWorld]:
    def story() -> CaseWorld:
        world = _world(requester=replace(WORKER, locale=locale), fields=KNOWN)
        world.pass_time(local(2026, 3, 5, 11))
        _other_side(world, "I will look into it this week.")
        return _until_it_ends(world)

    return story


def _client_answered_then_silent() -> CaseWorld:
    world = in_tier(2, Party.CLIENT)
    world.pass_time(timedelta(days=1))
    text = "I will come back on Monday."
    world.says("The worker, on the assignment", text)
    world.message("Wanda Worker", text)
    return _until_it_ends(world)


STORIES: Final[dict[str, tuple[str, Callable[[], CaseWorld]]]] = {
    "nobody_to_ask": ("A month in which nobody answers, and no account manager is known", _nobody_to_ask),
    "no_project_manager": ("A month in which neither manager is known", _no_project_manager),
    "answered_then_silent": ("The other side answers, and is silent again", _answered_then_silent),
    "answered_and_passed_on": (
        "The other side answers, an agent passes it on, it is approved",
        _answered_and_passed_on,
    ),
    "tick_taken_back": ("An agent ticks an answer that was none, and takes it back", _tick_taken_back),
    "client_answered_then_silent": (
        "A client's case: the worker answers, and is silent again",
        _client_answered_then_silent,
    ),
    "answered_in_a_review": (
        "The other side answers while a person is asked at the month's end",
        _answered_in_a_review,
    ),
    "account_manager_replies": ("The account manager replies", _account_manager_replies),
    "question_of_the_requester": ("The requester asks how it stands", _asks_a_question),
    "message_that_nobody_read": ("A message that nobody at the desk reads", _message_that_nobody_read),
    "question_answered": ("A question of the desk is answered", _question_answered),
    "question_unanswered": ("A question of the desk is not answered", _question_unanswered),
    "reply_without_a_number": ("A reply that does not say which assignment", _reply_without_a_number),
    "too_early": ("A request that comes too early", _too_early),
    "too_early_then_paid": ("A request that comes too early, and is paid meanwhile", _too_early_then_paid),
    "too_old": ("A request that comes too late", _too_old),
    "review_of_identity": (
        "A review: who the requester is, until an agent puts it in tier 1",
        _identity_unknown,
    ),
    "review_of_a_label": ("A review: a label that may mean a violation", _labelled),
    "review_of_a_change": ("A review: an agent changes the reason", _reason_changed),
    "review_of_an_objection": ("A review: the requester objects to an outcome", _objected),
    "review_of_another_end": ("A review: the assignment ends in another way", _other_end),
    "violation": ("A violation is reported in mid-case", _violation),
    "confirmed": ("Approved, and nobody objects", _confirmed),
    "taken_back": ("The requester takes it back, and writes again", _taken_back),
    "joined": ("A second request of the same requester", _joined),
    "paused": ("A pause over the end of a tier", _paused),
    "friday_night": ("A request of a Friday night", _friday_night),
    "office_hours": ("A month where only opening hours count", _office_hours),
    "hidden": ("The assignment can no longer be seen", _hidden),
    "in_spanish": ("In Spanish: the other side answers, and is silent again", _in_language("es-419")),
    "in_german": ("In German: the other side answers, and is silent again", _in_language("de")),
}
