"""Taking in a ticket as it is now: who asks about what, what agents have filled in, and which updates are new."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.engine.filled_in import note_typed
from escalation.engine.turn import Turn
from escalation.handlers.hearing import nobody_speaks
from escalation.handlers.others import take_language, take_requester
from escalation.handlers.requester import SOLVED, come_back, take_assignment_id, take_party
from escalation.model.case import Case
from escalation.model.seen import OVERLAP
from escalation.model.values import (
    OVERDUE_TAG,
    PARTIES,
    PAUSE_TAG,
    REASONS,
    WAITS_TAG,
    EndedBy,
    Party,
    Reason,
    Role,
)
from escalation.model.views import TicketView, Update

Updates = tuple[Update, ...]


def take_ticket(turn: Turn, ticket: TicketView, *, first: bool) -> None:
    """Take the fields of a ticket, and move to it where it is the follow-up of the case's own."""
    case = turn.case
    if ticket.id != case.ticket_id:
        case.ticket_id, case.adopting, case.shown_due = ticket.id, True, None
        turn.record(f"moved to ticket {ticket.id}", "Zendesk made it as the follow-up of the closed one.")
        if case.ended and nobody_speaks(turn, ticket.requester.name, ticket.created_at, ticket.description):
            turn.status = case.state
        elif case.ended:
            come_back(turn, "The ticket is there again.", "zendesk", wrote=True)
    elif case.ended_by is EndedBy.DELETED:
        come_back(turn, "The ticket is there again.", "zendesk")
    if case.adopting:
        case.fields |= {key: value for key, value in ticket.fields.items() if value}
    else:
        case.fields = dict(ticket.fields)
        _take_identity(turn, ticket)
    before = case.requester
    take_requester(turn, ticket)
    take_language(turn, ticket, before)
    case.assigned = ticket.assigned
    case.tagged = tuple(tag for tag in (OVERDUE_TAG, PAUSE_TAG, WAITS_TAG) if tag in ticket.tags)
    if first:
        case.description = ticket.description
        note_typed(turn)


def _take_identity(turn: Turn, ticket: TicketView) -> None:
    """The ticket's fields are what the case is about, except a number that a reply has put right."""
    case = turn.case
    party, reason, number = ticket.text("party"), ticket.text("reason"), ticket.text("assignment_id")
    if party in PARTIES:
        take_party(turn, Party(party))
    case.reason = Reason(reason) if reason in REASONS else case.reason
    if number == case.judgement.overrode or not number:
        return
    if case.judgement.overrode:
        case.judgement = replace(case.judgement, overrode="")
    take_assignment_id(turn, number)


def take_new(case: Case, updates: Updates, now: datetime) -> Updates:
    """The updates that the case has not seen, our own among them; from now on it has."""
    if not case.heard.seen_update:
        before = case.heard.seen
        seen = before.and_also(updates, now)
        if seen is not before:
            case.heard = replace(case.heard, seen=seen)
        return tuple(u for u in updates if not before.has(u.id, u.at))
    if all(u.id > case.heard.seen_update for u in updates):
        # A look that the version before had asked for: it brings nothing of what the case may have passed over.
        case.heard = replace(case.heard, seen_update=max((u.id for u in updates), default=case.heard.seen_update))
        return updates
    fresh = _passed_over(case, updates)
    case.heard = replace(case.heard, seen=case.heard.seen.and_also(updates, now), seen_update=0)
    return fresh


def _passed_over(case: Case, updates: Updates) -> Updates:
    """What a case that went by the highest id has not heard, once its ticket has been read whole.

    What came after the update with that id was hardly heard. To hear it a second time sends nothing anew, to
    pass over a reply loses it for good; but what the case shows that it heard, and the request, is not heard again.
    """
    mark = next((u.at for u in updates if u.id == case.heard.seen_update), None) or max(
        u.at for u in updates if u.id <= case.heard.seen_update
    )
    return tuple(
        u for u in updates if u.id > case.heard.seen_update or (u.id != updates[0].id and _unheard(case, u, mark))
    )


def _unheard(case: Case, update: Update, mark: datetime) -> bool:
    said = update.comment
    if said and update.role is Role.REQUESTER and update.changes.get("status") not in SOLVED:
        return update.at > mark - OVERLAP and (
            case.heard.requester_at is None or update.at > case.heard.requester_at
        )
    if said and said.public and update.role is Role.AGENT and case.last_public and update.at <= case.last_public:
        return False
    return update.at > mark


def but_the_request(updates: Updates) -> Updates:
    """A ticket's first updates without the request itself, where we have not made that."""
    request = next((u for u in updates if u.begins), updates[0] if updates else None)
    return updates if request is None or request.ours else tuple(u for u in updates if u.id != request.id)
