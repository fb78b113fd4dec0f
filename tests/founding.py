"""Zendesk accounts as an admin sets them up: over HTTP when one is first wanted, and copied from then on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from parley.house import House
from parley.setup import set_up_account
from parley.watching import forget_drift
from sandbox.server import Sandbox
from store import Tx
from sync.reconcile import first_begins
from tests.freezing import frozen, thawed

Wanted = tuple[str, datetime, str]
"""The policy, the minute, and what the account was like before."""


@dataclass(frozen=True)
class Founded:
    """A stand-in Zendesk that was set up, what the desk remembers of it, and the addresses of both."""

    zendesk: bytes
    remembered: str
    addresses: tuple[str, str]

    def moved(self, addresses: tuple[str, str]) -> Founded:
        """The same, at other addresses, each as long as the one before."""
        zendesk, remembered = self.zendesk, self.remembered
        for before, now in zip(self.addresses, addresses, strict=True):
            zendesk = zendesk.replace(before.encode(), now.encode())
            remembered = remembered.replace(before, now)
        return Founded(zendesk, remembered, addresses)

    def fits(self, addresses: tuple[str, str]) -> bool:
        return [*map(len, self.addresses)] == [*map(len, addresses)]


_FOUNDED: dict[Wanted, Founded] = {}


def found(sandbox: Sandbox, house: House, public_url: str) -> None:
    """Set the account up for a house whose database is empty."""
    wanted = (repr(house.policy), house.now().replace(second=0, microsecond=0), _before(sandbox))
    addresses = (sandbox.zendesk_url, public_url)
    known = _FOUNDED.get(wanted)
    if known is not None and known.fits(addresses):
        _copy(known.moved(addresses), sandbox, house)
        return
    set_up_account(house, public_url)
    remembered: dict[str, Any] = house.store.read(lambda tx: tx.account.all())
    zendesk = frozen(sandbox.zendesk, _shared(sandbox))
    _FOUNDED[wanted] = Founded(zendesk, json.dumps(remembered), addresses)


def _before(sandbox: Sandbox) -> str:
    account = sandbox.zendesk.account
    holds = {name: len(held) for name, held in vars(account).items() if isinstance(held, dict)}
    return f"{account.features} {holds}"


def _copy(known: Founded, sandbox: Sandbox, house: House) -> None:
    # The doors hold this very stand-in: it becomes the copy.
    vars(sandbox.zendesk).update(vars(thawed(known.zendesk, _shared(sandbox))))

    def remember(tx: Tx) -> None:
        now = house.now()
        for key, value in json.loads(known.remembered).items():
            tx.account.set(key, value, now)
        first_begins(tx, now)
        forget_drift(tx, now)

    house.store.write(remember)


def _shared(sandbox: Sandbox) -> dict[str, object]:
    return {"clock": sandbox.clock, "outgoing": sandbox.outgoing}
