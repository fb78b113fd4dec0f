"""What became of an effect: proved done, refused for good, or in the hands of a person."""

from __future__ import annotations

from escalation.effects import CreateTicket, Say
from escalation.events import Done, Refused, Unsettled
from escalation.plain import quote
from escalation.tiers import message_refused, message_sent
from escalation.timers import derive
from escalation.turn import Turn
from escalation.values import TIER_OF, UPDATED, Timer


def done(turn: Turn, event: Done) -> None:
    """Take in that an effect is proved done; what it said counts from the vendor's moment of it."""
    case = turn.case
    if message_sent(turn, event.effect_id):
        return
    if event.effect_id in case.said:
        _said(turn, event)
    elif "ticket_id" in event.result and case.ended:
        case.ticket_id = event.result["ticket_id"]
        case.seen_update, case.adopting = 0, True
        turn.record(f"moved to ticket {case.ticket_id}", "It is the follow-up that was owed.")


def _said(turn: Turn, event: Done) -> None:
    case = turn.case
    timers = case.said.pop(event.effect_id)
    case.last_public = max(filter(None, (event.at, case.last_public if not timers else None)))
    turn.record("told the requester", "The comment is on the ticket.")
    if case.state in TIER_OF and Timer.MONTH_ENDS in timers and case.opened == case.month_from:
        case.opened = case.month_from = event.at
    for timer in timers:
        if timer in case.deadlines:
            turn.arm(timer, derive(timer, event.at, case, turn.policy))
    if Timer.NEXT_UPDATE not in timers and case.state in UPDATED and Timer.NEXT_UPDATE in case.deadlines:
        turn.arm_from(Timer.NEXT_UPDATE, event.at)


def refused(turn: Turn, event: Refused) -> None:
    """Go on without an effect that will never be done; it stays visible as a dead letter."""
    case = turn.case
    if message_refused(turn, event.effect_id, event.reason):
        return
    timers = case.said.pop(event.effect_id, None)
    turn.record(f"could not be done: {event.code}", event.reason)
    if event.code == "closed" and case.ended and event.owed:
        _follow_up(turn, event.owed)
    elif event.code in ("closed", "gone") and not case.ended:
        turn.look("ticket")
    elif timers is not None and not case.ended:
        turn.note("note.undelivered", what="a comment to the requester", reason=event.reason)


def _follow_up(turn: Turn, owed: str) -> None:
    """Make a follow-up of a closed ticket for the one text that the requester is still owed."""
    case = turn.case
    number = case.assignment_id or ""
    turn.effects.append(
        CreateTicket(
            turn.effect_id(),
            turn.text("followup_subject", assignment_id=number),
            Say(owed, public=True),
            requester_id=case.requester.id,
            fields=case.fields,
            status=case.state,
            followup_of=case.ticket_id,
        )
    )
    turn.record("making a follow-up", "The ticket was closed before its last text could be sent.")


def unsettled(turn: Turn, event: Unsettled) -> None:
    """Hand a message whose fate reading can't tell to a person, with both texts; nothing is sent again."""
    case = turn.case
    reference = case.references.get(event.effect_id, "")
    ours = quote(case.posted.get(reference, ""))
    if event.waiting:
        hours = f"{turn.policy.unreadable_hours:g}"
        turn.note("note.unreadable_post", hours=hours, ours=ours)
    else:
        turn.note("note.unsettled_post", ours=ours, found=quote(event.found))
    turn.record("a message is unsettled", event.reason)
    if not event.waiting:
        message_sent(turn, event.effect_id)
