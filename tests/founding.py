"""Zendesk accounts as an admin sets them up: over HTTP when one is first wanted, and copied from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast

from parley.wiring.house import House
from parley.wiring.setup import set_up_account
from parley.zendesk.account.watching import DRIFT
from sandbox.server import Sandbox
from store import Tx
from sync.reconciling.reconcile import BEGUN
from tests.freezing import frozen, thawed

Remembered = dict[str, Any]
Wanted = tuple[str, datetime, str, tuple[int, ...]]
"""For whom it is, the minute, what the account was like before, and how long the addresses are."""

_FOUNDED: dict[Wanted, bytes] = {}


def founded_once(whose: str, sandbox: Sandbox, public_url: str, set_up: Callable[[], Remembered]) -> Remembered:
    """Let the account be set up; what is remembered of it. `set_up` is called for the first of a kind."""
    addresses = [sandbox.zendesk_url.encode(), public_url.encode()]
    # As long as what they stand for: in frozen bytes each text is told by its length.
    blanks = [f"<{number}>".encode().ljust(len(address), b"-") for number, address in enumerate(addresses)]
    minute = sandbox.clock().replace(second=0, microsecond=0)
    wanted = whose, minute, _before(sandbox), tuple(map(len, addresses))
    shared = {"clock": sandbox.clock, "outgoing": sandbox.outgoing}
    if wanted not in _FOUNDED:
        remembered = set_up()
        _FOUNDED[wanted] = _swapped(frozen((sandbox.zendesk, remembered), shared), addresses, blanks)
        return remembered
    zendesk, copied = thawed(_swapped(_FOUNDED[wanted], blanks, addresses), shared)
    vars(sandbox.zendesk).update(vars(zendesk))  # the doors hold this very stand-in: it becomes the copy
    return cast(Remembered, copied)


def _swapped(text: bytes, before: Iterable[bytes], after: Iterable[bytes]) -> bytes:
    for old, new in zip(before, after, strict=True):
        text = text.replace(old, new)
    return text


def found_account(sandbox: Sandbox, house: House, public_url: str) -> None:
    """Set the account up for a house whose database is empty."""

    def set_up() -> Remembered:
        set_up_account(house, public_url)
        return house.store.read(kept)

    def kept(tx: Tx) -> Remembered:
        marks = {name: mark.value for name in (BEGUN, DRIFT) if (mark := tx.marks.get(name))}
        return {"account": tx.account.all(), "marks": marks}

    def keep(tx: Tx) -> None:
        for key, value in remembered["account"].items():
            tx.account.set(key, value, house.now())
        for name, value in remembered["marks"].items():
            tx.marks.set(name, value, house.now())

    remembered = founded_once(repr(house.policy), sandbox, public_url, set_up)
    house.store.write(keep)


def _before(sandbox: Sandbox) -> str:
    account = sandbox.zendesk.account
    holds = {name: len(held) for name, held in vars(account).items() if isinstance(held, dict)}
    return f"{account.features} {holds}"
