"""What `parley doctor` says of signing in to the desk's page: what is meant, and what leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from config.settings import load_settings
from connector.errors import ApiAnswer
from parley.inspection.sign_in import operators_line, sign_in_lines
from parley.wiring.load_policy import load_rules

ZENDESK = {
    "PUBLIC_URL": "https://parley.example.com",
    "ZENDESK_OAUTH_CLIENT_ID": "parley",
    "ZENDESK_OAUTH_CLIENT_SECRET": "s3cr3t-canary",
    "ZENDESK_SIGN_IN_CLIENT_ID": "parley_desk",
    "ZENDESK_SIGN_IN_CLIENT_SECRET": "s3cr3t-canary",
}
PROXY = {
    "PUBLIC_URL": "https://parley.example.com",
    "TRUSTED_PROXY_HEADER": "X-Forwarded-Email",
    "TRUSTED_PROXY_ADDRESSES": "10.0.0.7",
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is said of settings and of what the policy has under [desk]."""

    def say(given: Mapping[str, str], **desk: Any) -> tuple[str, str]:
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        settings = load_settings(env_file=None)
        ((_, grade, sentence),) = sign_in_lines(settings, replace(load_rules(None), **desk))
        assert "s3cr3t-canary" not in sentence
        return grade, sentence

    return say


def test_where_nothing_is_set_the_page_is_said_to_be_off(said: Any) -> None:
    grade, sentence = said({})
    assert grade == "ok"
    assert sentence.startswith("is off")


def test_by_zendesk_the_address_that_its_client_needs_is_told(said: Any) -> None:
    grade, sentence = said(ZENDESK)
    assert grade == "ok"
    assert "https://parley.example.com/desk/signed-in" in sentence
    assert "“parley_desk”" in sentence


def test_by_a_proxy_it_is_told_which_is_believed(said: Any) -> None:
    grade, sentence = said(PROXY, operators=("ada@example.com",))
    assert (grade, sentence) == ("ok", "by a proxy at 10.0.0.7, which names people in X-Forwarded-Email.")


@pytest.mark.parametrize(
    ("given", "desk", "told"),
    [
        ({**ZENDESK, "ZENDESK_OAUTH_CLIENT_ID": "parley_desk"}, {}, "a client of their own"),
        ({**ZENDESK, "PUBLIC_URL": "http://localhost:8000"}, {}, "from any other nobody can sign in"),
        (ZENDESK, {"operators": ("ada@example.com",)}, "`operators` of the policy counts for nothing"),
        (PROXY, {}, "Nobody may act"),
        (PROXY, {"operators_group": "Desk"}, "operators_group of the policy counts for nothing"),
        (
            {**PROXY, "TRUSTED_PROXY_ADDRESSES": "10.0.0.7, 10.0.0.0/8"},
            {"operators": ("a",)},
            "10.0.0.0/8 is a wide",
        ),
        ({**PROXY, "TRUSTED_PROXY_ADDRESSES": "fd00::/32"}, {"operators": ("a",)}, "fd00::/32 is a wide network"),
    ],
)
def test_what_leads_nowhere_is_told(said: Any, given: dict[str, str], desk: dict[str, Any], told: str) -> None:
    grade, sentence = said(given, **desk)
    assert grade == "warning"
    assert told in sentence


class Groups:
    """An account with these groups."""

    def __init__(self, *names: str, deleted: bool = False) -> None:
        self._rows = [{"id": at, "name": name, "deleted": deleted} for at, name in enumerate(names)]

    def pages(self, path: str, _: Mapping[str, object]) -> Iterator[tuple[Any, ApiAnswer]]:
        assert path.startswith("groups"), path
        yield {"groups": self._rows}, ApiAnswer(200, {}, {"groups": self._rows}, "")


@pytest.mark.parametrize(
    ("groups", "grade"),
    [
        (Groups("Support", "desk OPERATORS"), "ok"),
        (Groups("Support"), "problem"),
        (Groups("Desk operators", deleted=True), "problem"),
        (Groups(), "problem"),
    ],
)
def test_a_group_that_the_account_lacks_is_a_problem(
    groups: Any, grade: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ZENDESK.items():
        monkeypatch.setenv(name, value)
    policy = replace(load_rules(None), operators_group="Desk operators")
    settings = load_settings(env_file=None)
    ((_, found, sentence),) = operators_line(settings, policy, groups)
    assert (found, "Desk operators" in sentence) == (grade, True)


def test_without_a_group_in_the_policy_none_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ZENDESK.items():
        monkeypatch.setenv(name, value)
    nothing: Any = None
    assert list(operators_line(load_settings(env_file=None), load_rules(None), nothing)) == []
