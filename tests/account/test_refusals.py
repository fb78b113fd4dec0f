"""What an account can't do, or would refuse, is said before anything is made; what passes is waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from config.zendesk import ConditionSpec, DiscoveredSpec
from connector.calls import ZENDESK
from connector.errors import Limited, Misconfigured, Permanent, Transient
from connector.zendesk import ApiToken, ClientCredentials
from connector.zendesk.channel import Channel
from connector.zendesk.setup import Setup
from parley.account.live import AccountError
from parley.account.patience import Patient
from store import Store
from sync.budgets import Budgets
from sync.limits import Limit
from tests.account.bench import Bench
from tests.migrated import migrated


def test_without_what_the_desk_needs_nothing_is_made_and_it_is_said(bench: Bench) -> None:
    bench.account.features.several_forms = False
    for form in bench.account.forms.values():
        form.update(active=False, default=False)
    with pytest.raises(AccountError, match="shows us none that our fields could be put on"):
        bench.apply()
    assert bench.writes() == []


def test_an_account_whose_plan_shrank_to_one_form_keeps_the_one_that_it_has(ready: Bench) -> None:
    ready.account.features.several_forms = False
    assert ready.plan().problems == ()


def test_without_side_conversations_the_rest_is_made_and_what_works_is_said(bench: Bench) -> None:
    bench.account.features.side_conversations = False
    report = bench.apply()
    assert "side_conversation_changed" not in bench.ids.triggers
    (warning,) = report.warnings
    assert "“Side conversation”" in warning
    assert "everything else works" in warning
    assert bench.done() == []


def test_a_condition_that_is_not_found_any_more_leaves_its_trigger_alone(ready: Bench) -> None:
    """The titles come in the language of our user, who may have changed it."""
    ready.account.features.side_conversations = False
    assert ready.done() == []
    ready.apply()
    assert ready.row("trigger", "side_conversation_changed")["active"] is True
    ready.account.features.side_conversations = True
    assert ready.done() == []


def condition(bench: Bench, changed: ConditionSpec) -> None:
    first, *others = bench.spec.triggers
    bench.want(triggers=(replace(first, all=(*first.all, changed)), *others))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (ConditionSpec("colour", "is", "red"), "doesn't let the trigger “{}” ask about colour."),
        (ConditionSpec("status", "includes", "open"), "ask whether status includes; it takes: "),
        (
            ConditionSpec("status", "is", "opne"),
            "doesn't know the value opne of status, which the trigger “{}” asks",
        ),
    ],
)
def test_what_the_definitions_do_not_hold_is_refused_in_a_sentence(
    changed: ConditionSpec, said: str, bench: Bench
) -> None:
    condition(bench, changed)
    (problem,) = bench.plan().problems
    assert said.format(bench.spec.triggers[0].title) in problem
    with pytest.raises(AccountError):
        bench.apply()
    assert bench.writes() == []


def test_an_action_that_the_account_does_not_know_is_refused(bench: Bench) -> None:
    known = bench.setup.definitions("automation")
    without = {name: one for name, one in known.actions.items() if name != "notification_group"}

    class Poor(Setup):
        def definitions(self, kind):  # type: ignore[no-untyped-def]
            found = super().definitions(kind)
            return replace(found, actions=without) if kind == "automation" else found

    (problem,) = bench.run(Poor(bench.channel)).plan().problems
    assert problem == (
        "This account doesn't let the automation “Escalation: Parley has been silent” do notification_group."
    )


def test_an_account_that_tells_no_definitions_for_automations_refuses_none(bench: Bench) -> None:
    bench.sandbox.faults.next("zendesk", "GET", "automations/definitions$", status=404)
    assert bench.plan().problems == ()


def test_a_refusal_of_zendesk_is_told_with_the_part(bench: Bench) -> None:
    trigger = bench.spec.triggers[2]
    wrong = replace(trigger, discovered=DiscoveredSpec("Side conversation", "Is", ("Created",)), body="{}")
    bench.want(triggers=(*bench.spec.triggers[:2], wrong))
    bench.sandbox.faults.next("zendesk", "POST", "triggers$", status=404)
    with pytest.raises(AccountError, match="Zendesk does not let us create the trigger “Escalation: a request"):
        bench.apply()


def test_a_scope_that_lacks_is_named_with_its_call(bench: Bench) -> None:
    given = bench.account.credentials
    given.oauth_scopes = frozenset({"read"})
    credentials = ClientCredentials(given.oauth_client_id, given.oauth_client_secret)
    channel = Channel(bench.sandbox.zendesk_url, credentials, now=bench.sandbox.clock, sleep=lambda _: None)
    with pytest.raises(Misconfigured) as caught:
        bench.run(Setup(channel)).apply()
    channel.close()
    assert "write" in caught.value.reason


def test_a_role_that_lacks_is_named_with_its_call(bench: Bench) -> None:
    credentials = ApiToken("ada@example.com", bench.account.credentials.api_token)
    channel = Channel(bench.sandbox.zendesk_url, credentials, now=bench.sandbox.clock, sleep=lambda _: None)
    bench.sandbox.faults.next("zendesk", "POST", "groups$", status=403)
    with pytest.raises((AccountError, Permanent, Transient), match="POST groups"):
        bench.run(Setup(channel)).apply()
    channel.close()


class Waits:
    """Sleeps on the bench's clock."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._bench.sandbox.clock.move(timedelta(seconds=seconds))


