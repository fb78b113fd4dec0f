"""What an account can't do, or would refuse, is said before anything is made; what passes is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from config.zendesk_specs import ConditionSpec, DiscoveredSpec
from connector.calls import ZENDESK
from connector.errors import Limited, Misconfigured, Permanent
from connector.zendesk import ApiToken, BearerToken, ClientCredentials, ZendeskCredentials
from connector.zendesk.account.setup import Setup
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.applying.throttled import ThrottledCalls
from parley.zendesk.account.kinds import KINDS
from store import Store
from sync.limits.bucket import RateLimit
from sync.limits.budgets import Budgets
from tests.account.workspace import Workspace
from tests.migrated import migrated


def test_without_what_the_desk_needs_nothing_is_made_and_it_is_said(workspace: Workspace) -> None:
    workspace.account.features.several_forms = False
    for form in workspace.account.forms.values():
        form.update(active=False, default=False)
    with pytest.raises(AccountError, match="shows us none that our fields could be put on"):
        workspace.apply()
    assert workspace.writes() == []


def test_an_account_whose_plan_shrank_to_one_form_keeps_the_one_that_it_has(ready: Workspace) -> None:
    ready.account.features.several_forms = False
    assert ready.plan().problems == ()


def test_without_side_conversations_the_rest_is_made_and_what_works_is_said(workspace: Workspace) -> None:
    workspace.account.features.side_conversations = False
    report = workspace.apply()
    assert "side_conversation_changed" not in workspace.ids.triggers
    (warning,) = report.warnings
    assert "“Side conversation”" in warning
    assert "everything else works" in warning
    assert workspace.done() == []


def test_a_condition_that_is_not_found_any_more_leaves_its_trigger_alone(ready: Workspace) -> None:
    ready.account.features.side_conversations = False
    assert ready.done() == []
    ready.apply()
    assert ready.row("trigger", "side_conversation_changed")["active"] is True
    ready.account.features.side_conversations = True
    assert ready.done() == []


def condition(workspace: Workspace, changed: ConditionSpec) -> None:
    first, *others = workspace.spec.triggers
    workspace.want(triggers=(replace(first, all=(*first.all, changed)), *others))


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
    changed: ConditionSpec, said: str, workspace: Workspace
) -> None:
    condition(workspace, changed)
    (problem,) = workspace.plan().problems
    assert said.format(workspace.spec.triggers[0].title) in problem
    with pytest.raises(AccountError):
        workspace.apply()
    assert workspace.writes() == []


def test_a_documented_action_that_the_account_does_not_list_is_a_warning(workspace: Workspace) -> None:
    known = workspace.setup.definitions(KINDS["automation"].resource)
    without = {name: one for name, one in known.actions.items() if name != "notification_group"}

    class WithoutGroups(Setup):
        def definitions(self, resource):  # type: ignore[no-untyped-def]
            found = super().definitions(resource)
            return replace(found, actions=without) if resource.kind == "automation" else found

    plan = workspace.run(WithoutGroups(workspace.channel)).plan()
    assert plan.problems == ()
    assert (
        "doesn't list that the automation “Escalation: Parley has been silent” may do notification_group."
        in str(plan.warnings)
    )


def test_an_account_that_tells_no_definitions_for_automations_refuses_none(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "GET", "automations/definitions$", status=404)
    assert workspace.plan().problems == ()


def test_a_refusal_of_zendesk_is_told_with_the_part(workspace: Workspace) -> None:
    trigger = workspace.spec.triggers[2]
    wrong = replace(trigger, discovered=DiscoveredSpec("side_conversation", "Side conversation", "is"), body="{}")
    workspace.want(triggers=(*workspace.spec.triggers[:2], wrong))
    workspace.sandbox.faults.next("zendesk", "POST", "triggers$", status=404)
    with pytest.raises(AccountError, match="Zendesk does not let us create the trigger “Escalation: a request"):
        workspace.apply()


@contextmanager
def another_way(workspace: Workspace, credentials: ZendeskCredentials) -> Iterator[Run]:
    """The same account, called with other credentials."""
    channel = workspace.another_channel(credentials)
    yield workspace.run(Setup(channel))
    channel.close()


def minted(workspace: Workspace, scopes: str) -> str:
    given = workspace.account.credentials
    asked = {
        "grant_type": "client_credentials",
        "client_id": given.oauth_client_id,
        "client_secret": given.oauth_client_secret,
        "scope": scopes,
    }
    with httpx.Client(base_url=workspace.sandbox.zendesk_url, transport=workspace.sandbox.transport) as client:
        answer = client.post("/oauth/tokens", json=asked)
    return str(answer.json()["access_token"])


def test_a_scope_that_the_client_lacks_is_named_with_the_call_and_the_part(workspace: Workspace) -> None:
    given = workspace.account.credentials
    given.oauth_scopes = frozenset({"tickets:read", "tickets:write", "users:read", "macros:read", "read"})
    with another_way(workspace, ClientCredentials(given.oauth_client_id, given.oauth_client_secret)) as run:
        plan = run.plan()
        with pytest.raises(AccountError) as caught:
            run.apply(plan)
    said = str(caught.value)
    assert "create the group “Escalations team”" in said
    assert "no token for POST groups, which needs the scope write: " in said
    assert "POST /api/v2/groups" not in workspace.writes()
    assert workspace.state.values == {}


def test_a_scope_that_the_client_lacks_for_looking_is_named_by_the_plan(workspace: Workspace) -> None:
    given = workspace.account.credentials
    given.oauth_scopes = frozenset({"write"})
    credentials = ClientCredentials(given.oauth_client_id, given.oauth_client_secret)
    with (
        another_way(workspace, credentials) as run,
        pytest.raises(Misconfigured, match="no token for GET groups, which needs the scope read: "),
    ):
        run.plan()


def test_a_client_that_has_the_blanket_scopes_only_is_enough_to_look(workspace: Workspace) -> None:
    given = workspace.account.credentials
    given.oauth_scopes = frozenset({"read", "write"})
    with another_way(workspace, ClientCredentials(given.oauth_client_id, given.oauth_client_secret)) as run:
        assert run.plan().steps


@pytest.mark.parametrize(
    ("scopes", "call", "lacking"),
    [
        ("read", "POST groups", "groups:write or write"),
        ("read groups:write", "POST custom_statuses", "write"),
    ],
)
def test_a_scope_that_a_token_made_elsewhere_lacks_is_named_with_the_call(
    scopes: str, call: str, lacking: str, workspace: Workspace
) -> None:
    with (
        another_way(workspace, BearerToken(minted(workspace, scopes))) as run,
        pytest.raises(AccountError) as caught,
    ):
        run.apply()
    assert f"Zendesk refuses {call}: the token lacks the scope {lacking}." in str(caught.value)
    assert "begun" not in workspace.state.values


def remembered(workspace: Workspace) -> dict[str, Any]:
    """The parts that are remembered, and what is said to have been begun."""
    return {key: row for key, row in workspace.state.values.items() if key.startswith(("made:", "begun"))}


def an_agents(workspace: Workspace) -> ApiToken:
    return ApiToken("ada@example.com", workspace.account.credentials.api_token)


def test_a_role_that_lacks_is_named_with_the_call_and_nothing_half_done_is_remembered(workspace: Workspace) -> None:
    with another_way(workspace, an_agents(workspace)) as run, pytest.raises(AccountError) as caught:
        run.apply()
    said = str(caught.value)
    assert "does not let us create the group “Escalations team”." in said
    assert "It was POST groups: that takes an admin, or a custom role that may manage groups." in said
    assert workspace.state.values == {}


ADMIN = "that takes an admin."
RULES = "that takes an admin, or a custom role that may manage business rules."


@pytest.mark.parametrize(
    ("kind", "call", "takes"),
    [
        ("status", "POST custom_statuses", ADMIN),
        ("field", "POST ticket_fields", ADMIN),
        ("form", "POST ticket_forms", ADMIN),
        ("macro", "POST macros", "that takes an admin, or a custom role that may manage shared macros."),
        ("webhook", "POST webhooks", "that takes an admin, or a custom role that may create webhooks."),
        ("trigger", "POST triggers", RULES),
        ("automation", "POST automations", RULES),
        ("view", "POST views", "that takes an admin, or a custom role that may manage shared views."),
    ],
)
def test_whatever_lacks_of_an_account_the_role_that_it_takes_is_said(
    kind: str, call: str, takes: str, ready: Workspace
) -> None:
    rows = ready.rows(kind)
    for key in [key for key, row in rows.items() if not row.get("default") and row.get("removable", True)]:
        del rows[key]
    plan, before = ready.plan(), remembered(ready)
    with another_way(ready, an_agents(ready)) as run, pytest.raises(AccountError) as caught:
        run.apply(plan)
    assert f"It was {call}: {takes}" in str(caught.value)
    assert remembered(ready) == before


def test_a_part_that_an_agent_may_not_change_or_switch_off_is_told_too(ready: Workspace) -> None:
    ready.row("trigger", "ticket_changed")["active"] = False
    with another_way(ready, an_agents(ready)) as run, pytest.raises(AccountError) as caught:
        run.apply(ready.plan())
    assert "PUT triggers/{id}: that takes an admin" in str(caught.value)
    ready.apply()
    ready.want(triggers=ready.spec.triggers[:2])
    with another_way(ready, an_agents(ready)) as run, pytest.raises(AccountError) as caught:
        run.apply(ready.plan())
    assert "does not let us switch off the trigger" in str(caught.value)


def test_a_plan_that_an_agent_asks_for_says_what_an_agent_may_not_read(ready: Workspace) -> None:
    with (
        another_way(ready, an_agents(ready)) as run,
        pytest.raises(
            Permanent, match=r"GET webhooks/\{id\}/signing_secret: that takes an admin, or a custom role"
        ),
    ):
        run.plan()


def test_what_somebody_makes_after_a_refusal_is_theirs(workspace: Workspace) -> None:
    with another_way(workspace, an_agents(workspace)) as run, pytest.raises(AccountError):
        run.apply()
    workspace.setup.create(KINDS["group"].resource, {"name": "Escalations team"})
    assert not workspace.step("group", "it").ours


def test_what_an_earlier_try_may_have_made_is_still_in_doubt_after_a_refusal(workspace: Workspace) -> None:
    workspace.sandbox.faults.next("zendesk", "POST", "groups$", status=502, apply=True)
    plan = workspace.plan()
    workspace.sandbox.faults.next("zendesk", "GET", "groups$", body={"groups": []})
    workspace.sandbox.faults.next("zendesk", "POST", "groups$", status=403)
    with pytest.raises(AccountError, match="does not let us create the group"):
        workspace.run().apply(plan)
    assert "begun" in workspace.state.values


class Waits:
    """Sleeps on the stand-in's clock."""

    def __init__(self, workspace: Workspace) -> None:
        self._bench = workspace
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._bench.sandbox.clock.move(timedelta(seconds=seconds))


