"""Entering a tier: the message to the other side first, and once it is proved sent, the requester's text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from escalation.engine.filled_in import note_typed
from escalation.engine.first_words import first_words
from escalation.engine.occasions import say_on
from escalation.engine.office import DESK, out_of_hours, wait_for_opening
from escalation.engine.turn import Turn
from escalation.handlers.facts_note import facts_note
from escalation.handlers.outreach import addressed_to, tier_message
from escalation.handlers.reviews import can_tick, nobody_to_write_to, people_are_asked, somebody_is_asked
from escalation.model.audience import NOTHING, Internal
from escalation.model.case import Case, Entering
from escalation.model.effects import Tells
from escalation.model.mappings import without
from escalation.model.plain import inline
from escalation.model.tiers import TIER_OF, TIERS, ByAgents, ByEmail, Tier, tier_after, tier_at
from escalation.model.values import REACHED_FIELD, Cause, State, Timer
from escalation.model.views import AssignmentSeen, AssignmentView

GRACE = timedelta(minutes=15)


def enter(
    turn: Turn, tier: int, seen: AssignmentSeen | None, *, actor: str, why: str, silent: bool = False
) -> None:
    """Begin to enter a tier. A tier whose message went out before sends the other side nothing again."""
    case = turn.case
    if case.delivery.entering and case.delivery.entering.tier == tier:
        silent = silent or case.delivery.entering.silent
        case.delivery = replace(case.delivery, entering=replace(case.delivery.entering, actor=actor, silent=silent))
        return
    turn.leave_entry()
    if not case.begun:
        turn.notes.append(facts_note(turn, seen, _what_follows(turn, tier_at(tier), seen)))
    if tier in case.delivery.messaged or tier in case.delivery.reached:
        arrive(turn, tier, actor=actor, why=why, silent=silent)
        return
    channel = tier_at(tier).way_of(case.party).channel
    if isinstance(channel, ByAgents):
        turn.note(channel.note, group=turn.policy.agents_group, assignment_id=case.assignment_id or "–")
        if can_tick(turn):
            turn.note("note.nobody_asked.tick")
        turn.to_group, turn.asks = True, tier
        people_are_asked(turn, tier)
        arrive(turn, tier, actor=actor, why=why, silent=silent)
        return
    message = _on_its_way(turn, tier) or _send(turn, tier, seen)
    if not message:
        case.delivery = replace(case.delivery, unsent=(*_others(case, tier), tier))
        nobody_to_write_to(turn, tier)
        _note_missing(turn, tier_at(tier))
        arrive(turn, tier, actor=actor, why=why, silent=silent, sent=False)
        return
    case.delivery = replace(case.delivery, entering=Entering(tier, message, actor, why, silent))
    turn.record(f"entering tier {tier}", f"{why} The message to the other side goes first.", actor)
    _hold_back_update(turn)


def _what_follows(turn: Turn, tier: Tier, seen: AssignmentSeen | None) -> Internal:
    following = tier_after(tier.number)
    if following is None:
        return turn.internal_text("note.next.last_tier", tier=tier.number)
    hours = turn.policy.tier_hours(tier)
    date = turn.label(turn.policy.after_hours(turn.now, hours).due)
    values = {"span": turn.policy.calendar.in_words(hours), "date": date}
    if tier is TIERS[0] and isinstance(seen, AssignmentView):
        return turn.internal_text("note.next.tier_1", **values)
    return turn.internal_text("note.next.tier", tier=tier.number, next=following.number, **values)


def _on_its_way(turn: Turn, tier: int) -> str:
    """The tier's message from an entry that was broken off, if nothing is known of it yet; else empty."""
    late = turn.case.delivery.late_messages
    message = next((effect for effect, of in late.items() if of == tier), "")
    turn.case.delivery = replace(turn.case.delivery, late_messages=without(late, message))
    return message


def _send(turn: Turn, tier: int, seen: AssignmentSeen | None) -> str:
    message = tier_message(turn, tier_at(tier), seen)
    if message is None:
        return ""
    turn.effects.append(message)
    turn.case.delivery = replace(turn.case.delivery, unsent=_others(turn.case, tier))
    return message.id


