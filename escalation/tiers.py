"""Entering a tier: the message to the other side first, and once it is proved sent, the requester's text."""

from __future__ import annotations

from datetime import timedelta

from escalation.case import Entering, Outcome, Ruling
from escalation.effects import PostMessage, StartConversation
from escalation.facts_note import facts_note
from escalation.plain import foreign
from escalation.policy import Person
from escalation.transitions import ENTER_TIER, Cause
from escalation.turn import Turn
from escalation.values import TIER_OF, TIER_STATES, Party, Timer
from escalation.views import AssignmentSeen, AssignmentView

GRACE = timedelta(minutes=15)


def enter(
    turn: Turn, tier: int, seen: AssignmentSeen | None, *, actor: str, why: str, silent: bool = False
) -> None:
    """Begin to enter a tier. A tier whose message went out before sends the other side nothing again."""
    case = turn.case
    if case.entering and case.entering.tier == tier:
        return
    abandon_entry(turn)
    if not case.begun:
        turn.notes.append(facts_note(turn, seen, turn.text("note.next.tier_1")))
    if tier in case.messaged:
        arrive(turn, tier, actor=actor, why=why, silent=silent)
        return
    message = message_to_other_side(turn, tier, seen)
    if message is None:
        case.unsent = (*(t for t in case.unsent if t != tier), tier)
        _note_missing(turn, tier)
        arrive(turn, tier, actor=actor, why=why, silent=silent, sent=False)
        return
    turn.effects.append(message)
    case.entering = Entering(tier, message.id, actor, why, silent)
    turn.record(f"entering tier {tier}", f"{why} The message to the other side goes first.", actor)
    deadline = case.deadlines.get(Timer.NEXT_UPDATE)
    if deadline and deadline.due < turn.now + GRACE:
        turn.arm_at(
            Timer.NEXT_UPDATE,
            turn.now + GRACE,
            "The tier's own text is on its way; the general text goes out if it is not proved sent by then.",
        )


def arrive(turn: Turn, tier: int, *, actor: str, why: str, silent: bool = False, sent: bool = True) -> None:
    """Be in a tier: status, tier field and the tier's text in one ticket update; from now the tier's clock."""
    case = turn.case
    case.entering = None
    first = case.opened is None
    if first:
        case.opened = turn.now
        by_entry = turn.policy.month_counted_from == "tier_1_entry"
        case.month_from = turn.now if by_entry else case.submitted
    case.tier, case.muted, case.requester_open, case.ended_by = tier, False, False, ""
    turn.move(ENTER_TIER[tier], why, actor)
    turn.fields["tier"] = str(tier)
    if not silent:
        after = _verdict_in_words(turn) if first else ""
        macro = TIER_STATES[tier].value if sent else "update"
        turn.say(turn.text(macro), macro=macro, after=after)
    if case.answer_waiting:
        case.answer_waiting = False
        turn.move(Cause.ANSWERED, "The other side answered while the tier was being entered.")
        turn.fields["other_side_responded"] = True


def _verdict_in_words(turn: Turn) -> str:
    case, verdict = turn.case, turn.case.verdict
    if verdict is None or verdict.ruling is not Ruling.ELIGIBLE or verdict.fingerprint in case.told:
        return ""
    case.told = (*case.told, verdict.fingerprint)
    said = turn.text("verdict.eligible")
    average = next((f for f in verdict.findings if f.rule == "reason" and "assumed" in f.fact), None)
    if average and average.outcome is Outcome.PASS:
        said += " " + turn.text("verdict.assumed_average", hours=f"{turn.policy.average_approval_hours:g}")
    return said


def message_to_other_side(
    turn: Turn, tier: int, seen: AssignmentSeen | None
) -> PostMessage | StartConversation | None:
    """Return the tier's message, or None where there is nobody to send it to."""
    if tier == 1:
        if not isinstance(seen, AssignmentView):
            return None
        return post(turn, turn.text("message.tier_1", assignment_id=seen.id), seen.id)
    to = project_manager(turn, seen) if tier == 2 else account_manager(turn, seen)
    if to is None:
        return None
    number = turn.case.assignment_id or ""
    title = foreign(seen.title) if isinstance(seen, AssignmentView) else ""
    effect = turn.effect_id()
    turn.case.conversations[effect] = tier
    return StartConversation(
        effect,
        turn.case.ticket_id,
        to.email,
        to.name,
        turn.text(f"email.tier_{tier}.subject", assignment_id=number),
        turn.text(f"email.tier_{tier}.body", assignment_id=number, title=title or "–"),
    )


