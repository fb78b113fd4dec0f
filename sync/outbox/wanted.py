"""What is still wanted of a row when its turn to be sent comes: what happened since may have overtaken it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from escalation.engine.asserted import FACTS, CaseToTell, hold
from escalation.model.effects import PostFile, PostMessage, UpdateTicket
from store import CaseRow, OutboxRow, Store
from sync.outbox.ending import (
    asserted,
    holds_still,
    left_after_end,
    speaks_for_open_case,
    tells_progress,
    without_progress,
    without_say,
    yields,
)
from sync.outbox.senders import Outgoing
from sync.shared.codec import decode_case, says_publicly

AT_ONCE: Final = timedelta(seconds=1)
"""What left at once left before anything else could happen to its case."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Reads the case of a row, and what waits behind it. Every verb raises StoreUnavailable."""

    store: Store
    clock: Callable[[], datetime]

    def now(self, row: OutboxRow, effect: Outgoing) -> Outgoing | None:
        """What to send; None where that is nothing, since the comment of a post or of a file was withdrawn.

        An update that had to wait may find its case ended, and then leaves only its note; or something newer to be
        said behind it, and then says no more that there is no news; or that what it says is not so any more.
        """
        comment = effect.comment_id if isinstance(effect, PostMessage | PostFile) else ""
        if comment and self._is_withdrawn(row, comment):
            return None
        if not isinstance(effect, UpdateTicket) or self.clock() - row.created_at < AT_ONCE:
            return effect
        speaks = speaks_for_open_case(effect)
        case = self._case_of(row) if speaks or tells_progress(effect) else None
        if tells_progress(effect) and not holds_still(effect, case.state if case else "", self.clock()):
            effect = without_progress(effect)
        if speaks and case is not None:
            if not case.open:
                return left_after_end(effect)
            if not self._is_so(case, asserted(effect)):
                return without_say(effect)
        return without_say(effect) if yields(effect) and self._says_more(row) else effect

    def _is_so(self, case: CaseRow, facts: tuple[str, ...]) -> bool:
        """Whether what a text asserts is so now; a fact that a newer version knows is left to that."""
        known = [name for name in facts if name in FACTS]
        return not known or hold(known, CaseToTell(decode_case(case.body), self.clock()))

    def is_held(self, row: OutboxRow, effect: Outgoing) -> bool:
        """Whether a file for the assignment has to wait with its case, which sends nothing to anyone just now: it
        was chosen before, and waited for its scan."""
        stored = self._case_of(row) if isinstance(effect, PostFile) else None
        if stored is None:
            return False
        case = decode_case(stored.body)
        return case.paused is not None or case.muted

    def has_ended(self, row: OutboxRow) -> bool:
        """Whether the case of a row is over."""
        case = self._case_of(row)
        return case is not None and not case.open

    def _is_withdrawn(self, row: OutboxRow, comment_id: str) -> bool:
        case = self._case_of(row)
        return case is not None and comment_id in decode_case(case.body).posts.withdrawn

    def _says_more(self, row: OutboxRow) -> bool:
        behind = self.store.read(lambda tx: tx.outbox.behind(row))
        return any(says_publicly(later.body) for later in behind)

    def _case_of(self, row: OutboxRow) -> CaseRow | None:
        case_id = row.case_id
        return self.store.read(lambda tx: tx.cases.get(case_id)) if case_id else None
