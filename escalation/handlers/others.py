"""People beside the requester: who was copied in and writes, and who takes the requester's place."""

from __future__ import annotations

from dataclasses import replace

from escalation.eligibility.rules import IDENTITY
from escalation.engine.transitions import BEFORE
from escalation.engine.turn import Turn
from escalation.model.mappings import without
from escalation.model.plain import inline, quote
from escalation.model.values import Cause, State, Timer
from escalation.model.views import TicketView, Update, ZendeskUser


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
    if update.changes.get("status") and case.state is not State.CHECKING and not case.requester_open:
        turn.status = case.state


def take_requester(turn: Turn, ticket: TicketView) -> None:
    """Take the ticket's requester. Another user than before is judged anew before tier 1; later, a person says.

    Told by the users themselves and not by an audit: where Zendesk merges two users there is none.
    """
    case, before = turn.case, turn.case.requester
    case.requester = ticket.requester
    if before.id in ("", ticket.requester.id):
        case.signed_email = ticket.signed_email or case.signed_email
        return
    case.signed_email = ticket.signed_email
    case.judgement = replace(case.judgement, passes=without(case.judgement.passes, IDENTITY))
    turn.record("the requester is another user", "The ticket was given to them.", "zendesk")
    if case.ended:
        return
    if case.state in BEFORE and not case.begun and not case.muted:
        turn.leave_entry()
        case.judgement = replace(case.judgement, told_fingerprints=(), recheck=True)
    else:
        _wait_for_a_word(turn, ticket.requester)


def _wait_for_a_word(turn: Turn, requester: ZendeskUser) -> None:
    case = turn.case
    case.muted = True
    case.delivery = replace(case.delivery, held_back=None)
    turn.note("note.changed_requester", name=inline(requester.name or requester.email))
    if case.state is State.NEEDS_REVIEW:
        turn.disarm(Timer.NEXT_UPDATE)
    else:
        turn.move(Cause.CHANGED, "The requester was changed while the case was under way.", "zendesk")