def _others(case: Case, tier: int) -> tuple[int, ...]:
    return tuple(one for one in case.delivery.unsent if one != tier)


def _hold_back_update(turn: Turn) -> None:
    """Leave the update that is due to the tier's own text, unless that takes too long."""
    deadline = turn.case.deadlines.get(Timer.NEXT_UPDATE)
    if deadline and deadline.due < turn.now + GRACE:
        turn.arm_at(
            Timer.NEXT_UPDATE,
            turn.now + GRACE,
            "The tier's own text is on its way; the general text goes out if it is not proved sent by then.",
        )


def arrive(turn: Turn, tier: int, *, actor: str, why: str, silent: bool = False, sent: bool = True) -> None:
    """Be in a tier: status, tier field and the tier's text in one ticket update; from now the tier's clock."""
    case = turn.case
    turn.by_agent = turn.by_agent or actor != DESK
    answered = case.delivery.answer_waiting
    case.delivery = replace(case.delivery, entering=None)
    first = case.opened is None
    _count_month(turn, actor)
    case.tier, case.muted = tier, False
    # What an agent moves they have read; who unticks an answer (`silent`) has read the other side's words only, and
    # a step of the desk's own answers nobody but who was asked for something.
    unread = silent or actor == DESK
    case.requester_open = case.requester_open and unread and case.state is not State.WAITING_ON_REQUESTER
    turn.move(tier_at(tier).cause, why, actor)
    turn.fields["tier"] = str(tier)
    if case.fields.get("other_side_responded"):
        turn.fields["other_side_responded"] = False
    if case.fields.get(REACHED_FIELD) and tier not in case.delivery.reached:
        turn.fields[REACHED_FIELD] = False
    if not silent and (first or not answered):
        taken_up = first_words(turn) if first else NOTHING
        news = turn.public_text("answered.meanwhile") if first and answered else NOTHING
        tells: Tells = "" if answered else "next" if sent else "all"
        say_on(turn, tier_at(tier).way_of(case.party).text, first=taken_up, after=news, tells=tells)
    if answered:
        turn.move(Cause.ANSWERED, "The other side answered while the tier was being entered.")
        case.heard = replace(case.heard, answered_at=case.heard.other_side_at)
        turn.fields["other_side_responded"], turn.news = True, "answered"


def _count_month(turn: Turn, actor: str) -> None:
    """Begin the month with the first tier. One that is over begins anew: an agent wants the case to go on."""
    case, policy = turn.case, turn.policy
    first = case.opened is None
    if first:
        case.opened = turn.now
        by_entry = policy.month_counted_from == "tier_1_entry"
        case.month_from = turn.now if by_entry else case.submitted
    over = case.month_from and policy.months_after(case.month_from, policy.months).due <= turn.now
    if over and (first or actor != DESK):
        case.month_from = turn.now
        turn.record("the month counts anew", "It was over when the case was put in this tier.", actor)


def _note_missing(turn: Turn, tier: Tier, reason: str = "") -> None:
    """Note that a tier's message did not go out: why, and what agents can fill in so that it does."""
    channel = tier.way_of(turn.case.party).channel
    if reason or not isinstance(channel, ByEmail):
        why = inline(reason).rstrip(".") or "WorkMarket does not show us the assignment"
        turn.note("note.tier_unsent", reason=why)
    if isinstance(channel, ByEmail):
        if channel.recipient.field:
            note_typed(turn, (channel.recipient.field,))
        group = {"group": turn.policy.agents_group} if channel.asks_group else {}
        shown = turn.case.delivery.shown_contacts.get(tier.number, "") if turn.case.invisible and not reason else ""
        if channel.hidden and shown:
            turn.note(channel.hidden, contact=inline(shown))
        else:
            turn.note(channel.no_address, **group)
        if can_tick(turn):
            turn.note("note.nobody_asked.tick")


