"""Looks at the Zendesk account once an hour, and leaves what it found where every process can tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from connector.calls import ZENDESK
from connector.errors import ConnectorError, Misconfigured, Transient
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.planning.drift import ACCOUNT, MEND, drift_of, finding_lines
from parley.zendesk.account.planning.plan import Plan
from parley.zendesk.state.accounts import is_set_up
from parley.zendesk.state.kept_findings import (
    PARTS,
    AccountFinding,
    Part,
    keep_failure,
    keep_findings,
    looked_at,
)
from store import Store, Tx
from sync.limits.budgets import Budgets, Denied

log = structlog.get_logger()
DRIFT: Final = "account_drift"
EVERY: Final = timedelta(hours=1)
ASKED_EVERY_S: Final = 300.0
CALLS: Final = 30
"""About what a look at an account of some hundred rules takes; what it really takes is settled afterwards."""
SHOWN: Final = 3
APPLY: Final = "Run `parley zendesk apply`; `parley zendesk plan` shows before what it does."
SHOW: Final = "`parley zendesk plan` shows it."


@dataclass(frozen=True, slots=True)
class AccountLooks:
    """What is looked at in one round: `run` makes the plan that is read, `others` find what is in the other parts.
    All of it by the same calls, so that nothing is read twice."""

    run: Run
    others: Mapping[Part, Callable[[], Sequence[AccountFinding]]] = field(default_factory=dict)


class AccountWatch:
    """Nothing is written to Zendesk. Any number of clocks may have one."""

    def __init__(
        self, store: Store, budgets: Budgets, looks: Callable[[], AccountLooks], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._budgets = budgets
        self._looks = looks
        self._now = now

    def round(self) -> bool:
        """Look at what was not looked at for an hour, where nothing more urgent wants the calls; whether it looked.

        Raises the connector's errors, AccountError and StoreUnavailable: the next round tries again.
        """
        due = self._store.read(self._due)
        if not due:
            return False
        with self._budgets.within({ZENDESK: CALLS}, ZENDESK, sweep=True) as permit:
            if isinstance(permit, Denied):
                return False
            self._look_at(due, self._looks())
        return True

    def _look_at(self, due: Sequence[Part], looks: AccountLooks) -> None:
        """A part that is refused keeps nobody from the others; a service that is away is not asked on."""
        refused: ConnectorError | AccountError | None = None
        for part in due:
            try:
                self._look(part, looks)
            except (ConnectorError, AccountError) as error:
                self._note_failure(part, error)
                if isinstance(error, Transient) and not isinstance(error, Misconfigured):
                    raise
                refused = refused or error
        if refused is not None:
            raise refused

    def _due(self, tx: Tx) -> list[Part]:
        """An account that was never set up has not drifted, and has nothing of ours to be harmed."""
        if not is_set_up(tx):
            return []
        now, last, found = self._now(), last_look(tx), looked_at(tx)
        kept = found["drift"].looked is not None
        drift = last is None or not kept or not timedelta(0) <= now - last.at < EVERY
        return [part for part in PARTS if (drift if part == "drift" else found[part].is_due(now, EVERY))]

    def _look(self, part: Part, looks: AccountLooks) -> None:
        if part == "drift":
            self._look_for_drift(looks.run)
        elif part in looks.others:
            found = looks.others[part]()
            self._store.write(lambda tx: keep_findings(tx, part, found, self._now()))

    def _look_for_drift(self, run: Run) -> None:
        plan = run.plan()
        found = drift_of(plan).findings
        self._store.write(lambda tx: _note(tx, found, drift_findings(plan), self._now()))
        if found:
            log.warning("account_drifted", count=len(found))

    def _note_failure(self, part: Part, error: ConnectorError | AccountError) -> None:
        why = error.reason if isinstance(error, ConnectorError) else str(error)
        self._store.write(lambda tx: keep_failure(tx, part, why, self._now()))


@dataclass(frozen=True, slots=True)
class AccountLook:
    """A look at the account: how many findings it had, and the first of them as sentences."""

    at: datetime
    findings: int
    first: tuple[str, ...]


def drift_findings(plan: Plan) -> list[AccountFinding]:
    """What `parley doctor` tells of a plan, to be kept."""
    found = [
        AccountFinding(what, "problem", said.removesuffix(f" {MEND}"), APPLY if said.endswith(MEND) else SHOW)
        for what, said in finding_lines(plan)
    ]
    return [*found, *(AccountFinding(ACCOUNT, "warning", said, SHOW) for said in plan.warnings)]


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
    _note(tx, (), (), now)


def _note(tx: Tx, found: Sequence[str], findings: Sequence[AccountFinding], now: datetime) -> None:
    tx.marks.set(DRIFT, {"findings": len(found), "first": list(found[:SHOWN])}, now)
    keep_findings(tx, "drift", findings, now)
