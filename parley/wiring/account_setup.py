"""The account of this deployment: its desired state, the way to it, and the state that it was left in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from config.zendesk import load_account
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.once import Once
from connector.zendesk.account.setup import Setup
from parley.wiring.app import App
from parley.wiring.sidebar import wanted_sidebar
from parley.zendesk.account.applying.entries import StoredState
from parley.zendesk.account.applying.run import Progress, Run
from parley.zendesk.account.applying.throttled import ThrottledCalls
from parley.zendesk.account.planning.desired import desired_account
from parley.zendesk.account.planning.plan import Plan
from parley.zendesk.account.planning.render import Report
from parley.zendesk.account.watching import AccountLooks, AccountWatch, forget_drift
from parley.zendesk.state.kept_findings import AccountFinding, Part


def account_of(
    app: App,
    public_url: str,
    progress: Progress = lambda _: None,
    sleep: Callable[[float], object] | None = None,
) -> Run:
    """Plan and apply for this deployment. `sleep` waits so many seconds, None in real time. Raises ConfigError."""
    waits = sleep or threading.Event().wait
    look = look_of(app, public_url)
    patient = ThrottledCalls(look.calls, app.budgets, app.now, waits, progress)
    return replace(look, calls=patient, progress=progress, sleep=waits)


def watch_of(app: App, public_url: str) -> AccountWatch:
    """The hourly look at the account; its calls don't wait, the next round tries again."""

    def looks() -> AccountLooks:
        from parley.inspection.hourly_findings import lint_findings, right_findings  # only who looks pays for it

        calls = Once(app.zendesk.channel)
        others: dict[Part, Callable[[], list[AccountFinding]]] = {
            "lint": lambda: lint_findings(app, calls),
            "rights": lambda: right_findings(app, calls),
        }
        return AccountLooks(look_of(app, public_url, calls), others)

    return AccountWatch(app.store, app.budgets, looks, app.now)


def look_of(app: App, public_url: str, calls: Calls | None = None) -> Run:
    """A run to be planned only. Its calls don't wait; they are made by `calls` where that is given."""
    sidebar, left_out = wanted_sidebar(app.values.sidebar_secrets, public_url)
    wanted = desired_account(load_account(), app.policy, public_url, sidebar, left_out)
    backend = StoredState(app.store, app.account, app.now)
    setup = Setup(calls or app.zendesk.channel)
    return Run(wanted, setup, backend, app.values.zendesk_url, app.account.secrets, app.account.given)


def set_up_account(app: App, public_url: str, progress: Progress = lambda _: None) -> Report:
    """Apply without asking. Raises AccountError and the connector's errors."""
    return applied(app, account_of(app, public_url, progress))


def applied(app: App, run: Run, plan: Plan | None = None) -> Report:
    """Apply; an account that was just read back as it should be has not drifted."""
    done = run.apply(plan)
    if not done.warnings:
        app.store.write(lambda tx: forget_drift(tx, app.now()))
    return done