def send_what_was_missing(turn: Turn, seen: AssignmentSeen | None) -> None:
    """Send a tier's message, once, when what it lacked has been filled in, even if a later tier has begun."""
    case = turn.case
    at = TIER_OF.get(case.state)
    if at is None or case.delivery.entering:
        return
    for tier in case.delivery.unsent:
        if tier <= at.number:
            _send_missing(turn, tier, seen)


def _send_missing(turn: Turn, tier: int, seen: AssignmentSeen | None) -> None:
    case = turn.case
    to = addressed_to(turn, tier_at(tier), seen)
    if not to or to == case.delivery.unreached.get(tier):
        return
    if seen is None and case.assignment_id:
        turn.look("assignment")
        return
    message = _send(turn, tier, seen)
    case.delivery = replace(case.delivery, late_messages={**case.delivery.late_messages, message: tier})
    turn.record(f"sending tier {tier}'s message", "What it lacked is filled in now.")


def message_sent(turn: Turn, effect_id: str, at: datetime | None) -> bool:
    """Note a tier's message as sent, and arrive in the tier it was for. False where it is none of these.

    `at`: when that was; None where nobody could find out whether it was.
    """
    case = turn.case
    if case.delivery.entering and case.delivery.entering.message == effect_id:
        _is_messaged(turn, case.delivery.entering.tier, effect_id, at)
        complete_entry(turn)
        return True
    if effect_id in case.delivery.late_messages:
        _is_messaged(turn, case.delivery.late_messages[effect_id], effect_id, at)
        return True
    if tier := case.delivery.other_late.get(effect_id):
        messaged = {**case.delivery.other_messaged, tier: effect_id}
        late = without(case.delivery.other_late, effect_id)
        case.delivery = replace(case.delivery, other_messaged=messaged, other_late=late)
        return True
    return False


def _is_messaged(turn: Turn, tier: int, effect_id: str, at: datetime | None) -> None:
    case = turn.case
    late = without(case.delivery.late_messages, effect_id)
    messaged = {**case.delivery.messaged, tier: effect_id}
    case.delivery = replace(case.delivery, messaged=messaged, late_messages=late, unsent=_others(case, tier))
    if at is None:
        case.delivery = replace(case.delivery, unsure=(*case.delivery.unsure, tier))
    else:
        case.delivery = replace(case.delivery, messaged_at={**case.delivery.messaged_at, tier: at})
    somebody_is_asked(turn, tier)


def complete_entry(turn: Turn) -> None:
    """Arrive in the tier whose message is sent, or can't be; during a pause that waits for its end."""
    case, entering = turn.case, turn.case.delivery.entering
    if entering is None or case.paused:
        return
    if out_of_hours(turn):
        wait_for_opening(turn)
        return
    sent = case.delivery.messaged.get(entering.tier) == entering.message
    if sent or not entering.message:
        sent = sent and entering.tier not in case.delivery.unsure
        arrive(turn, entering.tier, actor=entering.actor, why=entering.why, silent=entering.silent, sent=sent)


def message_refused(turn: Turn, effect_id: str, reason: str) -> bool:
    """Go on without a message that can't be sent: the agents are told what to fill in, the clock starts."""
    case = turn.case
    tier = case.delivery.late_messages.get(effect_id)
    case.delivery = replace(
        case.delivery,
        late_messages=without(case.delivery.late_messages, effect_id),
        other_late=without(case.delivery.other_late, effect_id),
    )
    entering = on_way if (on_way := case.delivery.entering) and on_way.message == effect_id else None
    tier = entering.tier if entering else tier
    if tier is None:
        return False
    turn.record(f"tier {tier}'s message could not be sent", reason)
    # The same recipient is not tried again: only another one, or an assignment that was hidden meanwhile.
    case.delivery = replace(case.delivery, unsent=(*_others(case, tier), tier))
    to = case.heard.written_to.get(effect_id, case.assignment_id or "")
    case.delivery = replace(case.delivery, unreached={**case.delivery.unreached, tier: to})
    nobody_to_write_to(turn, tier)
    if entering:
        case.delivery = replace(case.delivery, entering=replace(entering, message=""))
        complete_entry(turn)
    if entering or case.state is tier_at(tier).state:
        _note_missing(turn, tier_at(tier), reason)
    return True
