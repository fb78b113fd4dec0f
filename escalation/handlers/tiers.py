"""Entering a tier: the message to the other side first, and once it is proved sent, the requester's text."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.engine.budget import POSTS_AN_HOUR, one_more
from escalation.engine.transitions import ENTER_TIER, Cause
from escalation.engine.turn import DESK, Turn
from escalation.handlers.facts_note import facts_note
from escalation.handlers.filled_in import ACCOUNT_MANAGER, MANAGER, note_typed
from escalation.language.people import address_key
from escalation.language.typed import Address, Unread, address_typed
from escalation.model.audience import NOTHING, Internal, Public
from escalation.model.case import Case, Entering, Ruling
from escalation.model.effects import PostMessage, StartConversation
from escalation.model.plain import inline
from escalation.model.values import TIER_OF, TIER_STATES, Party, Timer
from escalation.model.views import AssignmentSeen, AssignmentView
from escalation.policies.policy import Person

GRACE = timedelta(minutes=15)
FIELD_OF = {2: MANAGER, 3: ACCOUNT_MANAGER}


def enter(
    turn: Turn, tier: int, seen: AssignmentSeen | None, *, actor: str, why: str, silent: bool = False
) -> None:
    """Begin to enter a tier. A tier whose message went out before sends the other side nothing again."""
    case = turn.case
    if case.entering and case.entering.tier == tier:
        silent = silent or case.entering.silent
        case.entering = replace(case.entering, actor=actor, silent=silent)
        return
    turn.leave_entry()
    if not case.begun:
        turn.notes.append(facts_note(turn, seen, _what_follows(turn)))
    if tier in case.messaged:
        arrive(turn, tier, actor=actor, why=why, silent=silent)
        return
    message = _on_its_way(turn, tier) or _send(turn, tier, seen)
    if not message:
        case.unsent = (*_others(case, tier), tier)
        _note_missing(turn, tier)
        arrive(turn, tier, actor=actor, why=why, silent=silent, sent=False)
        return
    case.entering = Entering(tier, message, actor, why, silent)
    turn.record(f"entering tier {tier}", f"{why} The message to the other side goes first.", actor)
    _hold_back_update(turn)


def _what_follows(turn: Turn) -> Internal:
    follows = turn.policy.calendar.after_hours(turn.now, turn.policy.tier_1_hours).due
    hours = f"{turn.policy.tier_1_hours:g}"
    return turn.text("note.next.tier_1", hours=hours, date=turn.label(follows))


def _on_its_way(turn: Turn, tier: int) -> str:
    """The tier's message from an entry that was broken off, if nothing is known of it yet; else empty."""
    late = turn.case.late
    message = next((effect for effect, of in late.items() if of == tier), "")
    late.pop(message, None)
    return message


def _send(turn: Turn, tier: int, seen: AssignmentSeen | None) -> str:
    message = message_to_other_side(turn, tier, seen)
    if message is None:
        return ""
    turn.effects.append(message)
    turn.case.unsent = _others(turn.case, tier)
    return message.id


def _others(case: Case, tier: int) -> tuple[int, ...]:
    return tuple(one for one in case.unsent if one != tier)


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
    answered, case.entering = case.answer_waiting, None
    first = case.opened is None
    _count_month(turn, actor)
    case.tier, case.muted, case.requester_open = tier, False, False
    turn.move(ENTER_TIER[tier], why, actor)
    turn.fields["tier"] = str(tier)
    if case.fields.get("other_side_responded"):
        turn.fields["other_side_responded"] = False
    if not silent:
        after = _verdict_in_words(turn) if first else NOTHING
        macro = TIER_STATES[tier].value if sent else "update"
        turn.say(turn.told(macro), macro=macro, after=after)
    if answered:
        turn.move(Cause.ANSWERED, "The other side answered while the tier was being entered.")
        turn.fields["other_side_responded"] = True


