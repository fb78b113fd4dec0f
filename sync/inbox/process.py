"""The process as the handler uses it: five functions, and the policy each case started with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escalation.decide import decide
from escalation.engine.turn import Decision
from escalation.handlers.requester import only_candidate
from escalation.model.case import Case
from escalation.model.effects import CreateTicket, UpdateTicket
from escalation.model.events import Event, Observed
from escalation.model.messages import IntakeRequest
from escalation.model.views import AssignmentView, TicketView
from escalation.opening import new_case, open_request, refuse_post, wants_case
from escalation.policies.policy import Policy, fingerprint_of
from store import Tx


@dataclass(frozen=True, slots=True)
class ProcessFunctions:
    """The pure functions; a test may put its own in."""

    decide: Callable[[Case, Event, datetime, Policy], Decision] = decide
    new_case: Callable[[TicketView, str, str], Case] = new_case
    wants_case: Callable[[TicketView], bool] = wants_case
    open_request: Callable[[IntakeRequest, str, Policy], CreateTicket] = open_request
    refuse_post: Callable[[str, str, Policy], UpdateTicket] = refuse_post


class PolicyVersions:
    """The current policy, for what begins now, and those that running cases began with."""

    def __init__(self, current: Policy) -> None:
        self.current = current
        self._body = current.to_json()
        self.digest = fingerprint_of(self._body)
        self.is_kept = False
        """Whether a transaction that kept the current policy, or found it, has ended well."""
        self._known = {(self.digest, ""): current}

    def keep(self, tx: Tx) -> str:
        """Keep the current policy and return its hash, under which a case remembers it."""
        if not self.is_kept:
            tx.policies.keep(self.digest, self._body)
        return self.digest

    def of(self, tx: Tx, digest: str, company: str = "") -> Policy:
        """The policy of a hash, as it is for a client company, in the words of today's texts. LookupError where it
        was never kept."""
        known = self._known.get((digest, company))
        if known is None:
            known = self.of(tx, digest).of_company(company) if company else self._stored(tx, digest)
            self._known[digest, company] = known
        return known

    def _stored(self, tx: Tx, digest: str) -> Policy:
        body = tx.policies.get(digest)
        if body is None:
            raise LookupError("A case names a policy that was never kept.")
        return Policy.from_json(body, texts=self.current.texts, current=self.current)


def readable_policy(body: Mapping[str, Any], current: Policy) -> Policy | None:
    """The stored policy of a body, for who only tells of it; None where that is damaged."""
    try:
        return Policy.from_json(body, texts=current.texts, current=current)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def company_after(case: Case, event: Event) -> str:
    """The client company of a case, once it has taken in what happened; empty where none is known."""
    seen = None
    if isinstance(event, Observed):
        seen = only_candidate(case, event.candidates) or event.assignment
    return seen.company if isinstance(seen, AssignmentView) and seen.company else case.company
