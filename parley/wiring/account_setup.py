"""The account of this deployment: its desired state, the way to it, and the state that it was left in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from config.zendesk import load_account
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.setup import Setup
from parley.wiring.app import App
from parley.zendesk.account.applying.entries import StoredState
from parley.zendesk.account.applying.run import Progress, Run
from parley.zendesk.account.applying.throttled import ThrottledCalls
from parley.zendesk.account.planning.desired import desired_account
from parley.zendesk.account.planning.plan import Plan
from parley.zendesk.account.planning.render import Report
from parley.zendesk.account.watching import AccountWatch, forget_drift


def account_of(
    house: App,
    public_url: str,
    progress: Progress = lambda _: None,
    sleep: Callable[[float], object] | None = None,
) -> Run:
    """Plan and apply for this deployment. `sleep` waits so many seconds, None in real time. Raises ConfigError."""
    waits = sleep or threading.Event().wait
    look = look_of(house, public_url)
    patient = ThrottledCalls(look.calls, house.budgets, house.now, waits, progress)
    return replace(look, calls=patient, progress=progress, sleep=waits)


def watch_of(house: App, public_url: str) -> AccountWatch:
    """The hourly look at the account; its calls don't wait, the next round tries again."""
    return AccountWatch(house.store, house.budgets, lambda: look_of(house, public_url), house.now)


def look_of(house: App, public_url: str, calls: Calls | None = None) -> Run:
    """A run to be planned only. Its calls don't wait; they are made by `calls` where that is given."""
    wanted = desired_account(load_account(), house.policy, public_url)
    backend = StoredState(house.store, house.account, house.now)
    setup = Setup(calls or house.zendesk.channel)
    return Run(wanted, setup, backend, house.values.zendesk_url, house.account.secrets, house.account.given)


def set_up_account(house: App, public_url: str, progress: Progress = lambda _: None) -> Report:
    """Apply without asking. Raises AccountError and the connector's errors."""
    return applied(house, account_of(house, public_url, progress))


def applied(house: App, run: Run, plan: Plan | None = None) -> Report:
    """Apply; an account that was just read back as it should be has not drifted."""
    done = run.apply(plan)
    if not done.warnings:
        house.store.write(lambda tx: forget_drift(tx, house.now()))
    return done
