"""People beside the requester: who was copied in and writes, and who takes the requester's place."""

from __future__ import annotations

from dataclasses import replace

from escalation.eligibility.rules import IDENTITY
from escalation.engine.journaled import OTHER_REQUESTER
from escalation.engine.transitions import BEFORE
from escalation.engine.turn import Turn
from escalation.handlers.reviews import keep
from escalation.handlers.verdicts import reword_questions
from escalation.model.mappings import without
from escalation.model.plain import inline, quote
from escalation.model.values import Cause, State, Timer
from escalation.model.views import TicketView, Update, ZendeskUser
from escalation.policies.readers import language_for, zone_for

OTHER_PERSON = "The requester was changed while the case was under way."


def copied_update(turn: Turn, update: Update) -> None:
    """Somebody who was copied in wrote: nothing moves, and a status that this changed is put back.

    Zendesk opens a ticket on any end user's reply, also after its end. The agents are told, since the ticket is not
    left open for them.
    """
    case = turn.case
    if update.comment is not None:
        author = inline(update.author.name or update.author.email)
        turn.note_seldom("note.copied_reply", author=author, text=quote(update.comment.text))
        turn.record("a copied person wrote", "That moves nothing.", "a copied person")
    if update.changes.get("status") and case.state is not State.CHECKING:
        turn.status = case.state


def take_requester(turn: Turn, ticket: TicketView) -> None:
    """Take the ticket's requester. Another user than before is judged anew before tier 1; later, a person says.

    Told by the users themselves and not by an audit: where Zendesk merges two users there is none.
    """
    case, before = turn.case, turn.case.requester
    case.requester = ticket.requester
    if before.id in ("", ticket.requester.id):
        case.signed_email = ticket.signed_email or case.signed_email
        if before.id and ticket.requester.verified and not before.verified:
            _now_verified(turn)
        return
    case.signed_email = ticket.signed_email
    case.judgement = replace(case.judgement, passes=without(case.judgement.passes, IDENTITY))
    turn.record(OTHER_REQUESTER, "The ticket was given to them.", "zendesk")
    if case.ended:
        return
    now = ticket.requester.name or ticket.requester.email or "another user"
    case.judgement = case.judgement.also_changed(turn.now, f"The requester is {now} now.")
    if case.state in BEFORE and not case.begun and not case.muted:
        turn.leave_entry()
        case.judgement = replace(case.judgement, told_fingerprints=(), recheck=True)
    else:
        _wait_for_a_word(turn, ticket.requester)


def _now_verified(turn: Turn) -> None:
    """A requester who has verified their e-mail is judged anew before tier 1."""
    case = turn.case
    case.judgement = case.judgement.also_changed(turn.now, "The requester's e-mail is verified now.")
    if case.state in BEFORE and not case.begun and not case.muted and not case.delivery.entering:
        case.judgement = replace(case.judgement, recheck=True)


def take_language(turn: Turn, ticket: TicketView, before: ZendeskUser) -> None:
    """Choose the requester's language and zone when a case opens; follow what is changed in Zendesk since.

    A case from before there were several goes on as it began, until its requester changes theirs. What was asked
    and is not answered yet is put in the new language, since they are reminded of it; what is on its way, or held
    back by a pause, stays as it was written.
    """
    case, now = turn.case, ticket.requester
    if not case.language and case.state is State.CHECKING:
        case.language, case.zone = language_for(ticket, turn.policy), zone_for(ticket, turn.policy)
        return
    same = before.id == now.id
    if same and not now.locale:
        if before.locale or before.zone != now.zone:
            case.requester = replace(case.requester, locale=before.locale, zone=before.zone)
        return
    from_before = not case.language and not before.locale
    if same and (from_before or (now.locale, now.zone) == (before.locale, before.zone)):
        return
    old = turn.requester
    language, zone = language_for(ticket, turn.policy), zone_for(ticket, turn.policy)
    if zone != old.zone:
        turn.record(f"telling moments in {zone}", "The requester's time zone in Zendesk is another.", "zendesk")
    if language != (case.language or turn.policy.language):
        why = f"The requester's language in Zendesk is {now.locale or 'not known'} now."
        turn.record(f"writing in {language}", why, "zendesk")
    case.language, case.zone = language, zone
    reword_questions(turn, old)


def _wait_for_a_word(turn: Turn, requester: ZendeskUser) -> None:
    case = turn.case
    case.muted = True
    case.delivery = replace(case.delivery, held_back=None)
    turn.note("note.changed_requester", name=inline(requester.name or requester.email))
    if case.state is State.NEEDS_REVIEW:
        turn.disarm(Timer.NEXT_UPDATE, Timer.MONTH_ENDS)
        keep(turn, OTHER_PERSON, ())
    else:
        turn.move(Cause.CHANGED, OTHER_PERSON, "zendesk")
