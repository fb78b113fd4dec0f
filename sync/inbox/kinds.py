"""What each kind of inbox row means: to which cases it speaks, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from escalation.model.events import CloseAsked, Done, Hint, PauseAsked, PostAsked, ResumeAsked, TimerDue
from escalation.model.values import Timer
from store import CaseRow, InboxRow, Tx
from sync.inbox.observing import observed
from sync.inbox.work import Work
from sync.shared.codec import decode_event
from sync.shared.names import ticket_lane

# A webhook about an assignment still concerns a case that ended so recently.
REMEMBERED = timedelta(days=60)
# The same event of an assignment within this time is the same webhook again.
REPEATED = timedelta(hours=1)
MOMENTS = {
    "completed": "completed",
    "approved": "approved",
    "paid": "paid",
    "cancel": "cancel",
    "cancelled": "cancel",
    "voided": "voided",
}
# Only these can be a ticket's first news; what else happens to a ticket without a case concerns nobody.
BEGINNINGS = frozenset({"request.submitted", "ticket.changed", "ticket.undeleted", "reconcile.ticket"})

About = Literal["ticket", "conversations", "assignment"]


def kind_of(name: str) -> Callable[[Work], None]:
    """What to do with a kind of row. LookupError for one that nobody knows."""
    if name.startswith("workmarket."):
        return _workmarket
    if name in KINDS:
        return KINDS[name]
    raise LookupError(f"Nobody handles inbox rows of kind {name[:60]}.")


def _hint(about: About) -> Callable[[Work], None]:
    def hint(work: Work) -> None:
        ticket_id = str(work.row.body["ticket_id"])
        stored = work.tx.cases.by_ticket(ticket_id)
        if stored is not None:
            work.tell(stored, Hint(about, merged_into=work.row.body.get("target_ticket_id")))
        elif work.row.kind in BEGINNINGS:
            work.look(ticket_id)

    return hint


def _workmarket(work: Work) -> None:
    body = work.row.body
    number, event = str(body["assignment_id"]), MOMENTS.get(str(body["event"]))
    if event is not None:
        _remember(work, number, event)
    _assignment(work)


def _remember(work: Work, number: str, event: str) -> None:
    at = work.row.received_at
    known = [moment for name, moment in work.tx.moments.of(number) if name == event]
    if not known or at - max(known) > REPEATED:
        work.tx.moments.add(number, event, at)


def _assignment(work: Work) -> None:
    for stored in work.tx.cases.list(assignment_id=str(work.row.body["assignment_id"])):
        if stored.open or work.now - stored.changed_at <= REMEMBERED:
            work.tell(stored, Hint("assignment"))


def _post(work: Work) -> None:
    ticket_id = str(work.row.body["ticket_id"])
    stored = work.tx.cases.by_ticket(ticket_id)
    if stored is not None and stored.open:
        work.tell(stored, PostAsked(str(work.row.body["text"])))
        return
    # One an hour: the note may be what made a trigger ask.
    hour = work.now.strftime("%Y%m%d%H")
    note = work.process.refuse_post(ticket_id, f"refuse:{ticket_id}:{hour}", work.policies.current)
    work.add([note], None, ticket_lane(ticket_id))


def _request(work: Work) -> None:
    effect = work.process.open_request(work.row.body, work.row.key, work.policies.current)
    work.add([effect], None, work.row.lane)


def _result(work: Work) -> None:
    event = decode_event(work.row.body["event"])
    stored = _case(work)
    if stored is not None:
        work.tell(stored, event)
    if isinstance(event, Done) and event.result.get("ticket_id"):
        work.look(event.result["ticket_id"])


def _timer(work: Work) -> None:
    stored = _case(work)
    if stored is not None:
        body = work.row.body
        work.tell(stored, TimerDue(Timer(body["timer"]), int(body["generation"])))


def _pause(work: Work) -> None:
    stored, body = _case(work), work.row.body
    if stored is not None:
        until = datetime.fromisoformat(body["until"])
        work.tell(stored, PauseAsked(until, str(body["reason"]), str(body["actor"])))


def _resume(work: Work) -> None:
    stored = _case(work)
    if stored is not None:
        work.tell(stored, ResumeAsked(str(work.row.body["actor"])))


def _close(work: Work) -> None:
    stored = _case(work)
    if stored is not None:
        work.tell(stored, CloseAsked(str(work.row.body["actor"])))


def _case(work: Work) -> CaseRow | None:
    case_id = work.row.body.get("case_id")
    return work.tx.cases.get(str(case_id)) if case_id else None


def read_ahead(tx: Tx, rows: Sequence[InboxRow]) -> None:
    """Read the cases that several rows speak of by one question."""
    others = [row.body for row in rows if not row.body.get("case_id")]
    cases = {str(row.body["case_id"]) for row in rows if row.body.get("case_id")}
    tickets = {str(body["ticket_id"]) for body in others if body.get("ticket_id")}
    if len(cases) + len(tickets) > 1:
        tx.cases.read_ahead(cases, tickets)


TICKET_HINTS = (
    *BEGINNINGS,
    "ticket.merged",
    "ticket.soft_deleted",
    "ticket.permanently_deleted",
    "ticket.marked_as_spam",
    "ticket.status_changed",
)
KINDS: dict[str, Callable[[Work], None]] = {
    **dict.fromkeys(TICKET_HINTS, _hint("ticket")),
    "side_conversation.changed": _hint("conversations"),
    "reconcile.conversations": _hint("conversations"),
    "reconcile.assignment": _assignment,
    "assignment.post": _post,
    "request.received": _request,
    "observed": observed,
    "effect.done": _result,
    "effect.refused": _result,
    "effect.unsent": _result,
    "effect.unsettled": _result,
    "timer": _timer,
    "command.pause": _pause,
    "command.resume": _resume,
    "command.close": _close,
}