def post(turn: Turn, text: str, assignment_id: str) -> PostMessage:
    """Return a public message on the assignment, ended by a reference of its own."""
    case = turn.case
    reference = f"{case.reference}-{case.next_reference}"
    case.next_reference += 1
    effect = PostMessage(turn.effect_id(), assignment_id, f"{text}\n\n[Ref {reference}]", reference)
    case.posted[reference] = " ".join(effect.text.split())
    case.references[effect.id] = reference
    return effect


def project_manager(turn: Turn, seen: AssignmentSeen | None) -> Person | None:
    """The ticket's field, else the policy's table by project, else the assignment's support contact."""
    view = seen if isinstance(seen, AssignmentView) else None
    if mail := _mail(turn, "project_manager_email"):
        return Person("", mail)
    if view and (named := turn.policy.project_manager(view.project)):
        return named
    if view and view.support_contact.email:
        return Person(view.support_contact.name, view.support_contact.email)
    return None


def account_manager(turn: Turn, seen: AssignmentSeen | None) -> Person | None:
    """The ticket's field, else the policy's table by project, else nobody: a note asks the agents' group."""
    if mail := _mail(turn, "account_manager_email"):
        return Person("", mail)
    return turn.policy.account_manager(seen.project) if isinstance(seen, AssignmentView) else None


def _mail(turn: Turn, key: str) -> str:
    value = turn.case.fields.get(key)
    mail = value.strip() if isinstance(value, str) else ""
    return mail if "@" in mail and " " not in mail else ""


def _note_missing(turn: Turn, tier: int) -> None:
    if tier == 1:
        turn.note("note.tier_unsent", reason="WorkMarket does not show us the assignment.")
    elif tier == 2:
        turn.note("note.no_address_tier_2")
    else:
        turn.note("note.no_address_tier_3", group=turn.policy.agents_group)


def send_what_was_missing(turn: Turn, seen: AssignmentSeen | None) -> None:
    """Send a tier's message, once, when what it lacked has been filled in."""
    case = turn.case
    for tier in case.unsent:
        if TIER_OF.get(case.state) != tier or case.party is not Party.WORKER:
            continue
        message = message_to_other_side(turn, tier, seen)
        if message is None:
            continue
        case.unsent = tuple(t for t in case.unsent if t != tier)
        case.late[message.id] = tier
        turn.effects.append(message)
        turn.record(f"sending tier {tier}'s message", "What it lacked is filled in now.")


def message_sent(turn: Turn, effect_id: str) -> bool:
    """Note a tier's message as proved sent, and arrive in the tier it was for. False where it is none of these."""
    case = turn.case
    if case.entering and case.entering.message == effect_id:
        entering = case.entering
        case.messaged[entering.tier] = effect_id
        arrive(turn, entering.tier, actor=entering.actor, why=entering.why, silent=entering.silent)
        return True
    if effect_id in case.late:
        case.messaged[case.late.pop(effect_id)] = effect_id
        return True
    return False


def message_refused(turn: Turn, effect_id: str, reason: str) -> bool:
    """Go on without a message that can't be sent: the agents are told what to fill in, the clock starts."""
    case = turn.case
    tier = case.late.pop(effect_id, None)
    entering = case.entering if case.entering and case.entering.message == effect_id else None
    if entering:
        tier = entering.tier
    if tier is None:
        return False
    turn.record(f"tier {tier}'s message could not be sent", reason)
    case.unsent = (*case.unsent, tier)
    _note_missing(turn, tier)
    if entering:
        arrive(turn, tier, actor=entering.actor, why=entering.why, silent=entering.silent, sent=False)
    return True


def abandon_entry(turn: Turn) -> None:
    """Stop entering a tier; its message may still be on its way and counts as that tier's when it is sent."""
    case = turn.case
    if case.entering:
        case.late[case.entering.message] = case.entering.tier
        case.entering = None
