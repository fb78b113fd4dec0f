"""What became of an effect: proved done, refused for good, or in the hands of a person."""

from __future__ import annotations

from dataclasses import replace

from escalation.engine.journaled import AGENTS_ASKED, TOLD
from escalation.engine.repeating import end_update
from escalation.engine.turn import Turn
from escalation.handlers.digests import told_together
from escalation.handlers.entering import message_refused, message_sent
from escalation.handlers.files import file_done, file_refused, file_unsent, file_unsettled
from escalation.handlers.posting import post_done, post_refused, post_unsettled
from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.effect_kinds import EFFECT_KINDS
from escalation.model.effects import CreateTicket, Say, UpdateTicket
from escalation.model.events import Done, Refused, Unsent, Unsettled
from escalation.model.mappings import without
from escalation.model.plain import inline, quote
from escalation.model.seen import UNSEEN
from escalation.model.values import UNWRITABLE, Cause, State, Timer


def done(turn: Turn, event: Done) -> None:
    """Take in that an effect is proved done; what it said counts from the vendor's moment of it."""
    case = turn.case
    if macro := event.result.get("withheld"):
        turn.note_seldom("note.internal_macro", macro=inline(macro))
        turn.record("a macro's words were not said", f"The comment of “{macro}” is internal.")
    post_done(turn, event.effect_id)
    people_asked(turn, event)
    if "beside" in event.result:
        told_together(turn, event)
    if file_done(turn, event) or message_sent(turn, event.effect_id, event.at):
        return
    if event.effect_id in case.delivery.counted_from:
        _said(turn, event)
    elif case.followup and event.effect_id == case.followup and "ticket_id" in event.result:
        case.ticket_id, case.followup = event.result["ticket_id"], ""
        case.shown_due = None
        case.heard = replace(case.heard, seen=UNSEEN, seen_update=0)
        turn.record(f"moved to ticket {case.ticket_id}", "It is the follow-up that was owed.")


def people_asked(turn: Turn, event: Done) -> None:
    """The note is there that asks agents to reach the other side themselves."""
    delivery = turn.case.delivery
    if tier := delivery.asking.get(event.effect_id):
        asking, asked = without(delivery.asking, event.effect_id), {**delivery.people_asked, tier: event.at}
        turn.case.delivery = replace(delivery, asking=asking, people_asked=asked)
        turn.record(f"{AGENTS_ASKED}{tier}", "The note that asks them is on the ticket.")


def _said(turn: Turn, event: Done) -> None:
    case = turn.case
    armed = _no_longer_counted(case, event.effect_id)
    if event.result.get("text") == "":
        _left_out(turn, armed)
        return
    turn.record(TOLD, "The comment is on the ticket.")
    end_update(case, event.effect_id)
    # A deadline that was set anew meanwhile has another generation and counts from something else.
    timers = [timer for timer, deadline in case.deadlines.items() if deadline.generation in armed]
    if Timer.NEXT_UPDATE in timers:
        case.last_public = event.at
    if Timer.MONTH_ENDS in timers and case.opened == case.month_from:
        case.opened = case.month_from = event.at
    for timer in timers:
        turn.arm_from(timer, event.at)
    turn.heard_publicly(event.at)


def _left_out(turn: Turn, armed: tuple[int, ...]) -> None:
    """Something newer is on its way to the requester; where nothing is, they hear at once how it stands now."""
    if turn.case.delivery.counted_from:
        turn.record("an update without news was left out", "Something newer was on its way to the requester.")
    else:
        turn.record("a text was left out", "What it said was not so any more when it could be sent.")
        _count_anew(turn, armed)


def _no_longer_counted(case: Case, effect_id: str) -> tuple[int, ...]:
    """Take a comment off those on their way; the generations of the deadlines that counted from it."""
    counted = case.delivery.counted_from
    case.delivery = replace(case.delivery, counted_from=without(counted, effect_id))
    return counted.get(effect_id, ())


def refused(turn: Turn, event: Refused) -> None:
    """Go on without an effect that will never be done; it stays visible as a dead letter."""
    case = turn.case
    if file_refused(turn, event) or post_refused(turn, event):
        return
    if message_refused(turn, event.effect_id, event.reason):
        return
    is_public = event.effect_id in case.delivery.counted_from
    armed = _no_longer_counted(case, event.effect_id)
    turn.record(f"could not be done: {event.code}", event.reason)
    if event.code == "closed" and case.ended and event.owed:
        _follow_up(turn, event.owed)
    elif event.effect_id == case.followup and event.owed and case.ended:
        _return(turn, event)
        turn.be_silent()  # the old ticket is closed
        _follow_up(turn, event.owed)
    elif event.update is not None and event.update.status in (None, case.state):
        words_alone(turn, event, event.update, armed)
    elif event.code in ("closed", "gone") and not case.ended:
        turn.look("ticket", anew=True)
    elif is_public:
        passed = tuple(deadline.generation for deadline in case.deadlines.values() if deadline.due <= turn.now)
        _count_anew(turn, tuple(generation for generation in armed if generation in passed))
        turn.note("note.undelivered", what="a comment to the requester", reason=inline(event.reason).rstrip("."))