def _count_month(turn: Turn, actor: str) -> None:
    """Begin the month with the first tier. One that is over begins anew: an agent wants the case to go on."""
    case, policy = turn.case, turn.policy
    first = case.opened is None
    if first:
        case.opened = turn.now
        by_entry = policy.month_counted_from == "tier_1_entry"
        case.month_from = turn.now if by_entry else case.submitted
    over = case.month_from and policy.calendar.months_after(case.month_from, policy.months).due <= turn.now
    if over and (first or actor != DESK):
        case.month_from = turn.now
        turn.record("the month counts anew", "It was over when the case was put in this tier.", actor)


def _verdict_in_words(turn: Turn) -> Public:
    case, verdict = turn.case, turn.case.verdict
    if verdict is None or verdict.ruling is not Ruling.ELIGIBLE or verdict.fingerprint in case.told:
        return NOTHING
    case.told = (*case.told, verdict.fingerprint)
    said = turn.told("verdict.eligible")
    if not any(finding.assumed for finding in verdict.findings):
        return said
    hours = turn.policy.format_count(turn.policy.average_approval_hours, "hour")
    return turn.policy.texts.listed("sentences", (said, turn.told("verdict.assumed_average", hours=hours)))


def message_to_other_side(
    turn: Turn, tier: int, seen: AssignmentSeen | None
) -> PostMessage | StartConversation | None:
    """Return the tier's message, or None where there is nobody to send it to."""
    if tier == 1:
        if not isinstance(seen, AssignmentView):
            return None
        return post(turn, turn.told("message.tier_1", assignment_id=seen.id), seen.id)
    to = project_manager(turn, seen) if tier == 2 else account_manager(turn, seen)
    if to is None:
        return None
    number = turn.case.assignment_id or ""
    title = seen.title if isinstance(seen, AssignmentView) else ""
    effect = turn.effect_id()
    turn.case.conversations[effect] = tier
    turn.case.written_to[effect] = address_key(to.email)
    return StartConversation(
        effect,
        turn.case.ticket_id,
        to.email,
        to.name,
        turn.told(f"email.tier_{tier}.subject", assignment_id=number),
        turn.told(f"email.tier_{tier}.body", assignment_id=number, title=title.strip() or "–"),
    )


def post(turn: Turn, text: Public, assignment_id: str) -> PostMessage:
    """Return a public message on the assignment, ended by a reference of its own."""
    case = turn.case
    reference = f"{case.reference}-{case.next_reference}"
    case.next_reference += 1
    case.messages = one_more(case.messages, turn.now, POSTS_AN_HOUR)
    later = case.messages[-1] if case.messages[-1] > turn.now else None
    if later:
        turn.note_seldom("note.busy_assignment", count=POSTS_AN_HOUR, date=turn.label(later))
    effect = PostMessage(turn.effect_id(), assignment_id, text.with_reference(reference), reference, later)
    case.posted[reference] = " ".join(effect.text.split())
    case.references[effect.id] = reference
    return effect


def project_manager(turn: Turn, seen: AssignmentSeen | None) -> Person | None:
    """The ticket's field, else the policy's table by project, else the assignment's support contact.

    None where the field holds what can't be read.
    """
    view = seen if isinstance(seen, AssignmentView) else None
    if typed := address_typed(turn.case.fields.get(MANAGER)):
        return _written(typed)
    if view and (named := turn.policy.project_manager(view.project)):
        return named
    contact = address_typed(view.support_contact.email) if view else None
    return Person(view.support_contact.name, contact.email) if view and isinstance(contact, Address) else None


def account_manager(turn: Turn, seen: AssignmentSeen | None) -> Person | None:
    """The ticket's field, else the policy's table by project, else nobody: a note asks the agents' group."""
    if typed := address_typed(turn.case.fields.get(ACCOUNT_MANAGER)):
        return _written(typed)
    return turn.policy.account_manager(seen.project) if isinstance(seen, AssignmentView) else None


