"""Keeps what became of an effect, in one transaction: its outbox row, and what the case is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from connector.errors import Permanent
from escalation.language.closing import before_the_closing
from escalation.model.audience import NOTHING, Public
from escalation.model.effects import (
    CopyFile,
    CreateTicket,
    Look,
    PostFile,
    PostMessage,
    Say,
    StartConversation,
    UpdateTicket,
)
from escalation.model.events import Done, Observed, Refused, Unsent, Unsettled
from escalation.model.messages import EffectOutcome, EffectResult, LookResult
from store import OutboxRow, Postponed, Store, Tx
from sync.outbox.attempts import Sent
from sync.outbox.gathering import begin_again, begin_letter, freed, told
from sync.outbox.retry_policy import GiveUp, Postpone, Refuse, RetryDecision, TellPerson
from sync.outbox.senders import Outgoing
from sync.outbox.stamps import StampDamaged, begin_stamped, forget_stamp, stamp_mark, stamp_of
from sync.shared.codec import encode_message, home_of
from sync.shared.failpoints import Crash
from sync.shared.loop_counts import Count
from sync.shared.recording import effect_died
from sync.shared.tracing import Tracing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Begun:
    """What an attempt that was noted is to ask for; for an update the last known stamp of its ticket."""

    body: Mapping[str, Any]
    stamp: datetime | None


class OutboxResults:
    """Every verb is one COMMIT. False where the row was finished by somebody else meanwhile."""

    def __init__(
        self, store: Store, crash: Crash, count: Count, now: Callable[[], datetime], tracing: Tracing
    ) -> None:
        self._store = store
        self._tracing = tracing
        self._now = now
        self._crash = crash
        self._count = count

    def mark(self, row: OutboxRow, now: datetime) -> bool:
        """Note an attempt before it is made. False where another one was made since the row was read."""
        return self._keep("mark", row, lambda tx: tx.outbox.mark_in_flight(row.id, now, attempts=row.attempts))

    def begin(self, row: OutboxRow, effect: Look | Outgoing, now: datetime) -> Begun | None:
        """Note an attempt at what waits, before it is made. An update's needs a stamp: without, nothing is noted.

        None where it waits no more, or another attempt was made since the row was read.
        """
        if isinstance(effect, UpdateTicket | CopyFile):
            return self._begin_stamped(row, effect.ticket_id, now)

        def begin(tx: Tx) -> Begun | None:
            if isinstance(effect, Look):
                asked = tx.outbox.begin_look(row, now)
            else:
                asked = tx.outbox.begin(row.id, now, attempts=row.attempts)
            return None if asked is None else Begun(asked, None)

        return self._keep("mark", row, begin)

    def _begin_stamped(self, row: OutboxRow, ticket_id: str, now: datetime) -> Begun | None:
        def begin(tx: Tx) -> Begun | None:
            begun = begin_stamped(tx, row.id, ticket_id, now, attempts=row.attempts)
            if begun is None:
                return None if stamp_of(tx, ticket_id) else Begun(row.body, None)
            return Begun(*begun)

        try:
            return self._keep("mark", row, begin)
        except StampDamaged:
            self._keep("mark", row, lambda tx: forget_stamp(tx, ticket_id))
            return Begun(row.body, None)

    def begin_letter(self, row: OutboxRow, effect: StartConversation, now: datetime) -> StartConversation | None:
        """Note an attempt at a letter before it is made, and at what goes with it; what is to be sent, None where
        another attempt was made since the row was read."""
        begin = begin_letter if row.state == "todo" else begin_again
        return self._keep("mark", row, lambda tx: begin(tx, row, effect, now))

    def letter_done(self, row: OutboxRow, effect: StartConversation, sent: Sent, now: datetime) -> bool:
        """A letter is proved sent, and with it every case that it tells has been told."""

        def keep(tx: Tx) -> bool:
            heard = told(tx, row, effect, sent)
            settled = [
                tx.settle(one.id, dict(done.result) or None, now, event=for_case(one, f"done:{one.id}", done))
                for one, done in heard
            ]
            self._tracing.tell(tx, row.id, [f"done:{one.id}" for one, _ in heard])
            return settled[0]

        self._count("delivered", row.kind)
        return self._keep("done", row, keep)

    def done(self, row: OutboxRow, effect: Outgoing, sent: Sent, now: datetime) -> bool:
        """The effect is proved done."""
        mark = None
        if isinstance(effect, UpdateTicket | CopyFile) and sent.stamp is not None:
            mark = stamp_mark(effect.ticket_id, sent.stamp)
        tells = row.case_id is not None or "ticket_id" in sent.result
        event = for_case(row, f"done:{row.id}", Done(row.id, sent.at, sent.result)) if tells else None

        def keep(tx: Tx) -> bool:
            settled = tx.settle(row.id, sent.result or None, now, mark=mark, event=event)
            self._tracing.tell(tx, row.id, [event[0]] if settled and event else [])
            return settled

        self._count("delivered", row.kind)
        return self._keep("done", row, keep)

    def observed(self, row: OutboxRow, look: Look, seen: Observed, now: datetime) -> bool:
        """A look brought something back."""
        mark = None if seen.ticket is None else stamp_mark(seen.ticket.id, seen.ticket.updated_at)
        brought = LookResult(case_id=row.case_id, event=seen, ticket_id=look.ticket_id)
        event = (f"observed:{row.id}", "observed", home_of(row.body), encode_message("observed", brought))

        def keep(tx: Tx) -> bool:
            settled = tx.settle(row.id, None, now, mark=mark, event=event)
            self._tracing.tell(tx, row.id, [event[0]] if settled else [])
            return settled

        self._count("delivered", row.kind)
        return self._keep("observed", row, keep)

    def decided(self, row: OutboxRow, effect: Outgoing | None, decision: RetryDecision, now: datetime) -> bool:
        """What a failed attempt means; `effect` is what was to be sent, None for a look."""
        match decision:
            case Postpone(state, due, why, counted):
                return self.postpone(row, state, due, why, counted=counted)
            case TellPerson(due, why):
                return self.unreadable(row, due, why, now)
            case GiveUp(why):
                return self.given_up(row, why, now, effect)
            case Refuse(error):
                assert effect is not None  # noqa: S101 -- a look is refused for no good
                return self.refused(row, effect, error, now)

    def postpone(self, row: OutboxRow, state: Postponed, due: datetime, why: str, *, counted: bool = True) -> bool:
        """Go on at `due`. What was refused because of too many calls does not count as an attempt."""
        self._count("postponed", row.kind)
        attempts, since = None if counted else row.attempts, self._now()

        def keep(tx: Tx) -> bool:
            if state == "todo":
                freed(tx, row)
            return tx.outbox.postpone(row.id, state, due, why, since=since, attempts=attempts)

        return self._keep("postpone", row, keep)

    def hold(self, row: OutboxRow, due: datetime) -> bool:
        """Leave it as it is until `due`."""
        return self._keep("hold", row, lambda tx: tx.outbox.hold(row.id, due, since=self._now()))

    def refused(self, row: OutboxRow, effect: Outgoing, error: Permanent, now: datetime) -> bool:
        """It will never be done; the case goes on without it."""
        code, reason = error.code, error.reason
        refused = Refused(row.id, code, reason, _owed(effect), error.lacking, _apart(effect, code))

        def keep(tx: Tx) -> bool:
            if row.state == "todo":
                freed(tx, row)
            if not effect_died(tx, row, reason, now):
                return False
            self._tell(tx, row, refusal_key(row.id), refused, now)
            return True

        self._count("refused", row.kind)
        return self._keep("refused", row, keep)

    def unsettled(self, row: OutboxRow, reason: str, found: str, now: datetime) -> bool:
        """Reading can't tell whether it arrived; a person has it now."""

        def keep(tx: Tx) -> bool:
            if not effect_died(tx, row, reason, now):
                return False
            self._tell(tx, row, f"unsettled:{row.id}:{row.attempts}", Unsettled(row.id, reason, found), now)
            return True

        self._count("unsettled", row.kind)
        return self._keep("unsettled", row, keep)

    def unreadable(self, row: OutboxRow, due: datetime, why: str, now: datetime) -> bool:
        """It could not be read back for so long that a person is told, once; it is still being tried."""

        def keep(tx: Tx) -> bool:
            event = Unsettled(row.id, why, waiting=True)
            self._tell(tx, row, f"unsettled:{row.id}:{row.attempts}:waiting", event, now)
            return tx.outbox.postpone(row.id, "unclear", due, why, since=now)

        return self._keep("unreadable", row, keep)

    def given_up(self, row: OutboxRow, why: str, now: datetime, effect: Outgoing | None = None) -> bool:
        """A dead letter, for a person to replay or discard; its case is told of an effect that nobody has got."""

        def keep(tx: Tx) -> bool:
            if not effect_died(tx, row, why, now):
                return False
            if effect is not None and row.case_id is not None:
                shows = isinstance(effect, UpdateTicket) and (effect.status is not None or bool(effect.fields))
                key = f"unsent:{row.id}:{now.isoformat()}"
                self._tell(tx, row, key, Unsent(row.id, why, effect.type, _words(effect), shows), now)
            return True

        self._count("dead", row.kind)
        return self._keep("given_up", row, keep)

    def dropped(self, row: OutboxRow, why: str) -> bool:
        """Not wanted any more, and proved not done."""

        def keep(tx: Tx) -> bool:
            freed(tx, row)
            return tx.outbox.dead(row.id, why) and tx.outbox.discard(row.id)

        return self._keep("dropped", row, keep)

    def _tell(self, tx: Tx, row: OutboxRow, key: str, event: EffectOutcome, now: datetime) -> None:
        tell(tx, row, key, event, now)
        self._tracing.tell(tx, row.id, [key])

    def _keep(self, name: str, row: OutboxRow, work: Callable[[Tx], T]) -> T:
        def keep(tx: Tx) -> T:
            kept = work(tx)
            self._crash(f"deliver.{name}.before_commit")
            return kept

        kept = self._store.write(keep)
        self._tracing.came_of(row.id, name)
        self._crash(f"deliver.{name}.after_commit")
        return kept


