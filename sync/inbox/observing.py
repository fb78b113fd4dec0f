"""What one look brought back: completed from our own records, and given to the case it concerns."""

from __future__ import annotations

from dataclasses import replace

from escalation.engine.transitions import MOVED
from escalation.handlers.requester import only_candidate
from escalation.model.case import Case
from escalation.model.events import Observed
from escalation.model.messages import LookResult
from escalation.model.values import Party
from escalation.model.views import AssignmentEvent, CrossedCase, MergeTarget, Rival, TicketView
from escalation.opening import is_followed_by
from store import CaseRow, Tx
from store.records.cases import BesideCase
from sync.inbox.correspondents import written_to
from sync.inbox.process import company_after
from sync.inbox.unknown_tickets import may_begin, posted_by_others, told
from sync.inbox.work import Work
from sync.shared.codec import decode_case, readable_case


def observed(work: Work, result: LookResult) -> None:
    """Give what was seen to its case; a ticket without one begins a case, or is an ended one's follow-up."""
    seen, ticket_id, case_id = result.event, result.ticket_id, result.case_id
    stored = work.tx.cases.get(case_id) if case_id else work.tx.cases.by_ticket(ticket_id)
    if stored is None and seen.ticket is not None and case_id is None:
        _without_case(work, seen, seen.ticket)
    # A case that moved to another ticket meanwhile asked for a look at that one.
    elif stored is not None and stored.ticket_id == ticket_id:
        _tell(work, stored, seen)


def _tell(work: Work, stored: CaseRow, seen: Observed) -> None:
    case = decode_case(stored.body)
    told(work, stored.ticket_id or "", seen, case)
    policy = work.policies.of(work.tx, stored.policy, company_after(case, seen))
    quiet = written_to(work.tx, case, seen, policy, work.now)
    work.tell(stored, replace(_completed(work, case, seen), written_to=quiet), case)


def _without_case(work: Work, seen: Observed, ticket: TicketView) -> None:
    origin = work.tx.cases.by_ticket(ticket.followup_of) if ticket.followup_of else None
    if origin is not None and not origin.open and is_followed_by(decode_case(origin.body), ticket):
        _tell(work, origin, seen)
    elif work.process.wants_case(ticket) and may_begin(work, ticket.id, seen):
        case = work.process.new_case(ticket, *work.new_ids())
        work.begin(case, _completed(work, case, seen))


def _completed(work: Work, case: Case, seen: Observed) -> Observed:
    return replace(completed(work.tx, case, seen), posted=posted_by_others(work, case, seen))


def completed(tx: Tx, case: Case, seen: Observed) -> Observed:
    """The observation with what only we know: moments, a rival, and whether a merge's target has a case."""
    number = _assignment_of(case, seen)
    target = seen.merge_target
    beside = _of_assignment(tx, case, seen, number) if number else BesideCase(None, None, [])
    # What one company's webhooks say is nothing that happened to another's assignment.
    tells = (None, company_after(case, seen))
    return replace(
        seen,
        moments=tuple(AssignmentEvent(event, at) for event, at, company in beside.moments if company in tells),
        rival=_as_rival(beside.rival),
        crossed=_as_crossed(tx, case, beside.crossed),
        merge_target=_with_case(tx, target) if target else None,
    )


def _assignment_of(case: Case, seen: Observed) -> str | None:
    if found := only_candidate(case, seen.candidates):
        return found.id
    return (seen.ticket.text("assignment_id") if seen.ticket else "") or case.assignment_id


def _of_assignment(tx: Tx, case: Case, seen: Observed, number: str) -> BesideCase:
    """Its moments, and the other cases of it: of the side that this one is of, and of the other side."""
    told = seen.ticket.text("party") if seen.ticket else ""
    party = told if told in tuple(Party) else case.party
    if not party:
        return BesideCase(None, None, list(tx.moments.told(number)))
    return tx.cases.beside(number, str(party), case.id)


def _as_rival(found: CaseRow | None) -> Rival | None:
    if found is None or found.ticket_id is None:
        return None
    return Rival(found.id, found.ticket_id, found.requester_id or "")


def _as_crossed(tx: Tx, case: Case, found: CaseRow | None) -> CrossedCase | None:
    if found is None or found.ticket_id is None:
        return None
    other = readable_case(found.body)
    if other is None:
        return None
    known = case.crossed_with == found.ticket_id
    moves = (
        () if known else tuple((line.at, line.what) for line in tx.journal.of_case(found.id) if MOVED in line.what)
    )
    return CrossedCase(found.ticket_id, other.submitted, moves)


def _with_case(tx: Tx, target: MergeTarget) -> MergeTarget:
    return replace(target, has_case=tx.cases.by_ticket(target.ticket_id) is not None)
