"""The hourly look at the account, and who hears of what it found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from connector.calls import ZENDESK
from connector.errors import ConnectorError
from parley.demo import sandbox_values
from parley.health.vitals import troubles_in, vitals
from parley.wiring.account_setup import account_of, watch_of
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from parley.zendesk.account.watching import found_in_the_account
from sandbox.shared.movable_clock import MovableClock
from sync.limits.bucket import RateLimit
from tests.account.workspace import NOON, PUBLIC_URL
from tests.in_process import UnservedSandbox
from tests.migrated import migrated

HOUR = timedelta(hours=1)


class WatchedDesk:
    """A desk on an account that has been set up."""

    def __init__(self, sandbox: UnservedSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        values = sandbox_values(sandbox, migrated(folder / "desk.db"))
        limits = {ZENDESK: RateLimit.of(180)}
        self.app = App(
            values,
            load_rules(None),
            now=sandbox.clock,
            sleep=lambda _: None,
            limits=limits,
            transport=sandbox.transport,
        )
        self.watch = watch_of(self.app, PUBLIC_URL)

    def apply(self) -> None:
        clock = self.sandbox.clock
        account_of(self.app, PUBLIC_URL, sleep=lambda s: clock.move(timedelta(seconds=s))).apply()

    def troubles(self) -> list[str]:
        said = self.app.store.read(lambda tx: vitals(tx, self.sandbox.clock()))
        return [line for line in troubles_in(said) if "account" in line]

    def calls(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.sandbox.calls if "oauth" not in call.path]


@pytest.fixture
def desk(tmp_path: Path):  # type: ignore[no-untyped-def]
    with UnservedSandbox(MovableClock(NOON)) as sandbox:
        made = WatchedDesk(sandbox, tmp_path)
        yield made
        made.app.close()


@pytest.fixture
def ready(desk: WatchedDesk) -> WatchedDesk:
    desk.apply()
    desk.sandbox.clock.move(HOUR)
    desk.sandbox.calls.clear()
    return desk


def test_an_account_that_was_never_set_up_is_not_looked_at(desk: WatchedDesk) -> None:
    assert not desk.watch.round()
    assert desk.calls() == []


def test_it_looks_once_an_hour_whoever_asks_and_writes_nothing(ready: WatchedDesk) -> None:
    other = watch_of(ready.app, PUBLIC_URL)
    assert ready.watch.round()
    assert len(ready.calls()) <= 20
    assert all(call.startswith("GET ") for call in ready.calls())
    assert not ready.watch.round()
    assert not other.round()
    ready.sandbox.clock.move(HOUR)
    assert other.round()
    assert ready.troubles() == []


def test_a_webhook_that_was_switched_off_is_a_trouble_until_it_is_mended(ready: WatchedDesk) -> None:
    next(iter(ready.sandbox.zendesk.account.webhooks.values()))["status"] = "inactive"
    ready.watch.round()
    (trouble,) = ready.troubles()
    assert "(1 findings)" in trouble
    (sentence,) = ready.app.store.read(found_in_the_account)
    assert "webhook “Parley”" in sentence
    ready.apply()
    ready.sandbox.clock.move(HOUR)
    ready.watch.round()
    assert ready.troubles() == []


def test_a_signing_secret_that_changed_is_a_trouble(ready: WatchedDesk) -> None:
    webhooks = ready.sandbox.zendesk.webhooks
    webhooks.reset_secret(next(iter(ready.sandbox.zendesk.account.webhooks)))
    ready.watch.round()
    assert len(ready.troubles()) == 1


def test_where_the_budget_is_spent_cases_go_first(ready: WatchedDesk) -> None:
    app = ready.app
    app.budgets._limits = MappingProxyType({ZENDESK: RateLimit.of(20)})  # type: ignore[assignment]
    with app.budgets.within({ZENDESK: 15}, ZENDESK):
        assert not ready.watch.round()
    assert ready.calls() == []


def test_a_zendesk_that_is_away_is_asked_again_at_the_next_round(ready: WatchedDesk) -> None:
    ready.sandbox.faults.next("zendesk", "GET", "views$", times=3, status=503)
    with pytest.raises(ConnectorError):
        ready.watch.round()
    assert ready.troubles() == []
    ready.sandbox.clock.move(timedelta(minutes=5))
    assert ready.watch.round()
