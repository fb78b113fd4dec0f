"""Zendesk accounts as an admin sets them up: over HTTP when one is first wanted, and copied from then on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parley.house import House
from parley.setup import set_up_account
from parley.watching import DRIFT
from sandbox.server import Sandbox
from store import Tx
from sync.reconcile import BEGUN
from tests.freezing import frozen, thawed

Remembered = dict[str, Any]
Wanted = tuple[str, datetime, str]
"""For whom it is, the minute, and what the account was like before."""


@dataclass(frozen=True)
class Founded:
    """A stand-in Zendesk that was set up, what is remembered of it, and the addresses that both speak of."""

    zendesk: bytes
    remembered: str
    addresses: tuple[str, str]

    def at(self, addresses: tuple[str, str]) -> Founded:
        """The same at other addresses, each as long as the one before."""
        zendesk, remembered = self.zendesk, self.remembered
        for before, now in zip(self.addresses, addresses, strict=True):
            zendesk = zendesk.replace(before.encode(), now.encode())
            remembered = remembered.replace(before, now)
        return Founded(zendesk, remembered, addresses)

    def fits(self, addresses: tuple[str, str]) -> bool:
        return [*map(len, self.addresses)] == [*map(len, addresses)]


_FOUNDED: dict[Wanted, Founded] = {}


def founded(whose: str, sandbox: Sandbox, public_url: str, set_up: Callable[[], Remembered]) -> Remembered:
    """Let the account be set up; what is remembered of it. `set_up` is called for the first of a kind."""
    minute = sandbox.clock().replace(second=0, microsecond=0)
    wanted, addresses = (whose, minute, _before(sandbox)), (sandbox.zendesk_url, public_url)
    shared = {"clock": sandbox.clock, "outgoing": sandbox.outgoing}
    known = _FOUNDED.get(wanted)
    if known is None or not known.fits(addresses):
        remembered = set_up()
        _FOUNDED[wanted] = Founded(frozen(sandbox.zendesk, shared), json.dumps(remembered), addresses)
        return remembered
    here = known.at(addresses)
    # The doors hold this very stand-in: it becomes the copy.
    vars(sandbox.zendesk).update(vars(thawed(here.zendesk, shared)))
    copied: Remembered = json.loads(here.remembered)
    return copied


def found(sandbox: Sandbox, house: House, public_url: str) -> None:
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

    remembered = founded(repr(house.policy), sandbox, public_url, set_up)
    house.store.write(keep)


def _before(sandbox: Sandbox) -> str:
    account = sandbox.zendesk.account
    holds = {name: len(held) for name, held in vars(account).items() if isinstance(held, dict)}
    return f"{account.features} {holds}"