def words_alone(turn: Turn, event: Refused, update: UpdateTicket, armed: tuple[int, ...]) -> None:
    """Say what a refused update said, without what Zendesk refused in it.

    A ticket that can't be solved is not solved: the case comes back to a person, who mends that and solves it.
    """
    ending = update.status is not None and update.status.ended
    if isinstance(update.say, Say):
        turn.say_once(update.say, at_any_hour=True)
    elif update.say is not None:
        turn.notes.append(update.say.text)
    if event.code == "required":
        turn.fields.update(update.fields)
        turn.add_tags += update.add_tags
        turn.remove_tags += update.remove_tags
    turn.armed += [timer for timer, deadline in turn.case.deadlines.items() if deadline.generation in armed]
    _tell_why(turn, event, "solve" if ending else "change")
    if ending:
        _return(turn, event)


def _tell_why(turn: Turn, event: Refused, what: str) -> None:
    if event.lacking:
        names = ", ".join(f"“{inline(one)}”" for one in event.lacking)
        turn.note_seldom(f"note.required_to_{what}", fields=names)
    else:
        turn.note_seldom(f"note.cannot_{what}", reason=inline(event.reason).rstrip("."))


def _return(turn: Turn, event: Refused) -> None:
    """A case that has ended, on a ticket that can't: a person's, and mute, since everything has been said."""
    turn.case.muted = True
    turn.move(Cause.RETURNED, f"The ticket can't be solved. {event.reason}")


def unsent(turn: Turn, event: Unsent) -> None:
    """Tell agents what nobody has got for days; it waits for a person, and so does what depends on it."""
    case = turn.case
    file_unsent(turn, event)
    turn.record("could not be sent for days", event.reason)
    _count_anew(turn, _no_longer_counted(case, event.effect_id))
    if case.ended_by in UNWRITABLE:
        return
    if event.text:
        said, reason = quote(event.text), inline(event.reason).rstrip(".")
        letter = f"out-{event.effect_id}"
        turn.note("note.never_sent", what=EFFECT_KINDS[event.kind].called, reason=reason, letter=letter, ours=said)
    if event.shows and case.state is not State.CHECKING:
        _show_again(turn)


def _count_anew(turn: Turn, armed: tuple[int, ...]) -> None:
    """What counted from a text that nobody got counts from now, and the requester hears from the desk at once."""
    for timer, deadline in tuple(turn.case.deadlines.items()):
        if deadline.generation in armed and timer is Timer.NEXT_UPDATE:
            turn.arm_at(timer, turn.now, "Due at once: the last text to the requester was not sent.")
        elif deadline.generation in armed:
            turn.arm_from(timer, turn.now)


def _show_again(turn: Turn) -> None:
    """Show on the ticket where the case stands: an update that would have is not coming by itself."""
    case = turn.case
    turn.status = case.state
    case.shown_due = None
    if case.tier:
        turn.fields["tier"] = str(case.tier)
    if case.ended:
        case.assigned = False


def _follow_up(turn: Turn, owed: Public) -> None:
    """Make a follow-up of a closed ticket for the one text that the requester is still owed."""
    case = turn.case
    number = case.assignment_id or ""
    case.followup = turn.effect_id()
    turn.effects.append(
        CreateTicket(
            case.followup,
            turn.public_text("followup_subject", assignment_id=number),
            Say(owed, language=case.language),
            requester_id=case.requester.id,
            fields=dict(case.fields),
            status=case.state,
            followup_of=case.ticket_id,
        )
    )
    turn.record("making a follow-up", "The ticket was closed before its last text could be sent.")


def unsettled(turn: Turn, event: Unsettled) -> None:
    """Hand a message whose fate reading can't tell to a person, with both texts; nothing is sent again."""
    case = turn.case
    if file_unsettled(turn, event):
        return
    reference = case.posts.references.get(event.effect_id, "")
    ours = quote(case.posts.posted.get(reference, ""))
    if event.waiting:
        hours = f"{turn.policy.unreadable_hours:g}"
        turn.note("note.unreadable_post", hours=hours, ours=ours)
    else:
        turn.note("note.unsettled_post", ours=ours, found=quote(event.found))
    turn.record("a message is unsettled", event.reason)
    if not event.waiting:
        post_unsettled(turn, event.effect_id)
        message_sent(turn, event.effect_id, None)
