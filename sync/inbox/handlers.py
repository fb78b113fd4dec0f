"""What each message of the inbox means: to which cases it speaks, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from escalation.model.events import (
    CloseAsked,
    Done,
    Event,
    Hint,
    LookAsked,
    PauseAsked,
    PostAsked,
    ResumeAsked,
    TimerDue,
)
from escalation.model.messages import (
    AssignmentHint,
    AssignmentPost,
    CloseCommand,
    ConversationsHint,
    EffectResult,
    InboxMessage,
    IntakeRequest,
    LookResult,
    PagePress,
    PauseCommand,
    RestoreMark,
    ResumeCommand,
    TicketHint,
    TimerFired,
    UnreadableBody,
    WorkMarketHint,
    inbox_kind,
)
from escalation.model.values import Timer
from store import CaseRow, InboxRow, Tx
from sync.inbox.observing import observed
from sync.inbox.work import Work
from sync.shared.codec import decode_message, named_in, readable_case, told_with
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


def handle_message(work: Work) -> None:
    """Do what a row says. LookupError for a kind that nobody handles, ValueError for a body that can't be read."""
    message = decode_message(work.row.kind, work.row.body)
    HANDLERS[type(message)](work, message)


def _ticket(work: Work, hint: TicketHint) -> None:
    stored = work.tx.cases.by_ticket(hint.ticket_id)
    if stored is not None:
        work.tell(stored, Hint("ticket", merged_into=hint.target_ticket_id))
    elif inbox_kind(work.row.kind).begins:
        work.look(hint.ticket_id)


def _conversations(work: Work, hint: ConversationsHint) -> None:
    """A side conversation may tell cases of other tickets too."""
    stored = work.tx.cases.by_ticket(hint.ticket_id)
    tickets = (hint.ticket_id, *(told_with(stored.body) if stored is not None else ()))
    _tell_each(work, list(filter(None, map(work.tx.cases.by_ticket, tickets))), Hint("conversations"))


def _workmarket(work: Work, hint: WorkMarketHint) -> None:
    event = MOMENTS.get(hint.event)
    if event is not None:
        _remember(work, hint.assignment_id, event, hint.company or None)
    _assignment(work, AssignmentHint(hint.assignment_id, hint.company))


def _remember(work: Work, number: str, event: str, company: str | None) -> None:
    at, told = work.row.received_at, work.tx.moments.told(number)
    known = [moment for name, moment, by in told if name == event and by == company]
    if not known or at - max(known) > REPEATED:
        work.tx.moments.add(number, event, at, company)


def _assignment(work: Work, hint: AssignmentHint) -> None:
    """One company's news are nothing to a case that is another's."""
    cases = [
        stored
        for stored in work.tx.cases.list(assignment_id=hint.assignment_id)
        if not hint.company or stored.company in (None, hint.company)
        if stored.open or work.now - stored.changed_at <= REMEMBERED
    ]
    _tell_each(work, cases, Hint("assignment"))


def _tell_each(work: Work, cases: Sequence[CaseRow], hint: Hint) -> None:
    """Where one of several cases is damaged, the others hear of it all the same."""
    read = [(stored, readable_case(stored.body)) for stored in cases]
    for stored, case in read:
        if case is not None or len(cases) == 1:
            work.tell(stored, hint, case)


def _post(work: Work, post: AssignmentPost) -> None:
    stored = work.tx.cases.by_ticket(post.ticket_id)
    if stored is not None and stored.open:
        work.tell(stored, PostAsked(post.text))
        return
    # One an hour: the note may be what made a trigger ask.
    hour = work.now.strftime("%Y%m%d%H")
    note = work.process.refuse_post(post.ticket_id, f"refuse:{post.ticket_id}:{hour}", work.policies.current)
    work.add([note], None, ticket_lane(post.ticket_id))


def _request(work: Work, request: IntakeRequest) -> None:
    effect = work.process.open_request(request, work.row.key, work.policies.current)
    work.add([effect], None, work.row.lane)


def _result(work: Work, result: EffectResult) -> None:
    event = result.event
    _tell(work, result.case_id, event)
    if isinstance(event, Done) and event.result.get("ticket_id"):
        work.look(event.result["ticket_id"])


def _timer(work: Work, fired: TimerFired) -> None:
    _tell(work, fired.case_id, TimerDue(Timer(fired.timer), fired.generation))


def _press(work: Work, press: PagePress) -> None:
    _tell(work, press.case_id, LookAsked(press.about))


def _pause(work: Work, command: PauseCommand) -> None:
    _tell(work, command.case_id, PauseAsked(command.until, command.reason, command.actor))


def _resume(work: Work, command: ResumeCommand) -> None:
    _tell(work, command.case_id, ResumeAsked(command.actor, command.reason))


def _close(work: Work, command: CloseCommand) -> None:
    _tell(work, command.case_id, CloseAsked(command.actor, command.reason))


def _tell(work: Work, case_id: str | None, event: Event) -> None:
    stored = work.tx.cases.get(case_id) if case_id else None
    if stored is not None:
        work.tell(stored, event)


def _nothing(work: Work, _: InboxMessage) -> None:
    raise LookupError(f"Nobody handles inbox rows of kind {work.row.kind[:60]}.")


def read_ahead(tx: Tx, rows: Sequence[InboxRow]) -> None:
    """Read the cases that several rows speak of by one question."""
    named = [named_in(row.body) for row in rows]
    cases = {case_id for case_id, _ in named if case_id}
    tickets = {ticket_id for case_id, ticket_id in named if ticket_id and not case_id}
    if len(cases) + len(tickets) > 1:
        tx.cases.read_ahead(cases, tickets)


HANDLERS: Final[Mapping[type[InboxMessage], Callable[[Work, Any], None]]] = {
    TicketHint: _ticket,
    ConversationsHint: _conversations,
    AssignmentHint: _assignment,
    WorkMarketHint: _workmarket,
    AssignmentPost: _post,
    IntakeRequest: _request,
    LookResult: observed,
    EffectResult: _result,
    TimerFired: _timer,
    PagePress: _press,
    PauseCommand: _pause,
    ResumeCommand: _resume,
    CloseCommand: _close,
    # These are dead letters, or done, from their beginning.
    UnreadableBody: _nothing,
    RestoreMark: _nothing,
}
