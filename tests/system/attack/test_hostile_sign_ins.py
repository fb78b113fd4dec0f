"""Hostile answers to a sign-in, as of a host that is not our account: nobody comes in unproved."""

from __future__ import annotations

from typing import Any

from connector.zendesk.access.signing_in import CodeRefused, SignInClient, group_names
from parley.pages.desk.letting_in import NotLetIn, viewer_of
from parley.pages.desk.viewer import Viewer
from tests.integration.connector.conftest import NOW
from tests.integration.connector.hostile_answers import ServedAnswer, Trickster
from tests.integration.connector.test_hostile_answers import Carried, accepted, attack, part
from tests.scale import scaled, tell

AGENT = {"id": 4711, "name": "Ada", "role": "agent", "role_type": None, "suspended": False, "active": True}
OPERATORS = "Desk operators"


def right(_: str, path: str) -> Any:
    """What Zendesk would answer."""
    if path.endswith("/oauth/tokens"):
        return {"access_token": "t0ken", "token_type": "bearer", "scope": "users:read"}
    return {"user": AGENT, "groups": [{"id": 7, "name": OPERATORS}]}


def let_in(trickster: Trickster) -> Any:
    """Signs somebody in, and judges who it is; the viewer, or why there is none."""

    def groups(_: int) -> tuple[str, ...] | None:
        return group_names(trickster("GET", "/api/v2/users/4711/groups").body)

    def attempt(client: SignInClient) -> Viewer | None:
        try:
            return viewer_of(client.who("c0de", "verifier"), groups, OPERATORS)
        except (CodeRefused, NotLetIn):
            return None

    return attempt


def proves_viewer(found: Viewer | None, served: list[ServedAnswer]) -> bool:
    """Whether a token was given, and the user of the answer to it is an agent or an admin, by a number."""
    if found is None:
        return True
    (token,), (body,) = accepted(served, "POST", "/oauth/tokens"), accepted(served, "GET", "/users/me")
    user = part(body, "user")
    assert str(part(token, "access_token")).strip()
    assert f"Zendesk user {user['id']}" == found.person
    assert user["role"] in ("agent", "admin") and not user.get("suspended") and user.get("active") is not False
    in_group = any(part(one.body, "groups") for one in served if one.path.endswith("/groups"))
    return not found.may_operate or user["role"] == "admin" or in_group


def test_of_hostile_answers_to_a_sign_in_only_our_errors_come_out_and_nobody_is_let_in_unproved() -> None:
    seed, tries = 33, scaled(commit=800, nightly=20_000)
    trickster = Trickster(seed, right)
    client = SignInClient(
        "https://acme.example", "parley_desk", "s", "https://desk.test", Carried(trickster), lambda: NOW
    )
    came = attack(trickster, client, [("sign in", let_in(trickster), proves_viewer)], seed, tries)
    assert {"Misconfigured", "Transient", "sign in done"} <= set(came)
    tell("hostile_answers_sign_in", hostile_answers=came["answers"], crashes=0, let_in_unproved=0)
