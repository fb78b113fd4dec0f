"""One inbox row within one transaction: what it tells a case, and everything that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from escalation.engine.turn import Decision
from escalation.model.case import Case, Deadline
from escalation.model.effect_kinds import ENDS_WITH_CASE
from escalation.model.effects import Effect, Look, StartConversation
from escalation.model.events import Event, Hint
from store import AT_ONCE, CaseRow, InboxRow, NewJournalRow, NewOutboxRow, NewTimer, Tx
from sync.inbox.correspondents import leave_alone
from sync.inbox.process import PolicyVersions, ProcessFunctions, company_after
from sync.shared.codec import decode_case, encode_case, encode_effect
from sync.shared.listed_by import listed_by
from sync.shared.names import case_id_of, effect_lane, reference_of, ticket_lane
from sync.shared.priority import priority_of
from sync.shared.tracing import TraceSpan

# The echoes of what the desk does to a ticket come within this time of the change of its case.
ECHOED_WITHIN = timedelta(seconds=10)


class Work:
    """Handling of one row. `added` are the ids of the effects that it brought, `began` whether it began a case."""

    def __init__(
        self, tx: Tx, row: InboxRow, now: datetime, process: ProcessFunctions, policies: PolicyVersions
    ) -> None:
        self.tx = tx
        self.row = row
        self.now = now
        self.process = process
        self.policies = policies
        self.added: list[str] = []
        self.began = False
        self.span: TraceSpan | None = None
        self._looks = 0

    def tell(self, stored: CaseRow, event: Event, case: Case | None = None) -> None:
        """Let the process decide what an event means for a stored case, and keep the decision."""
        before = case or decode_case(stored.body)
        policy = self.policies.of(self.tx, stored.policy, company_after(before, event))
        decision = self.process.decide(before, event, self.now, policy)
        echo = isinstance(event, Hint) and abs(self.now - stored.changed_at) < ECHOED_WITHIN
        self._keep(stored, before, decision, echo=echo)

    def begin(self, case: Case, event: Event) -> None:
        """Begin a case with its first event."""
        digest = self.policies.keep(self.tx)
        self.began = True
        policy = self.policies.current.of_company(company_after(case, event))
        decision = self.process.decide(case, event, self.now, policy)
        self._keep(CaseRow(case.id, case.state.value, digest, self.now), None, decision)

    def new_ids(self) -> tuple[str, str]:
        """Id and reference of the case that this row begins."""
        return case_id_of(self.row.id), reference_of(self.row.id)

    def add(self, effects: Sequence[Effect], case_id: str | None, home: str, *, echo: bool = False) -> None:
        """Queue effects; what comes of them returns by the inbox lane `home`. `echo`: an echo may have asked."""
        queued = [self._queued(effect, case_id, home, echo) for effect in effects]
        for letter in effects:
            if isinstance(letter, StartConversation) and letter.quiet_hours:
                leave_alone(self.tx, letter, self.now)
        self.added += self.tx.outbox.add(queued, self.now)

    def look(self, ticket_id: str) -> None:
        """Look at a ticket that has no case."""
        look = Look(ticket_id, frozenset({"ticket", "assignment"}))
        self.add([look], None, ticket_lane(ticket_id))

    def _queued(self, effect: Effect, case_id: str | None, home: str, echo: bool) -> NewOutboxRow:
        return NewOutboxRow(
            id=self._look_id(effect, case_id) if isinstance(effect, Look) else effect.id,
            lane=effect_lane(effect, case_id),
            kind=effect.type,
            body=encode_effect(effect, home, echo=echo),
            due=getattr(effect, "not_before", None) or AT_ONCE,
            case_id=case_id,
            priority=priority_of(effect, self.row.kind, case_id),
        )

    def _look_id(self, look: Look, case_id: str | None) -> str:
        self._looks += 1
        more = f".{self._looks}" if self._looks > 1 else ""
        return f"{case_id or f'T-{look.ticket_id}'}.look.{self.row.id}{more}"

    def _keep(self, stored: CaseRow, before: Case | None, decision: Decision, *, echo: bool = False) -> None:
        case = decision.case
        if case != before:
            self.tx.cases.save(self._row(stored, case), stored.version)
        if before is None or case.deadlines != before.deadlines:
            known = {kind.value for kind in before.deadlines} if before is not None else set()
            wanted = {kind.value: _due(at) for kind, at in case.deadlines.items()}
            self.tx.timers.replace(case.id, wanted, known)
        if case.ended and before is not None and not before.ended:
            self.tx.outbox.cancel_for_case(case.id, ENDS_WITH_CASE)
        self.add(decision.effects, case.id, ticket_lane(case.ticket_id), echo=echo)
        self.tx.journal.append_all(
            [
                NewJournalRow(entry.actor, entry.what, entry.at, case.id, case.ticket_id, entry.why, self.row.key)
                for entry in decision.journal
            ]
        )

    def _row(self, stored: CaseRow, case: Case) -> CaseRow:
        return CaseRow(
            id=case.id,
            state=case.state.value,
            policy=stored.policy,
            changed_at=self.now,
            ticket_id=case.ticket_id,
            assignment_id=case.assignment_id,
            party=case.party.value if case.party else None,
            requester_id=case.requester.id,
            tier=case.tier,
            open=not case.ended,
            blocks=self._blocks(stored, case),
            body=encode_case(case),
            opened_at=case.opened,
            company=case.company or None,
            **listed_by(case),
        )

    def _blocks(self, stored: CaseRow, case: Case) -> bool:
        """Whether a further case of the same assignment and side has to look at this one.

        Two requesters may both be verified, so a case that came second blocks nobody while the first is open.
        """
        if case.ended or not (case.requester.verified or case.signed_email):
            return False
        if case.assignment_id is None or case.party is None:
            return True
        if stored.blocks and (stored.assignment_id, stored.party) == (case.assignment_id, case.party.value):
            return True
        return self.tx.cases.rival(case.assignment_id, case.party.value, case.id) is None


def _due(at: Deadline) -> NewTimer:
    return NewTimer(at.due, at.generation, {"why": at.why})
