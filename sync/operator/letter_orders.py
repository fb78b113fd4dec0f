"""Many dead letters settled by one order: exactly those that it names, each once, in slices that are whole.

An order names its letters, so that what became a dead letter since it was written is none of its. How far it came
is a mark that each slice sets in its own transaction: an order that is given twice, or again after it was cut off,
goes on where it stands.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from secrets import token_hex
from typing import Any, Final

from store import LetterSummary, Store, Tx
from sync.operator.dead import ACTS, Act, LetterSelection, NotPossible, Operator, in_words, still_chosen

SLICE: Final = 200
"""So many letters are settled by one transaction."""
MOST: Final = 5_000
"""An order names so many letters at most."""
MARK: Final = "letters."
KEPT_FOR: Final = timedelta(days=2)
VALID_FOR: Final = timedelta(days=1)
SENTENCES: Final = 5
_TEXT: Final = re.compile(r"([0-9]{1,12})\.([0-9a-f]{16})\.([A-Za-z0-9_-]{1,60000})")


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """`name` is its own; `letters` are the rows' boxes and numbers, in the order in which they are taken."""

    name: str
    made: datetime
    letters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class OrderState:
    """What became of an order so far: of `of` letters `through` were taken, `settled` of them as was asked.

    `gone` were settled or changed by somebody else meanwhile; `refused` has the first of the reasons where it was
    not possible, of `impossible` in all.
    """

    act: str
    of: int
    through: int = 0
    settled: int = 0
    gone: int = 0
    impossible: int = 0
    refused: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        return self.of - self.through

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"refused": list(self.refused)}

    @classmethod
    def from_json(cls, kept: Any) -> OrderState:
        """Raises what reading a mark may: LookupError, TypeError, ValueError."""
        numbers = {name: int(kept[name]) for name in ("of", "through", "settled", "gone", "impossible")}
        return cls(act=str(kept["act"]), **numbers, refused=tuple(map(str, kept["refused"])))


def new_order(letters: Iterable[LetterSummary], now: datetime) -> LetterOrder:
    """An order for these letters, the first MOST of them."""
    rows = sorted((one.box, one.number) for one in islice(letters, MOST))
    return LetterOrder(token_hex(8), now, tuple(rows))


def to_text(order: LetterOrder) -> str:
    """An order as a field of a form holds it: rows that stand together take little room."""
    told = bytearray()
    for box in ("in", "out"):
        numbers = [number for of, number in order.letters if of == box]
        told += _number(len(numbers))
        for before, number in zip([0, *numbers], numbers, strict=False):
            told += _number(number - before)
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(told), 9)).decode().rstrip("=")
    return f"{int(order.made.timestamp())}.{order.name}.{packed}"


def from_text(text: str, now: datetime) -> LetterOrder | None:
    """The order of `to_text`; None for anything else, and for one that is older than a day."""
    fits = _TEXT.fullmatch(text)
    if fits is None:
        return None
    try:
        made = datetime.fromtimestamp(int(fits[1]), now.tzinfo)
        unpacked = zlib.decompressobj().decompress(
            base64.urlsafe_b64decode(fits[3] + "=" * (-len(fits[3]) % 4)), 2**17
        )
        letters = tuple(_letters(iter(unpacked)))
    except (ValueError, OverflowError, OSError, StopIteration, RuntimeError, zlib.error):
        return None
    if not letters or len(letters) > MOST or not timedelta(-1) < now - made < VALID_FOR:
        return None
    return LetterOrder(fits[2], made, letters)


def _number(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    told = bytearray()
    while number > 127:
        told.append(number & 127 | 128)
        number >>= 7
    return bytes((*told, number))


def _read_number(told: Iterator[int]) -> int:
    number = shift = 0
    while shift < 63:
        byte = next(told, None)
        if byte is None:
            break
        number |= (byte & 127) << shift
        if byte < 128:
            return number
        shift += 7
    raise ValueError("This is no number.")


def _letters(told: Iterator[int]) -> Iterator[tuple[str, int]]:
    for box in ("in", "out"):
        number = 0
        for _ in range(_read_number(told)):
            number += _read_number(told)
            if number >= 2**63:
                raise ValueError("No row has such a number.")
            yield box, number
    if next(told, None) is not None:
        raise ValueError("More follows.")


def carry_out(
    store: Store,
    order: LetterOrder,
    act: Act,
    wanted: LetterSelection,
    by: Operator,
    may_go_on: Callable[[], bool] = lambda: True,
) -> OrderState:
    """Settle the letters of an order, as far as there is time; what became of it, also of what was done before.

    Only letters that are dead still and that `wanted` still chooses are taken. Raises StoreUnavailable, with every
    slice before whole.
    """
    chosen = f"one of {len(order.letters)} that were chosen by {in_words(wanted)}"
    by = replace(by, chosen=chosen if not by.chosen else by.chosen)
    state = store.write(lambda tx: _slice(tx, order, act, wanted, by))
    while state.left and may_go_on():
        state = store.write(lambda tx: _slice(tx, order, act, wanted, by))
    return state


def state_of(store: Store, name: str) -> OrderState | None:
    """What became of an order, by its name; None where it was never begun, or is forgotten."""
    if not re.fullmatch(r"[0-9a-f]{16}", name):
        return None
    mark = store.read(lambda tx: tx.marks.get(MARK + name))
    return mark.read(OrderState.from_json) if mark else None


def _slice(tx: Tx, order: LetterOrder, act: Act, wanted: LetterSelection, by: Operator) -> OrderState:
    state = _begun(tx, order, act, by.at)
    if state.act != act:
        raise NotPossible("This order was given already, to do something else with the same letters. Look anew.")
    some = order.letters[state.through : state.through + SLICE]
    names = tx.letters.effect_names([number for box, number in some if box == "out"])
    settled = gone = 0
    refused: list[str] = []
    for box, number in some:
        letter_id = f"in-{number}" if box == "in" else f"out-{names.get(number, '')}"
        if not still_chosen(tx, letter_id, wanted):
            gone += 1
            continue
        try:
            ACTS[act](tx, letter_id, by)
            settled += 1
        except NotPossible as error:
            refused.append(str(error))
    state = replace(
        state,
        through=state.through + len(some),
        settled=state.settled + settled,
        gone=state.gone + gone,
        impossible=state.impossible + len(refused),
        refused=(*state.refused, *refused)[:SENTENCES],
    )
    tx.marks.set(MARK + order.name, state.to_json(), by.at)
    return state


def _begun(tx: Tx, order: LetterOrder, act: Act, now: datetime) -> OrderState:
    """Where an order stands. Its mark is held until the transaction ends, so that nobody else is at it."""
    tx.marks.raise_to(MARK + order.name, "", now)
    mark = tx.marks.get(MARK + order.name)
    state = mark.read(OrderState.from_json) if mark else None
    if state is not None:
        return state
    for name, old in _marks(tx).items():
        if now - old.at > KEPT_FOR:
            tx.marks.forget(name)
    return OrderState(act, len(order.letters))


def _marks(tx: Tx) -> Mapping[str, Any]:
    return tx.marks.beginning(MARK)
