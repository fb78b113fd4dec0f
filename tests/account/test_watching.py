"""The hourly look at the account, and who hears of what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from connector.calls import ZENDESK
from connector.errors import ConnectorError
from parley.health.vitals import troubles_in, vitals
from parley.wiring.account_setup import watch_of
from parley.wiring.load_policy import load_rules
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.watching import AccountWatch, found_in_the_account
from parley.zendesk.state.kept_findings import Part, PartLook, looked_at
from sync.limits.bucket import RateLimit
from tests.desk import Desk, beside
from tests.migrated import migrated
from tests.prepared import PUBLIC_URL

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An hour ago its account was set up."""
    desk = Desk(beside(tmp_path), load_rules(None))
    desk.clock.move(HOUR)
    yield desk
    desk.close()


@pytest.fixture
def watch(desk: Desk) -> AccountWatch:
    return watch_of(desk.app, PUBLIC_URL)


def troubles(desk: Desk) -> list[str]:
    said = desk.app.store.read(lambda tx: vitals(tx, desk.clock()))
    return [line for line in troubles_in(said) if "account" in line]


def test_an_account_that_was_never_set_up_is_not_looked_at(desk: Desk, tmp_path: Path) -> None:
    values = replace(desk.app.values, database_url=migrated(tmp_path / "other.db"))
    with desk.another_app(values, desk.app.policy) as never_set_up:
        assert not watch_of(never_set_up, PUBLIC_URL).round()
    assert desk.calls("zendesk") == []


def test_it_looks_once_an_hour_whoever_asks_and_writes_nothing(desk: Desk, watch: AccountWatch) -> None:
    other = watch_of(desk.app, PUBLIC_URL)
    assert watch.round()
    assert len(desk.calls("zendesk")) <= 35
    assert all(call.startswith("GET ") for call in desk.calls("zendesk"))
    assert not watch.round()
    assert not other.round()
    desk.clock.move(HOUR)
    assert other.round()
    assert troubles(desk) == []


def test_a_webhook_that_was_switched_off_is_a_trouble_until_it_is_mended(desk: Desk, watch: AccountWatch) -> None:
    next(iter(desk.sandbox.zendesk.account.webhooks.values()))["status"] = "inactive"
    watch.round()
    (trouble,) = troubles(desk)
    assert "(1 findings)" in trouble
    (sentence,) = desk.app.store.read(found_in_the_account)
    assert "webhook “Parley”" in sentence
    desk.set_up_again()
    desk.clock.move(HOUR)
    watch.round()
    assert troubles(desk) == []


def test_a_signing_secret_that_changed_is_a_trouble(desk: Desk, watch: AccountWatch) -> None:
    webhooks = desk.sandbox.zendesk.webhooks
    webhooks.reset_secret(next(iter(desk.sandbox.zendesk.account.webhooks)))
    watch.round()
    assert len(troubles(desk)) == 1


def test_where_the_budget_is_spent_cases_go_first(desk: Desk, watch: AccountWatch) -> None:
    app = desk.app
    app.budgets._limits = MappingProxyType({ZENDESK: RateLimit.of(20)})  # type: ignore[assignment]
    with app.budgets.within({ZENDESK: 15}, ZENDESK):
        assert not watch.round()
    assert desk.calls("zendesk") == []


def test_a_zendesk_that_is_away_is_asked_again_at_the_next_round(desk: Desk, watch: AccountWatch) -> None:
    desk.sandbox.faults.next("zendesk", "GET", "views$", times=3, status=503)
    with pytest.raises(ConnectorError):
        watch.round()
    assert troubles(desk) == []
    desk.clock.move(timedelta(minutes=5))
    assert watch.round()


HOSTILE = "<script>alert(1)</script> tidies up"


def looks(desk: Desk) -> dict[Part, PartLook]:
    return desk.app.store.read(looked_at)


def add_trigger_that_closes(desk: Desk) -> None:
    account = desk.sandbox.zendesk.account
    number = account.next_id()
    account.triggers[number] = {
        **next(iter(account.triggers.values())),
        "id": number,
        "title": HOSTILE,
        "active": True,
        "conditions": {"all": [{"field": "update_type", "operator": "is", "value": "Change"}], "any": []},
        "actions": [{"field": "status", "value": "closed"}],
    }


def test_what_is_found_is_kept_with_its_moment_and_with_what_mends_it(desk: Desk, watch: AccountWatch) -> None:
    next(iter(desk.sandbox.zendesk.account.webhooks.values()))["status"] = "inactive"
    add_trigger_that_closes(desk)
    watch.round()
    found = looks(desk)
    assert all(one.looked == desk.clock() for one in found.values())
    (drift,) = found["drift"].findings
    assert (drift.what, drift.grade) == ("webhook Parley", "problem")
    assert "`parley zendesk apply`" in drift.todo
    rules = [one for one in found["lint"].findings if HOSTILE in one.what]
    assert rules
    assert "could close or solve our tickets" in " ".join(one.said for one in rules)
    assert all(one.at.startswith("/admin/objects-rules/rules/triggers/") for one in rules)
    assert found["rights"].total == 0


def test_a_rule_that_mails_twice_is_counted_once(desk: Desk, watch: AccountWatch) -> None:
    watch.round()
    found = looks(desk)["lint"]
    twice = [one.what for one in found.findings if "could mail the requester twice" in one.said]
    assert len(twice) == len(set(twice)) == 2
    assert "mails" not in [one.what for one in found.findings]


def test_a_read_that_is_refused_is_found_before_a_ticket_waits_for_it(desk: Desk, watch: AccountWatch) -> None:
    user = desk.sandbox.zendesk.account.user_by_email("ada@example.com")
    assert user is not None
    user.ticket_restriction = "groups"
    desk.sandbox.zendesk.credentials.owner = "ada@example.com"
    with pytest.raises((ConnectorError, AccountError)):
        watch.round()
    found = looks(desk)
    assert "our user's tickets" in [one.what for one in found["rights"].findings]
    assert found["drift"].why


def test_an_apply_takes_away_what_had_drifted(desk: Desk, watch: AccountWatch) -> None:
    next(iter(desk.sandbox.zendesk.account.webhooks.values()))["status"] = "inactive"
    watch.round()
    desk.set_up_again()
    assert looks(desk)["drift"].total == 0


def test_what_was_found_stays_where_it_can_not_be_looked_at_and_is_looked_for_again(
    desk: Desk, watch: AccountWatch
) -> None:
    next(iter(desk.sandbox.zendesk.account.webhooks.values()))["status"] = "inactive"
    watch.round()
    before = looks(desk)["drift"]
    desk.clock.move(HOUR)
    desk.sandbox.faults.next("zendesk", "GET", "views$", times=3, status=503)
    with pytest.raises(ConnectorError):
        watch.round()
    after = looks(desk)["drift"]
    assert (after.findings, after.looked, after.failing_since) == (before.findings, before.looked, desk.clock())
    desk.clock.move(timedelta(minutes=5))
    assert watch.round()
    assert looks(desk)["drift"].failing_since is None
