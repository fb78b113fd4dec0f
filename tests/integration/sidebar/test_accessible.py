"""The sidebar judged by axe: WCAG 2.2 AA, and what axe counts as good practice."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.integration.sidebar.fake_host import FakeHost, example

if TYPE_CHECKING:
    from playwright.sync_api import Frame

pytestmark = pytest.mark.browser
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


COLOURS = {"type": "rule", "values": ["color-contrast"]}
PALE = {"light": "#d8dcde", "dark": "#293239"}


def violations(frame: Frame, rules: Any = RULES) -> list[str]:
    """What axe finds, with everything unfolded: each rule with the elements that break it."""
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    frame.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = frame.evaluate("rules => axe.run(document, { runOnly: rules })", rules)
    assert found["passes"], "axe has looked at nothing"
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def in_both_schemes(host: FakeHost, frame: Frame) -> list[str]:
    """What axe finds in light, then what it finds of the colours in dark."""
    light = violations(frame)
    host.fire("colorScheme.changed", "dark")
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    return light + violations(frame, COLOURS)


@pytest.mark.parametrize("name", ["worker_in_tier_2", "client_in_review", "resolved"])
def test_axe_finds_nothing_in_a_case(host: FakeHost, name: str) -> None:
    frame = host.open(example(name))
    if name == "worker_in_tier_2":
        frame.get_by_role("button", name="Pause").click()
    assert in_both_schemes(host, frame) == []


@pytest.mark.parametrize("status", [404, 403, 502])
def test_axe_finds_nothing_where_there_is_no_case_to_show(host: FakeHost, status: int) -> None:
    changes: dict[str, Any] = {"ticket.tags": ["escalation_overdue"]}
    assert in_both_schemes(host, host.open({}, status=status, values=changes)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_sees_a_text_that_is_too_pale(host: FakeHost, scheme: str) -> None:
    frame = host.open(example("resolved"), scheme=scheme)
    frame.evaluate("scheme => { document.querySelector('h1').style.color = scheme }", PALE[scheme])
    assert [found.partition(":")[0] for found in violations(frame, COLOURS)] == ["color-contrast"]
