"""Traces of what the desk does: a span for each look, decision and sending, handed on from row to row.

What shows them is not known here. Where nobody is to be shown any, nothing of this asks the database a thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol

from escalation.model.effect_kinds import EFFECT_KINDS, LOOK
from escalation.model.messages import inbox_kind
from store import InboxRow, OutboxRow, Store, StoreUnavailable, Tx
from sync.shared.codec import home_of
from sync.shared.names import ticket_of_lane

SpanName = Literal["look", "decide", "send", "read back"]
SpanFacts = Mapping[str, str | int]
LINKED: Final = "linked:"
"""Stands before the context of somebody else's trace: one of ours that begins there names it, and is no part of
it."""
_TRACEPARENT: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
OUTCOMES: Final[Mapping[str, str]] = {
    "done": "done",
    "observed": "observed",
    "postpone": "postponed",
    "hold": "held",
    "refused": "refused",
    "unsettled": "unsettled",
    "unreadable": "unreadable",
    "given_up": "given up",
    "dropped": "dropped",
}
"""What the span of an attempt ends with, by what became of its row."""
FAILURES: Final = frozenset({"failed", "dead", "refused", "given up", "unsettled", "interrupted"})
"""Outcomes that somebody may want to look for."""


class TraceSpan(Protocol):
    """Something that takes its time. `context` is what stands at the rows that come of it."""

    @property
    def context(self) -> str: ...

    def end(self, outcome: str, *, failed: bool) -> None:
        """Show it. One that is never ended is never shown."""


BeginSpan = Callable[[SpanName, str | None, SpanFacts], TraceSpan | None]
"""Begins a span, as part of the context that stands at a row or of a trace of its own. None: it is not shown."""


@dataclass(slots=True)
class _Attempt:
    span: TraceSpan
    outcome: str = "interrupted"


@dataclass(frozen=True, slots=True)
class Tracing:
    """Begins the spans of a process and writes at its rows which trace they belong to; safe from any thread.

    `begin` is None where nobody is shown any.
    """

    begin: BeginSpan | None = None
    _attempts: dict[str, _Attempt] = field(default_factory=dict)

    def contexts(self, tx: Tx, rows: Collection[InboxRow]) -> Mapping[int, str]:
        """What stands at rows that are about to be handled."""
        return {} if self.begin is None or not rows else tx.traces.of_events([row.id for row in rows])

    def decide(self, tx: Tx, row: InboxRow, context: str | None) -> TraceSpan | None:
        """Begin the span of handling a row, among whose attempts this one counts already. A row that begins a trace
        keeps it, in case it is handled again."""
        if self.begin is None:
            return None
        span = self.begin("decide", context, _facts(_event_kind(row.kind), row.lane, row.attempts))
        if span is not None and (context is None or context.startswith(LINKED)):
            tx.traces.put_event(row.id, span.context)
        return span

    def decided(self, tx: Tx, span: TraceSpan | None, effect_ids: Collection[str]) -> None:
        """Hand on the trace of a decision to the effects that it brought."""
        if span is not None:
            tx.traces.begin_effects(effect_ids, span.context)

    def failed(self, tx: Tx, row: InboxRow) -> TraceSpan | None:
        """The span of a handling of which nothing else is kept; to be ended once this transaction is over."""
        if self.begin is None:
            return None
        return self.decide(tx, replace(row, attempts=row.attempts + 1), tx.traces.of_event(row.id))

    def attempt(self, store: Store, row: OutboxRow, name: SpanName | None = None) -> None:
        """Begin the span of an attempt at an effect; it lasts until `attempted`, or until the next one begins."""
        self._end(row.id, "absent")
        if self.begin is None:
            return
        name = name or ("look" if row.kind == LOOK else "send")
        kind = row.kind if row.kind in EFFECT_KINDS else "unknown"
        facts = _facts(kind, home_of(row.body), row.attempts + (name != "read back"))
        with suppress(StoreUnavailable):  # which whoever notes the attempt has to bear, and tells
            context = store.read(lambda tx: tx.traces.of_effect(row.id))
            span = self.begin(name, context, facts)
            if span is None:
                return
            self._attempts[row.id] = _Attempt(span)
            if context is None:
                store.write(lambda tx: tx.traces.begin_effects([row.id], span.context))

    def tell(self, tx: Tx, effect_id: str, keys: Collection[str]) -> None:
        """Hand on the trace of an attempt to the events that tell what came of it."""
        attempt = self._attempts.get(effect_id)
        if attempt is not None:
            tx.traces.begin_events(keys, attempt.span.context)

    def came_of(self, effect_id: str, what: str) -> None:
        """Note what became of the row of an attempt."""
        attempt = self._attempts.get(effect_id)
        if attempt is not None and what in OUTCOMES:
            attempt.outcome = OUTCOMES[what]

    def attempted(self, effect_id: str) -> None:
        """End the span of an attempt, where one was made."""
        self._end(effect_id)

    def _end(self, effect_id: str, outcome: str = "") -> None:
        attempt = self._attempts.pop(effect_id, None)
        if attempt is not None:
            end_span(attempt.span, outcome or attempt.outcome)


UNTRACED: Final = Tracing()


def linked(traceparent: str) -> str | None:
    """What stands at an event that came with somebody else's `traceparent`; None where that is none."""
    return LINKED + traceparent if _TRACEPARENT.fullmatch(traceparent) else None


def end_span(span: TraceSpan | None, outcome: str) -> None:
    """Show a span, where there is one, with what came of it."""
    if span is not None:
        span.end(outcome, failed=outcome in FAILURES)


def _facts(kind: str, lane: str, attempt: int) -> SpanFacts:
    """All that a span says beside its outcome: nothing that a person typed, and nothing that opens a door."""
    ticket_id = ticket_of_lane(lane) or ""
    known = ticket_id.isascii() and ticket_id.isdigit() and len(ticket_id) <= 20
    return {"kind": kind, "attempt": attempt, **({"ticket_id": ticket_id} if known else {})}


def _event_kind(name: str) -> str:
    """The kind as the table has it: what a service's own name adds to it was typed by somebody else."""
    with suppress(LookupError):
        return inbox_kind(name).name.rstrip(".")
    return "unknown"
