"""What every answer of the stand-in Zendesk has: callers, limits, headers, and a list of what was asked."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox import MovableClock, Sandbox
from sandbox.zendesk.records.standard import older_mailers
from tests.integration.sandbox.conftest import Api, basic
from tests.patience import PATIENCE_S
from tests.unencrypted import UNENCRYPTED


def test_an_api_token_goes_with_the_address_of_an_agent(zd: Api) -> None:
    assert zd.get("users/me.json")["user"]["role"] == "admin"


@pytest.mark.parametrize(
    "given",
    [
        basic("admin@example.com", "wrong"),
        basic("stranger@example.com"),
        "Basic ???",
        "Bearer nonsense",
        "Digest x",
    ],
)
def test_wrong_credentials_are_refused(nobody: Api, given: str) -> None:
    nobody.get("tickets.json", status=401, headers={"Authorization": given})


def test_an_end_user_may_not_see_tickets(zd: Api, nobody: Api, ticket: int) -> None:
    nobody.get(f"tickets/{ticket}.json", status=403, headers={"Authorization": basic("wanda@example.com")})


def test_a_token_is_minted_for_client_credentials_and_ends_by_the_clock(
    box: Sandbox, nobody: Api, clock: MovableClock
) -> None:
    token = _mint(box).json()
    assert token["expires_in"] == 1800
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    nobody.get("users.json", headers=bearer)
    clock.move(timedelta(seconds=1800))
    assert nobody.get("users.json", headers=bearer, status=401)["error"] == "invalid_token"


def test_a_wrong_client_secret_gets_no_token(box: Sandbox) -> None:
    assert _mint(box, client_secret="wrong").status_code == 401


@pytest.mark.parametrize(
    ("scope", "path", "lacking"),
    [
        ("tickets:read", "users.json", "users:read, read"),
        ("tickets:read", "ticket_fields.json", "read"),
        ("tickets:read tickets:write", "tickets/{}/side_conversations.json", "read"),
        ("tickets:read auditlogs:read", "tickets/{}/audits.json", "read"),
        ("write", "tickets/{}.json", "tickets:read, read"),
        ("nonsense", "tickets/{}.json", "tickets:read, read"),
    ],
)
def test_a_call_beyond_a_tokens_scopes_is_refused_with_those_that_would_do(
    box: Sandbox, nobody: Api, ticket: int, scope: str, path: str, lacking: str
) -> None:
    bearer = {"Authorization": f"Bearer {_mint(box, scope=scope).json()['access_token']}"}
    said = nobody.get(path.format(ticket), headers=bearer, status=403)
    assert said["description"] == f"You are missing the following required scopes: {lacking}"


@pytest.mark.parametrize("scope", ["tickets:read", "read"])
def test_a_scope_of_the_resource_or_the_blanket_one_lets_in(
    box: Sandbox, nobody: Api, ticket: int, scope: str
) -> None:
    bearer = {"Authorization": f"Bearer {_mint(box, scope=scope).json()['access_token']}"}
    nobody.get(f"tickets/{ticket}.json", headers=bearer)
    nobody.get(f"tickets/{ticket}/comments.json", headers=bearer)


def test_a_client_may_be_limited_to_some_scopes(box: Sandbox) -> None:
    box.zendesk.credentials.oauth_scopes = frozenset({"tickets:read"})
    assert _mint(box, scope="tickets:read").status_code == 201
    assert _mint(box, scope="tickets:read users:read").json()["error"] == "invalid_scope"


AGENT = {"Authorization": basic("ada@example.com")}
SETTINGS = ("groups", "custom_statuses", "ticket_fields", "ticket_forms", "macros", "webhooks", "triggers")


@pytest.mark.parametrize("path", [*SETTINGS, "trigger_categories", "automations", "views"])
def test_an_agent_who_is_no_admin_reads_settings_and_changes_none(nobody: Api, path: str) -> None:
    nobody.get(f"{path}.json", headers=AGENT)
    said = nobody.post(f"{path}.json", {}, headers=AGENT, status=403)
    assert said["error"]["title"] == "Forbidden"


def test_an_agent_who_is_no_admin_is_not_shown_a_signing_secret(box: Sandbox, zd: Api, nobody: Api) -> None:
    where = {"endpoint": "https://one.example.com", "http_method": "POST", "request_format": "json"}
    how = {"name": "One", "status": "active", "subscriptions": ["conditional_ticket_events"]}
    zd.post("webhooks", {"webhook": {**where, **how}})
    (webhook,) = box.zendesk.account.webhooks
    zd.get(f"webhooks/{webhook}/signing_secret")
    nobody.get(f"webhooks/{webhook}/signing_secret", headers=AGENT, status=403)


def test_an_agent_who_is_no_admin_works_tickets(nobody: Api, ticket: int) -> None:
    nobody.put(f"tickets/{ticket}", {"ticket": {"tags": ["seen"]}}, headers=AGENT)


def test_a_token_stands_for_its_owner_and_may_do_what_that_role_may(box: Sandbox, nobody: Api) -> None:
    box.zendesk.credentials.owner = "ada@example.com"
    bearer = {"Authorization": f"Bearer {_mint(box).json()['access_token']}"}
    assert nobody.get("users/me", headers=bearer)["user"]["email"] == "ada@example.com"
    nobody.post("groups", {"group": {"name": "Ours"}}, headers=bearer, status=403)


def _mint(box: Sandbox, **changes: Any) -> httpx.Response:
    given = {"client_id": "parley", "client_secret": "sandbox-oauth-secret", **changes}
    body = {"grant_type": "client_credentials", "scope": "read write", **given}
    return httpx.post(
        f"{box.zendesk_url}/oauth/tokens", json=body, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
    )


def test_a_path_answers_with_and_without_json_at_its_end(zd: Api, ticket: int) -> None:
    assert zd.get(f"tickets/{ticket}") == zd.get(f"tickets/{ticket}.json")


def test_every_answer_tells_the_limits_and_the_stand_ins_time(zd: Api, clock: MovableClock) -> None:
    clock.move(timedelta(days=3))
    headers = zd.http.get("/api/v2/users/me.json").headers
    assert headers["date"] == "Thu, 05 Mar 2026 15:00:00 GMT"
    assert headers["x-rate-limit"] == "700"
    assert int(headers["ratelimit-remaining"]) < 700
    assert "ratelimit-reset" in headers


def test_a_limit_that_is_switched_on_answers_429_until_the_minute_is_over(
    box: Sandbox, zd: Api, clock: MovableClock
) -> None:
    box.zendesk.rate_limit = 2
    zd.get("groups.json")
    zd.get("groups.json")
    refused = zd.http.get("/api/v2/groups.json")
    assert refused.status_code == 429
    clock.move(timedelta(seconds=int(refused.headers["retry-after"])))
    zd.get("groups.json")


def test_one_ticket_can_be_limited_too(box: Sandbox, zd: Api, clock: MovableClock, ticket: int) -> None:
    box.zendesk.ticket_update_limit = 2
    path = f"tickets/{ticket}.json"
    zd.put(path, {"ticket": {"tags": ["a"]}})
    clock.move(timedelta(minutes=4))
    zd.put(path, {"ticket": {"tags": ["b"]}})
    refused = zd.http.put(f"/api/v2/{path}", json={"ticket": {"tags": ["c"]}})
    assert refused.status_code == 429
    clock.move(timedelta(seconds=int(refused.headers["retry-after"])))
    zd.put(path, {"ticket": {"tags": ["c"]}})


def test_calls_are_kept_in_order(box: Sandbox, zd: Api, ticket: int) -> None:
    zd.get(f"tickets/{ticket}.json", params={"include": "users"})
    made, shown = box.calls
    assert (made.service, made.method, made.path, made.status) == ("zendesk", "POST", "/api/v2/tickets", 201)
    assert made.body["ticket"]["subject"] == "Not approved"
    assert (shown.path, shown.query, shown.status) == (f"/api/v2/tickets/{ticket}", {"include": "users"}, 200)
    assert not box.unexpected


def test_a_route_the_stand_in_does_not_have_is_noticed(box: Sandbox, zd: Api) -> None:
    zd.get("organizations.json", status=404)
    zd.call("DELETE", "users/me.json", status=404)
    assert [call.path for call in box.unexpected] == ["/api/v2/organizations", "/api/v2/users/me"]


def test_the_account_says_what_is_switched_on(box: Sandbox, zd: Api) -> None:
    box.zendesk.features.on_hold = False
    settings = zd.get("account/settings.json")["settings"]
    assert settings["active_features"]["on_hold_status"] is False
    assert settings["tickets"]["custom_statuses_enabled"] is True


def test_what_is_switched_off_is_forbidden(box: Sandbox, zd: Api, ticket: int) -> None:
    features = box.zendesk.features
    features.custom_statuses = features.side_conversations = features.several_forms = False
    zd.get("custom_statuses.json", status=403)
    zd.get(f"tickets/{ticket}/side_conversations", status=403)
    zd.post("ticket_forms.json", {"ticket_form": {"name": "Second"}}, status=403)


def test_an_account_starts_with_what_zendesk_brings_along(zd: Api) -> None:
    statuses = zd.get("custom_statuses.json")["custom_statuses"]
    assert {row["status_category"]: row["default"] for row in statuses} == dict.fromkeys(
        ("new", "open", "pending", "hold", "solved"), True
    )
    assert [row["name"] for row in zd.get("groups.json")["groups"]] == ["Support"]
    assert [row["default"] for row in zd.get("ticket_forms.json")["ticket_forms"]] == [True]


def test_a_new_account_has_zendesks_standard_set_with_what_comes_switched_off(zd: Api) -> None:
    triggers = zd.get("triggers.json")["triggers"]
    assert [row["title"] for row in triggers if row["active"]] == [
        "Notify requester and CCs of received request",
        "Notify requester of new proactive ticket",
        "Notify requester and CCs of comment update",
        "Notify assignee of comment update",
        "Notify assignee of assignment",
        "Notify assignee of reopened ticket",
        "Notify group of assignment",
        "Notify all agents of received request",
    ]
    assert [row["title"] for row in triggers if not row["active"]] == [
        "Auto-assign to first email responding agent"
    ]
    automations = {row["title"]: row["active"] for row in zd.get("automations.json")["automations"]}
    assert [title for title, active in automations.items() if active] == [
        "Close ticket 4 days after status is set to solved"
    ]
    assert {"Pending notification 24 hours", "Pending notification 5 days"} < automations.keys()
    assert all(row["default"] for row in triggers)
    assert {row["title"] for row in zd.get("macros.json")["macros"]} > {"Take it!", "Downgrade and inform"}
    assert "Your unsolved tickets" in {row["title"] for row in zd.get("views.json")["views"]}


def test_an_older_account_has_a_pair_of_mailers(box: Sandbox, zd: Api) -> None:
    older_mailers(box.zendesk.account)
    asked = {
        (row["field"], row["operator"], row["value"])
        for trigger in zd.get("triggers.json")["triggers"]
        for row in trigger["conditions"]["all"]
        if trigger["title"].endswith(("requester of comment update", "requester of solved request"))
    }
    assert {("status", "not_value", "solved"), ("status", "value", "solved")} < asked
    assert ("comment_is_public", "is", "requester_can_see_comment") in asked
    assert "Notify requester and CCs of comment update" not in str(zd.get("triggers.json"))
