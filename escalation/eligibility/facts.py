"""What is known about an assignment when a case is judged: the moments, messages and people it turns on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from escalation.language.same_people import name_key, name_keys
from escalation.language.typed import Unread, time_typed
from escalation.model.views import AssignmentEvent, AssignmentView, FieldValue, Message
from escalation.policies.policy import Policy

COMPLETED = frozenset({"complete"})
APPROVED = frozenset({"paymentpending", "invoiced"})
CANCELLED = frozenset({"cancelled", "void"})


class Speaker(StrEnum):
    WORKER = "worker"
    CLIENT = "client"
    UNKNOWN = "unknown"


def speaker(assignment: AssignmentView, message: Message, policy: Policy) -> Speaker:
    """Say which side wrote a message. WorkMarket names authors only as "First Last": a name that both sides
    bear, or neither, is unknown."""
    name = name_key(message.author)
    worker = bool(name) and name == name_key(assignment.worker.name)
    clients = name_keys((assignment.owner, assignment.support_contact.name))
    client = name in clients or policy.is_client_name(message.author, assignment.project)
    if worker == client:
        return Speaker.UNKNOWN
    return Speaker.WORKER if worker else Speaker.CLIENT


@dataclass(frozen=True, slots=True)
class Facts:
    """An assignment with what our records and the agents add to it."""

    assignment: AssignmentView
    moments: tuple[AssignmentEvent, ...]
    fields: Mapping[str, FieldValue]
    policy: Policy
    ours: frozenset[str] = frozenset()

    def said_by(self, side: Speaker) -> tuple[Message, ...]:
        """Public messages of one side, oldest first. Those of `UNKNOWN` may be either side's."""
        public = (m for m in self.assignment.messages if not m.private and m.text not in self.ours)
        theirs = (m for m in public if speaker(self.assignment, m, self.policy) is side)
        # Who speaks is the dearer question: it reads the text.
        return tuple(sorted((m for m in theirs if self.policy.who_speaks(m.text).may_answer), key=lambda m: m.at))

    def unplaced(self, since: datetime | None = None) -> bool:
        """Whether somebody wrote, since a moment or ever, of whom nobody can say which side they are on."""
        return any(since is None or m.at >= since for m in self.said_by(Speaker.UNKNOWN))

    def completed(self) -> tuple[datetime | None, str]:
        """When the work was handed in, and where that is known from."""
        return self._moment(("completed",), ("pending approval", "completed")) or (
            (self.assignment.checked_out, "the last check-out")
            if self.assignment.checked_out
            else (None, "nowhere: no webhook, no history, no check-out")
        )

    def cancelled(self) -> tuple[datetime | None, str]:
        found = self._moment(("cancel", "cancelled", "voided", "void"), ("cancelled", "canceled", "void"))
        return found or (None, "nowhere: no webhook, no history")

    def _moment(self, events: tuple[str, ...], words: tuple[str, ...]) -> tuple[datetime, str] | None:
        recorded = [m.at for m in self.moments if m.event in events]
        if recorded:
            return max(recorded), "our record of WorkMarket's webhook"
        told = [at for at, text in self.assignment.history if any(w in text.casefold() for w in words)]
        return (max(told), "the assignment's history") if told else None

    def ended(self) -> datetime | None:
        """The end of the assignment that the worker's months are counted from."""
        ends = (self.assignment.scheduled, self.assignment.window_end)
        if self.policy.worker_window_basis == "window_end":
            ends = (self.assignment.window_end, self.assignment.scheduled)
        return next((end for end in ends if end), None)

    def average_approval(self) -> tuple[timedelta | Unread, bool]:
        """The client's average approval time, and whether it is only assumed: that is where nothing was typed."""
        known = time_typed(self.fields.get("average_approval"))
        if known is not None:
            return known, False
        return timedelta(hours=self.policy.average_approval_hours), True

    def short_cancellation(self) -> bool:
        """Whether it was cancelled less than the policy's hours (24) before its start."""
        start = self.assignment.scheduled or self.assignment.window_start
        at = self.cancelled()[0]
        if start is None or at is None or self.assignment.status not in CANCELLED:
            return False
        return timedelta(0) < start - at < timedelta(hours=self.policy.short_cancellation_hours)