def tell(tx: Tx, row: OutboxRow, key: str, event: EffectOutcome, now: datetime) -> None:
    """Record what the case of an effect is to hear, once per key, behind what it has to hear before."""
    tx.inbox.record(*for_case(row, key, event), now)


def for_case(row: OutboxRow, key: str, event: EffectOutcome) -> tuple[str, str, str, dict[str, Any]]:
    """Key, kind, lane and body of what the case of an effect is to hear."""
    kind = f"effect.{event.type}"
    message = EffectResult(case_id=row.case_id, event=event)
    return key, kind, home_of(row.body), encode_message(kind, message)


def refusal_key(effect_id: str) -> str:
    """Once a case was told that it goes on without an effect, that effect must not be sent any more."""
    return f"refused:{effect_id}"


def _apart(effect: Outgoing, code: str) -> UpdateTicket | None:
    """The update, where Zendesk refused what it changes and may take what it says."""
    if code not in ("invalid", "required") or not isinstance(effect, UpdateTicket):
        return None
    changes = effect.status or effect.fields or effect.add_tags or effect.remove_tags
    return effect if changes and (effect.say or effect.status) else None


def _words(effect: Outgoing) -> str:
    """What an effect would have said, to whomever."""
    if isinstance(effect, PostMessage):
        return effect.text
    if isinstance(effect, StartConversation):
        return effect.letter[1]
    if isinstance(effect, CopyFile | PostFile):
        return effect.file.name
    return _owed(effect) or (effect.say.text if effect.say is not None else "")


def _owed(effect: Outgoing) -> Public:
    """The public text that the requester does not get."""
    if isinstance(effect, PostMessage | StartConversation | CopyFile | PostFile) or not isinstance(effect.say, Say):
        return NOTHING
    if isinstance(effect, CreateTicket) and not effect.followup_of:
        return NOTHING
    text, closing = effect.say.text.parted(before_the_closing(effect.say.text))
    return Public.joined(filter(None, (text, effect.say.after, closing)), "\n\n")
