"""Letters that wait for the same person leave as one: which go together, and what each row keeps of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from escalation.model.audience import NOTHING, Public
from escalation.model.effects import StartConversation
from escalation.model.events import Done
from store import UNFINISHED, OutboxRow, Tx
from sync.outbox.attempts import Sent
from sync.shared.codec import decode_effect, encode_effect, home_of

KIND = str(StartConversation.__dataclass_fields__["type"].default)
MOST = 20
"""Letters that go as one."""

Letter = tuple[OutboxRow, StartConversation]


def begin_letter(tx: Tx, row: OutboxRow, effect: StartConversation, now: datetime) -> StartConversation | None:
    """Note an attempt at a letter that waits and at all that go with it; what is to be sent, None where it waits no
    more. Their rows say in whose letter they are: who settles one of them looks for that letter."""
    if tx.outbox.begin(row.id, now, attempts=row.attempts) is None:
        return None
    others = list(_with_it(tx, row, effect))
    letter = _as_one(effect, [other for _, other in others])
    if letter != effect:
        tx.outbox.rewrite(row.id, _body(row, letter))
    for other_row, other in others:
        tx.outbox.mark_in_flight(other_row.id, now)
        told = replace(other, told_in=letter.id, told_on=letter.ticket_id)
        tx.outbox.rewrite(other_row.id, _body(other_row, told), state="unclear")
    return letter


def begin_again(tx: Tx, row: OutboxRow, effect: StartConversation, now: datetime) -> StartConversation | None:
    """Note another attempt at a letter that is proved absent, also in the one that was to tell it. Who was told
    otherwise meanwhile, or whose case is over, is left out."""
    if not tx.outbox.mark_in_flight(row.id, now, attempts=row.attempts):
        return None
    alone = replace(effect, told_in="", told_on="")
    letter = _as_one(
        alone, [other for other_row, other in _told_by(tx, effect) if not _let_go(tx, other_row, other, over=True)]
    )
    if letter != effect:
        tx.outbox.rewrite(row.id, _body(row, letter))
    return letter


def freed(tx: Tx, row: OutboxRow) -> None:
    """Let those that were to go with a letter go by themselves: it has surely not been sent."""
    effect = _letter(tx.outbox.get(row.id)) if row.kind == KIND else None
    for other_row, other in _told_by(tx, effect) if effect is not None else ():
        _let_go(tx, other_row, other)


def _let_go(tx: Tx, row: OutboxRow, effect: StartConversation, *, over: bool = False) -> bool:
    """Take a letter out of the one that was to tell it, and what is of a case that is over out of the outbox; with
    `over` only such a one. Whether it was."""
    case = tx.cases.get(row.case_id) if row.case_id else None
    is_over = case is not None and not case.open
    if is_over or not over:
        tx.outbox.rewrite(row.id, _body(row, replace(effect, told_in="", told_on="")), state="todo")
    if case is not None and is_over:
        tx.outbox.cancel_for_case(case.id, (KIND,))
    return is_over or not over


def told(tx: Tx, row: OutboxRow, effect: StartConversation, sent: Sent) -> list[tuple[OutboxRow, Done]]:
    """What each case is to hear of a letter that is proved sent, that of the row first."""
    left = _letter(tx.outbox.get(effect.told_in)) if effect.told_in else effect
    tells = left.tells if left is not None else ()
    if not effect.told_in and not tells:
        return [(row, Done(row.id, sent.at, sent.result))]
    letters = [*([left] if left else []), *filter(None, (_letter(tx.outbox.get(one)) for one in tells))]
    rows = [row] if effect.told_in else [row, *(other_row for other_row, _ in _told_by(tx, effect))]
    return [(one, Done(one.id, sent.at, {**sent.result, **_result(one.id, left, letters)})) for one in rows]


def _result(effect_id: str, left: StartConversation | None, letters: Sequence[StartConversation]) -> dict[str, str]:
    others = [letter for letter in letters if letter.id != effect_id]
    told = {"beside": "\n".join(mark for other in others if other.part for mark in other.part.marks)}
    if left is None or left.id == effect_id:
        return {**told, "tickets": " ".join(other.ticket_id for other in others)}
    return {**told, "told_in": left.id, "told_on": left.ticket_id}


def _with_it(tx: Tx, row: OutboxRow, effect: StartConversation) -> Iterator[Letter]:
    """What waits behind it in the lane of its reader and was never attempted but with it."""
    if effect.part is None:
        return
    behind = [(other, _letter(other)) for other in tx.outbox.behind(row)[:MOST]]
    for other_row, other in behind:
        free = other_row.state == "todo" and not other_row.attempts
        if other is not None and other.part is not None and (free or other.told_in == effect.id):
            yield other_row, other


def _told_by(tx: Tx, effect: StartConversation) -> Iterator[Letter]:
    """Those that a letter tells, as far as nothing else has become of them."""
    for row in map(tx.outbox.get, effect.tells):
        other = _letter(row)
        if row is not None and other is not None and row.state in UNFINISHED and other.told_in == effect.id:
            yield row, other


def _letter(row: OutboxRow | None) -> StartConversation | None:
    """None also for one that is damaged: its own turn makes it a dead letter."""
    try:
        effect = decode_effect(row.body) if row is not None and row.kind == KIND else None
    except ValueError:
        return None
    return effect if isinstance(effect, StartConversation) else None


def _as_one(effect: StartConversation, others: Sequence[StartConversation]) -> StartConversation:
    parts = [one.part for one in (effect, *others) if one.part is not None]
    if not others or effect.part is None:
        return replace(effect, together=NOTHING, tells=())
    said = (effect.part.opening, *(part.paragraph for part in parts), effect.part.closing)
    return replace(effect, together=Public.joined(said, "\n\n"), tells=tuple(one.id for one in others))


def _body(row: OutboxRow, effect: StartConversation) -> dict[str, Any]:
    return encode_effect(effect, home_of(row.body))
