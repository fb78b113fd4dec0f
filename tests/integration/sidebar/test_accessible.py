"""The sidebar judged by axe: WCAG 2.2 AA, and what axe counts as good practice."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.sidebar.fake_host import FakeHost, example

if TYPE_CHECKING:
    from playwright.sync_api import Frame

pytestmark = pytest.mark.browser
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(frame: Frame) -> list[str]:
    """What axe finds, with everything unfolded: each rule with the elements that break it."""
    frame.evaluate(AXE.read_text(encoding="utf-8"))
    frame.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = frame.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
    assert found["passes"], "axe has looked at nothing"
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["worker_in_tier_2", "client_in_review", "resolved"])
def test_axe_finds_nothing_in_a_case(host: FakeHost, name: str, scheme: str) -> None:
    frame = host.open(example(name), scheme=scheme)
    if name == "worker_in_tier_2":
        frame.get_by_role("button", name="Pause").click()
    assert violations(frame) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("status", [404, 403, 502])
def test_axe_finds_nothing_where_there_is_no_case_to_show(host: FakeHost, status: int, scheme: str) -> None:
    changes: dict[str, Any] = {"ticket.tags": ["escalation_overdue"]}
    assert violations(host.open({}, status=status, scheme=scheme, values=changes)) == []


def test_axe_sees_a_text_that_is_too_pale(host: FakeHost) -> None:
    frame = host.open(example("resolved"))
    frame.evaluate("document.querySelector('h1').style.color = '#d8dcde'")
    assert [found.partition(":")[0] for found in violations(frame)] == ["color-contrast"]
