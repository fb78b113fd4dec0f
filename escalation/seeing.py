"""Taking in a ticket as it is now: who asks about what, and what agents have filled in."""

from __future__ import annotations

from escalation.requester import come_back, take_assignment_id
from escalation.turn import Turn
from escalation.values import OVERDUE_TAG, PARTIES, PAUSE_TAG, REASONS, Party, Reason
from escalation.views import TicketView


def take_ticket(turn: Turn, ticket: TicketView, *, first: bool) -> None:
    """Take the fields of a ticket, and move to it where it is the follow-up of the case's own."""
    case = turn.case
    if ticket.id != case.ticket_id:
        case.ticket_id, case.seen_update, case.adopting, case.shown_due = ticket.id, 0, True, None
        turn.record(f"moved to ticket {ticket.id}", "Zendesk made it as the follow-up of the closed one.")
        if case.ended:
            come_back(turn, "The ticket is there again.", "zendesk")
    elif case.ended_by == "deleted":
        come_back(turn, "The ticket is there again.", "zendesk")
    if case.adopting:
        case.fields |= {key: value for key, value in ticket.fields.items() if value}
    else:
        case.fields = dict(ticket.fields)
        _take_identity(turn, ticket)
    case.requester = ticket.requester
    case.signed_email = ticket.signed_email or case.signed_email
    case.assigned = ticket.assigned
    case.tagged = tuple(tag for tag in (OVERDUE_TAG, PAUSE_TAG) if tag in ticket.tags)
    if first:
        case.description = ticket.description


def _take_identity(turn: Turn, ticket: TicketView) -> None:
    """The ticket's fields are what the case is about, except a number that a reply has put right."""
    case = turn.case
    party, reason, number = ticket.text("party"), ticket.text("reason"), ticket.text("assignment_id")
    case.party = Party(party) if party in PARTIES else case.party
    case.reason = Reason(reason) if reason in REASONS else case.reason
    if number == case.overrode or not number:
        return
    case.overrode = ""
    take_assignment_id(turn, number)