def patient(workspace: Workspace, store: Store, waits: Waits, limit: int | None = None) -> ThrottledCalls:
    limits = {ZENDESK: RateLimit.of(limit)} if limit else None
    now = workspace.sandbox.clock
    return ThrottledCalls(workspace.setup, Budgets(store, limits, now=now), now, waits, workspace.said.append)


@pytest.fixture
def store(tmp_path, workspace: Workspace):  # type: ignore[no-untyped-def]
    with Store.open(migrated(tmp_path / "account.db"), now=workspace.sandbox.clock) as opened:
        yield opened


def test_at_the_accounts_rate_limit_it_waits_and_goes_on(workspace: Workspace, store: Store) -> None:
    workspace.sandbox.zendesk.rate_limit = 30
    waits = Waits(workspace)
    workspace.run(patient(workspace, store, waits)).apply()
    assert len(waits.seconds) >= 2
    assert any("Going on in" in line for line in workspace.said)
    workspace.sandbox.zendesk.rate_limit = None
    assert workspace.done() == []


def test_within_the_desks_budget_no_limit_is_met(workspace: Workspace, store: Store) -> None:
    workspace.sandbox.zendesk.rate_limit = 60
    waits = Waits(workspace)
    workspace.run(patient(workspace, store, waits, 50)).apply()
    assert any("rate limit" in line for line in workspace.said)
    assert not any("429" in line for line in workspace.said)


