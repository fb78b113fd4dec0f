"""How long a plan takes in a large account, and how many calls it makes: one a page.

    python -m bench.account [--triggers 2000] [--macros 500] [--fields 300]

The stand-in runs in the same process, so that reading is slower here than it would be beside it.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bench.figures import Figure, leave, parser
from parley.demo import sandbox_values
from parley.wiring.account_setup import account_of, set_up_account
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.records.account import Account
from store import migrate

PROMISED_S = 3.0
URL = "https://parley.example.com"
OTHERS = 40
"""Calls at most for all that is not triggers, macros and fields."""


def fill(account: Account, triggers: int, macros: int, fields: int) -> None:
    """Give the account rules and fields of its own, besides ours."""
    for rows, number in ((account.triggers, triggers), (account.macros, macros), (account.fields, fields)):
        like = next(reversed(rows.values()))
        for at in range(number):
            row_id = account.next_id()
            rows[row_id] = {**like, "id": row_id, "title": f"Theirs {at}"}


def main() -> None:
    asked = parser("bench.account", __doc__)
    asked.add_argument("--triggers", type=int, default=2000)
    asked.add_argument("--macros", type=int, default=500)
    asked.add_argument("--fields", type=int, default=300)
    given = asked.parse_args()
    clock = MovableClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as name, Sandbox(clock) as sandbox:
        url = f"sqlite:///{Path(name) / 'account.db'}"
        migrate(url)
        with App(sandbox_values(sandbox, url), load_rules(None), now=clock) as house:
            set_up_account(house, URL)
            fill(sandbox.zendesk.account, given.triggers, given.macros, given.fields)
            sandbox.calls.clear()
            began = perf_counter()
            plan = account_of(house, URL).plan()
            took = perf_counter() - began
    if plan.changes:
        raise SystemExit("The plan would change an account that is as it should be.")
    pages = sum(-(-number // 100) for number in (given.triggers, given.macros, given.fields))
    calls = len(sandbox.calls)
    size = f"{given.triggers} triggers, {given.macros} macros, {given.fields} fields"
    print(f"{took:.2f} s and {calls} calls for {size}. Again: python -m bench.account")
    leave(
        [
            Figure(f"a plan with {size}", f"{took:.2f} s", f"under {PROMISED_S:.0f} s", took < PROMISED_S),
            Figure("calls of that plan", f"{calls}", f"at most {pages + OTHERS}", calls <= pages + OTHERS),
        ]
    )


if __name__ == "__main__":
    main()
