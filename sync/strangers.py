"""The desk's own hand where this database knows nothing of it: it is older than what it sees."""

from __future__ import annotations

from escalation.case import Case
from escalation.events import Observed
from escalation.hearing import REFERENCE
from escalation.views import AssignmentView
from store import Tx
from store.fast import values_of
from sync.codec import decode_case
from sync.names import ticket_lane
from sync.work import Work

SENTENCE = (
    "The desk has written here what this database does not know: it was restored from an older one. "
    "Compare; `replay` lets a ticket without a case begin one, `discard` leaves it as it is."
)


def may_begin(work: Work, ticket_id: str, seen: Observed) -> bool:
    """Whether a case may begin here. Where the desk has been before, only once a person has replayed the letter."""
    if not told(work, ticket_id, seen):
        return True
    letter = work.tx.inbox.by_key(_key(ticket_id))
    # Discarding keeps the letter's error, replaying takes it away.
    return letter is not None and letter.state == "done" and letter.error is None


def told(work: Work, ticket_id: str, seen: Observed, case: Case | None = None) -> bool:
    """Whether the desk's hand is seen where it is not known; once per ticket that is a dead letter."""
    if not _unknown_update(work.tx, seen) and not _unknown_message(work.tx, seen, case):
        return False
    letter = values_of(
        _key(ticket_id), "ticket.changed", ticket_lane(ticket_id), {"ticket_id": ticket_id}, work.now, dead=SENTENCE
    )
    work.tx.inbox.record_many([letter])
    return True


def _key(ticket_id: str) -> str:
    return f"stranger:{ticket_id}"


def _unknown_update(tx: Tx, seen: Observed) -> bool:
    ours = {update.ours for update in seen.updates if update.ours}
    return any(tx.outbox.get(effect_id) is None for effect_id in ours)


def _unknown_message(tx: Tx, seen: Observed, case: Case | None) -> bool:
    assignment = seen.assignment
    if not isinstance(assignment, AssignmentView):
        return False
    found = {match[1] for message in assignment.messages if (match := REFERENCE.search(message.text))}
    found -= set(case.posted) if case else set()
    if not found:
        return False
    cases = tx.cases.list(assignment_id=assignment.id)
    return bool(found - {number for row in cases for number in decode_case(row.body).posted})