@pytest.mark.parametrize(("method", "path"), [("GET", "macros$"), ("POST", "macros$")])
def test_a_429_and_a_503_in_the_middle_are_waited_for(
    method: str, path: str, workspace: Workspace, store: Store
) -> None:
    waits = Waits(workspace)
    workspace.sandbox.faults.next("zendesk", method, path, status=429, times=2, headers={"Retry-After": "7"})
    workspace.sandbox.faults.next("zendesk", method, path, status=503, times=3)
    workspace.run(patient(workspace, store, waits)).apply()
    assert max(waits.seconds) >= 7
    assert workspace.done() == []
    assert workspace.names("macro") == sorted(macro.name for macro in workspace.spec.macros)


def test_a_zendesk_that_stays_away_ends_the_run(workspace: Workspace, store: Store) -> None:
    waits = Waits(workspace)
    workspace.sandbox.faults.next("zendesk", "GET", "views$", status=429, times=20)
    with pytest.raises(Limited):
        workspace.run(patient(workspace, store, waits)).apply()
    workspace.sandbox.faults.clear()


def test_a_big_account_is_read_with_one_call_a_page(ready: Workspace) -> None:
    for kind, number in (("trigger", 2000), ("macro", 500), ("field", 300)):
        rows = ready.rows(kind)
        (first, *_) = [row for row in rows.values() if row.get("removable", True)]
        for at in range(number):
            rows[at + 1] = {**first, "id": at + 1, "title": f"Theirs {at}", "active": at % 2 == 0}
    ready.sandbox.calls.clear()
    assert ready.done() == []
    pages = [call.path.rpartition("/")[2] for call in ready.sandbox.calls]
    assert (pages.count("triggers"), pages.count("macros"), pages.count("ticket_fields")) == (21, 6, 4)
    assert len(pages) < 47