def _written(typed: Address | Unread) -> Person | None:
    """Who a field names. What can't be read names nobody: another than the one who was meant is not written to."""
    return Person(typed.name, typed.email) if isinstance(typed, Address) else None


def _note_missing(turn: Turn, tier: int, reason: str = "") -> None:
    if tier == 1 or reason:
        why = inline(reason).rstrip(".") or "WorkMarket does not show us the assignment"
        turn.note("note.tier_unsent", reason=why)
    if tier in FIELD_OF:
        note_typed(turn, (FIELD_OF[tier],))
    if tier == 2:
        turn.note("note.no_address_tier_2")
    elif tier == 3:
        turn.note("note.no_address_tier_3", group=turn.policy.agents_group)


def send_what_was_missing(turn: Turn, seen: AssignmentSeen | None) -> None:
    """Send a tier's message, once, when what it lacked has been filled in, even if a later tier has begun."""
    case = turn.case
    if case.state not in TIER_STATES.values() or case.entering or case.party is Party.CLIENT:
        return
    for tier in case.unsent:
        if tier <= TIER_OF[case.state]:
            _send_missing(turn, tier, seen)


def _send_missing(turn: Turn, tier: int, seen: AssignmentSeen | None) -> None:
    case = turn.case
    to = recipient(turn, tier, seen)
    if not to or to == case.tried.get(tier):
        return
    if seen is None and case.assignment_id:
        turn.look("assignment")
        return
    message = _send(turn, tier, seen)
    case.late[message] = tier
    turn.record(f"sending tier {tier}'s message", "What it lacked is filled in now.")


def recipient(turn: Turn, tier: int, seen: AssignmentSeen | None) -> str:
    """Who a tier's message goes to: the assignment's id, or an e-mail address; empty where there is nobody."""
    if tier == 1:
        return seen.id if isinstance(seen, AssignmentView) else ""
    to = project_manager(turn, seen) if tier == 2 else account_manager(turn, seen)
    return address_key(to.email) if to else ""


def message_sent(turn: Turn, effect_id: str) -> bool:
    """Note a tier's message as proved sent, and arrive in the tier it was for. False where it is none of these."""
    case = turn.case
    if case.entering and case.entering.message == effect_id:
        case.messaged[case.entering.tier] = effect_id
        case.unsent = _others(case, case.entering.tier)
        complete_entry(turn)
        return True
    if effect_id in case.late:
        tier = case.late.pop(effect_id)
        case.messaged[tier] = effect_id
        case.unsent = _others(case, tier)
        return True
    return False


def complete_entry(turn: Turn) -> None:
    """Arrive in the tier whose message is sent, or can't be; during a pause that waits for its end."""
    case, entering = turn.case, turn.case.entering
    if entering is None or case.paused:
        return
    sent = case.messaged.get(entering.tier) == entering.message
    if sent or not entering.message:
        arrive(turn, entering.tier, actor=entering.actor, why=entering.why, silent=entering.silent, sent=sent)


def message_refused(turn: Turn, effect_id: str, reason: str) -> bool:
    """Go on without a message that can't be sent: the agents are told what to fill in, the clock starts."""
    case = turn.case
    tier = case.late.pop(effect_id, None)
    entering = case.entering if case.entering and case.entering.message == effect_id else None
    tier = entering.tier if entering else tier
    if tier is None:
        return False
    turn.record(f"tier {tier}'s message could not be sent", reason)
    # The same recipient is not tried again: only another one, or an assignment that was hidden meanwhile.
    case.unsent = (*_others(case, tier), tier)
    case.tried[tier] = case.written_to.get(effect_id, case.assignment_id or "")
    if entering:
        case.entering = replace(entering, message="")
        complete_entry(turn)
    if entering or TIER_OF.get(case.state) == tier:
        _note_missing(turn, tier, reason)
    return True
