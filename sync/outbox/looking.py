"""Carries out a look: the ticket's part from Zendesk, the assignment's from WorkMarket, as one observation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.ports import Zendesk
from escalation.language.numbers import MOST
from escalation.model.effects import Look
from escalation.model.events import Observed
from escalation.model.values import COMPANY_FIELD
from escalation.model.views import AssignmentSeen, MergeTarget, TicketView
from sync.limits.companies import Assignments


@dataclass(frozen=True, slots=True)
class Looker:
    """Reads only; raises Transient where either side cannot be read, and then nothing was observed."""

    zendesk: Zendesk
    assignments: Assignments

    def perform(self, look: Look, asked: datetime | None = None) -> Observed:
        """What the ticket, its conversations and the assignment are like now; `asked` is since when it waits."""
        part = self.zendesk.look(look)
        if part.gone:
            return Observed(gone=True)
        return Observed(
            ticket=part.ticket,
            updates=part.updates,
            conversations=part.conversations,
            assignment=self._assignment(look, part.ticket, asked),
            candidates=self.assignments.candidates(look, MOST, asked=asked),
            merge_target=self._target(look.merged_into) if look.merged_into else None,
        )

    def _assignment(self, look: Look, ticket: TicketView | None, asked: datetime | None) -> AssignmentSeen | None:
        if "assignment" not in look.scope:
            return None
        # The field as it is now is what the case goes by, once it has seen the ticket.
        number = (ticket.text("assignment_id") if ticket else "") or look.assignment_id
        named = ticket.text(COMPANY_FIELD) if ticket else look.named or ""
        return self.assignments.read(look, number, named, asked=asked) if number else None

    def _target(self, ticket_id: str) -> MergeTarget:
        """The ticket this one was merged into; its case, if any, is for the handler to know.

        A target that is gone is nobody's, so that the case closes rather than asks again.
        """
        target = self.zendesk.read_ticket(ticket_id)
        return MergeTarget(ticket_id, target.requester.id if target else "", has_case=False)