def patient(bench: Bench, store: Store, waits: Waits, limit: int | None = None) -> Patient:
    limits = {ZENDESK: Limit.of(limit)} if limit else None
    now = bench.sandbox.clock
    return Patient(bench.setup, Budgets(store, limits, now=now), now, waits, bench.said.append)


@pytest.fixture
def store(tmp_path, bench: Bench):  # type: ignore[no-untyped-def]
    with Store.open(migrated(tmp_path / "account.db"), now=bench.sandbox.clock) as opened:
        yield opened


def test_at_the_accounts_rate_limit_it_waits_and_goes_on(bench: Bench, store: Store) -> None:
    bench.sandbox.zendesk.rate_limit = 30
    waits = Waits(bench)
    bench.run(patient(bench, store, waits)).apply()
    assert len(waits.seconds) >= 2
    assert any("Going on in" in line for line in bench.said)
    bench.sandbox.zendesk.rate_limit = None
    assert bench.done() == []


def test_within_the_desks_budget_no_limit_is_met(bench: Bench, store: Store) -> None:
    bench.sandbox.zendesk.rate_limit = 60
    waits = Waits(bench)
    bench.run(patient(bench, store, waits, 50)).apply()
    assert any("rate limit" in line for line in bench.said)
    assert not any("429" in line for line in bench.said)


@pytest.mark.parametrize(("method", "path"), [("GET", "macros$"), ("POST", "macros$")])
def test_a_429_and_a_503_in_the_middle_are_waited_for(method: str, path: str, bench: Bench, store: Store) -> None:
    waits = Waits(bench)
    bench.sandbox.faults.next("zendesk", method, path, status=429, times=2, headers={"Retry-After": "7"})
    bench.sandbox.faults.next("zendesk", method, path, status=503, times=3)
    bench.run(patient(bench, store, waits)).apply()
    assert max(waits.seconds) >= 7
    assert bench.done() == []
    assert bench.names("macro") == sorted(macro.name for macro in bench.spec.macros)


def test_a_zendesk_that_stays_away_ends_the_run(bench: Bench, store: Store) -> None:
    waits = Waits(bench)
    bench.sandbox.faults.next("zendesk", "GET", "views$", status=429, times=20)
    with pytest.raises(Limited):
        bench.run(patient(bench, store, waits)).apply()
    bench.sandbox.faults.clear()


def test_a_big_account_is_read_with_one_call_a_page(ready: Bench) -> None:
    for kind, number in (("trigger", 2000), ("macro", 500), ("field", 300)):
        rows = ready.rows(kind)  # type: ignore[arg-type]
        (first, *_) = [row for row in rows.values() if row.get("removable", True)]
        for at in range(number):
            rows[at + 1] = {**first, "id": at + 1, "title": f"Theirs {at}", "active": at % 2 == 0}
    ready.sandbox.calls.clear()
    assert ready.done() == []
    pages = [call.path.rpartition("/")[2] for call in ready.sandbox.calls]
    assert (pages.count("triggers"), pages.count("macros"), pages.count("ticket_fields")) == (21, 6, 4)
    assert len(pages) < 45
