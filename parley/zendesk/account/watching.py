"""Looks at the Zendesk account once an hour, and leaves what it found where every process can tell it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from connector.calls import ZENDESK
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.planning.drift import drift_of
from parley.zendesk.state.accounts import is_set_up
from store import Store, Tx
from sync.limits.budgets import Budgets, Denied

log = structlog.get_logger()
DRIFT: Final = "account_drift"
EVERY: Final = timedelta(hours=1)
ASKED_EVERY_S: Final = 300.0
CALLS: Final = 16
"""About what a look at an account of some hundred rules takes; what it really takes is settled afterwards."""
SHOWN: Final = 3


class AccountWatch:
    """`run` makes the plan that is read; nothing is written to Zendesk. Any number of clocks may have one."""

    def __init__(self, store: Store, budgets: Budgets, run: Callable[[], Run], now: Callable[[], datetime]) -> None:
        self._store = store
        self._budgets = budgets
        self._run = run
        self._now = now

    def round(self) -> bool:
        """Look, where the last look is an hour old and nothing more urgent wants the calls; whether it looked.

        Raises the connector's errors and StoreUnavailable: the next round tries again.
        """
        if not self._store.read(self._is_due):
            return False
        with self._budgets.within({ZENDESK: CALLS}, ZENDESK, sweep=True) as permit:
            if isinstance(permit, Denied):
                return False
            found = drift_of(self._run().plan()).findings
        self._store.write(lambda tx: _note(tx, found, self._now()))
        if found:
            log.warning("account_drifted", count=len(found))
        return True

    def _is_due(self, tx: Tx) -> bool:
        """An account that was never set up has not drifted."""
        last = last_look(tx)
        if not is_set_up(tx):
            return False
        return last is None or not timedelta(0) <= self._now() - last.at < EVERY


@dataclass(frozen=True, slots=True)
class AccountLook:
    """A look at the account: how many findings it had, and the first of them as sentences."""

    at: datetime
    findings: int
    first: tuple[str, ...]


def last_look(tx: Tx) -> AccountLook | None:
    mark = tx.marks.get(DRIFT)
    said = mark.read(read_look) if mark else None
    return AccountLook(mark.at, *said) if mark and said else None


def read_look(value: Any) -> tuple[int, tuple[str, ...]]:
    """How many findings there were, and the first of them, as the mark says."""
    return int(value["findings"]), tuple(map(str, value["first"]))


def found_in_the_account(tx: Tx) -> tuple[str, ...]:
    """The first findings of the last look, as sentences."""
    last = last_look(tx)
    return last.first if last else ()


def forget_drift(tx: Tx, now: datetime) -> None:
    """The account was just brought to what it should be."""
    _note(tx, (), now)


def _note(tx: Tx, found: Sequence[str], now: datetime) -> None:
    tx.marks.set(DRIFT, {"findings": len(found), "first": list(found[:SHOWN])}, now)
