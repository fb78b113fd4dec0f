"""Who may look at the desk's page and act there, by what Zendesk says of them; where signing in leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from parley.pages.desk.letting_in import NotLetIn, viewer_of
from parley.pages.desk.places import ROOT, within_desk
from parley.pages.desk.viewer import Viewer

AGENT: dict[str, Any] = {
    "id": 4711,
    "name": "Ada Agent",
    "role": "agent",
    "role_type": None,
    "suspended": False,
    "active": True,
    "ticket_restriction": None,
    "restricted_agent": False,
}
OPERATORS = "Desk operators"


def judged(groups: Sequence[str] | None = (), operators: str = OPERATORS, **more: Any) -> Viewer:
    return viewer_of({**AGENT, **more}, lambda _: groups, operators)


def test_an_agent_who_sees_every_ticket_reads() -> None:
    viewer = judged(["Support"])
    assert (viewer.name, viewer.person, viewer.may_operate) == ("Ada Agent", "Zendesk user 4711", False)
    assert viewer.why_not == "Only admins and the agents of the group “Desk operators” may do this."


def test_an_agent_of_the_policys_group_operates() -> None:
    assert judged(["Support", "desk OPERATORS"]).may_operate


def test_an_admin_operates_and_nobody_is_asked_for_their_groups() -> None:
    assert judged(None, role="admin", role_type=4, restricted_agent=False).may_operate


def test_without_a_group_admins_alone_operate() -> None:
    viewer = judged([""], operators="")
    assert not viewer.may_operate
    assert "no group is named" in viewer.why_not


def test_an_agent_whose_groups_are_not_told_reads() -> None:
    assert "did not say which groups" in judged(None).why_not


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"role": "end-user"}, "for the support team"),
        ({"role": "end-user", "role_type": 4}, "for the support team"),
        ({"role": None}, "for the support team"),
        ({"role": "Admin"}, "for the support team"),
        ({"id": None}, "did not say who you are"),
        ({"id": "4711"}, "did not say who you are"),
        ({"id": True}, "did not say who you are"),
        ({"suspended": True}, "suspended or closed"),
        ({"active": False}, "suspended or closed"),
        ({"role": "admin", "suspended": True}, "suspended or closed"),
        ({"role_type": 1}, "some tickets only"),
        ({"role_type": 2}, "some tickets only"),
        ({"role_type": 3}, "some tickets only"),
        ({"ticket_restriction": "groups"}, "some tickets only"),
        ({"ticket_restriction": "assigned"}, "some tickets only"),
        ({"restricted_agent": True}, "some tickets only"),
    ],
)
def test_who_may_not_read_every_ticket_is_not_let_in_and_told_why(more: dict[str, Any], said: str) -> None:
    with pytest.raises(NotLetIn, match=said):
        judged([OPERATORS], **more)


@pytest.mark.parametrize("name", ["", "\u202e", None, 7, ["x"]])
def test_who_has_no_name_is_called_by_their_number(name: Any) -> None:
    assert judged(name=name).name == "Zendesk user 4711"


@pytest.mark.parametrize("name", ["the operator", "root (command)", "Zendesk user 1"])
def test_a_name_is_never_all_that_the_journal_has(name: str) -> None:
    assert judged(name=name).actor == f"{name} (Zendesk user 4711)"


@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/desk/",
        "/desk/cases",
        "/desk/cases?state=tier_1&due=2026-01-01T10:00",
        "/desk/cases?next=//evil.example&q=%0d%0a",
        "/desk/cases/zendesk-4711",
        "/desk/cases/L%C3%BCtz%20%26%20co",
        "/desk/cases/100%25",
    ],
)
def test_signing_in_leads_back_to_a_page_of_the_desk(path: str) -> None:
    assert within_desk(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/desks",
        "//evil.example/desk",
        "https://evil.example/desk",
        "/desk/../p/x",
        "/desk/%2e%2E/p/x",
        "/desk//evil.example",
        "/desk\\evil",
        "/desk/\nSet-Cookie: a=b",
        "/desk/ü",
        "/desk?to=a b",
        "/desk#x",
        "/desk@evil.example",
        "javascript:alert(1)",
        "/desk/sign-out",
        "/desk/sign-in/zendesk",
        "/desk/signed-in?code=1",
        "/desk/static/x.js",
        "/desk/%73ign-out",
        "/desk/%73%69gn-in/zendesk?to=/desk/%2573ign-in",
        "/desk/%73tatic/x.js",
        "/desk/..%2f..%2fp/x",
        "/desk/%2e%2e%2fp",
        "/desk/%2f%2fevil.example",
        "/desk/%5cevil.example",
        "/desk/%0d%0aSet-Cookie:%20a=b",
        "/desk/%09",
        "/desk/%00",
        "/desk/%7f",
        "/desk/%E2%80%AE",
        "/desk/%ff",
        "/desk/%",
        "/desk/\t/evil.example",
        " /desk",
        "/desk ",
        "/desk;@evil.example",
        "/desk:80@evil.example",
        "\\\\evil.example\\desk",
        "/%64esk",
        "/desk/" + "a" * 500,
    ],
)
def test_signing_in_leads_nowhere_else(path: str) -> None:
    assert within_desk(path) == ROOT
