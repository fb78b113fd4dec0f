"""The process as the handler uses it: five functions, and the policy each case started with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from escalation.decide import decide
from escalation.engine.turn import Decision
from escalation.model.case import Case
from escalation.model.effects import CreateTicket, UpdateTicket
from escalation.model.events import Event
from escalation.model.messages import IntakeRequest
from escalation.model.views import TicketView
from escalation.opening import new_case, open_request, refuse_post, wants_case
from escalation.policies.policy import Policy
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
        self.digest = current.fingerprint()
        self.is_kept = False
        """Whether a transaction that kept the current policy, or found it, has ended well."""
        self._body = current.to_json()
        self._known = {self.digest: current}

    def keep(self, tx: Tx) -> str:
        """Keep the current policy and return its hash, under which a case remembers it."""
        if not self.is_kept:
            tx.policies.keep(self.digest, self._body)
        return self.digest

    def of(self, tx: Tx, digest: str) -> Policy:
        """The policy of a hash, in the words of today's texts. LookupError where it was never kept."""
        known = self._known.get(digest)
        if known is None:
            body = tx.policies.get(digest)
            if body is None:
                raise LookupError("A case names a policy that was never kept.")
            known = Policy.from_json(body, texts=self.current.texts, current=self.current)
            self._known[digest] = known
        return known
