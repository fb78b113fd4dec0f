"""How a case begins: from a ticket of the form, or from a request that has no ticket yet."""

from __future__ import annotations

from escalation.model.audience import requesters_own
from escalation.model.case import Case
from escalation.model.effects import CreateTicket, Note, Say, UpdateTicket
from escalation.model.messages import IntakeRequest
from escalation.model.plain import clean
from escalation.model.values import POST_TAG
from escalation.model.views import TicketView
from escalation.policies.policy import Policy
from escalation.policies.readers import nobody_yet

OVER = frozenset({"solved", "closed"})


def wants_case(ticket: TicketView) -> bool:
    """Whether a ticket that has no case gets one: it is on the form and not over already."""
    return ticket.on_form and ticket.status not in OVER


def is_followed_by(case: Case, ticket: TicketView) -> bool:
    """Whether a ticket is the follow-up of the case's closed one by its requester.

    What a copied person writes to a closed ticket is a request of their own: it brings nothing back.
    """
    return ticket.followup_of == case.ticket_id and ticket.requester.id == case.requester.id


def new_case(ticket: TicketView, case_id: str, reference: str) -> Case:
    """Return the case of a ticket; the first decision fills in the rest."""
    return Case(case_id, ticket.id, ticket.created_at, reference, requester=ticket.requester)


def open_request(request: IntakeRequest, effect_id: str, policy: Policy) -> CreateTicket:
    """Return the ticket for a request that was signed by the marketplace (`POST /webhooks/requests`)."""
    return CreateTicket(
        effect_id,
        nobody_yet(policy).text("request_subject", assignment_id=request.assignment_id),
        Say(requesters_own(request.description)),
        requester_email=request.requester.email,
        requester_name=clean(request.requester.name),
        fields={
            "assignment_id": request.assignment_id,
            "party": request.party.value,
            "reason": request.reason.value if request.reason else None,
            "attempts": ",".join(request.contact_attempts),
            "outcome": clean(request.anticipated_outcome or ""),
            **({"kind_of_outcome": request.kind_of_outcome.value} if request.kind_of_outcome else {}),
        },
    )


def refuse_post(ticket_id: str, effect_id: str, policy: Policy) -> UpdateTicket:
    """Return the note that answers a post for a ticket without an open case."""
    note = policy.texts.internal("note.post_refused_no_case")
    return UpdateTicket(effect_id, ticket_id, Note(note), remove_tags=(POST_TAG,))
