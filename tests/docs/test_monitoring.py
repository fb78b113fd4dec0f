"""What machines watch: alerts and dashboard are of metrics that there are, and lead to sections that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from config.texts import load_texts
from escalation.policies.texts import Texts
from parley.health.case_gauges import CaseGauges
from parley.pages.requester.door import PageDeps, RequesterPages
from parley.wiring.metrics import WATCHED, LoopMetrics
from parley.wiring.monitoring_files import anchor
from store import OpenCases
from tests.docs.product import ROOT
from webhooks.asgi import NOTHING
from webhooks.metrics import ENDPOINTS, OUTCOMES, ReadinessGauges, door_metrics
from webhooks.sidebar import SidebarEndpoint

ALERTS = ROOT / "ops" / "prometheus" / "alerts.yml"
BOARD = ROOT / "ops" / "grafana" / "parley.json"
RUNBOOK = "docs/operations.md"
NO_PAGES = PageDeps(Texts.from_mapping(load_texts()), *(lambda *_: None for _ in range(5)))  # type: ignore[arg-type]
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class HasCases:
    """A store that has an open case."""

    def read(self, _: object) -> list[OpenCases]:
        return [OpenCases("tier_1", 1, 2, NOW)]


# As /readyz says it when there is something of everything.
SAID: dict[str, Any] = {
    "ready": True,
    "inbox": {"new": 1, "dead": 0},
    "outbox": {"todo": 1, "dead": 0},
    "waiting_for": {"zendesk": 1, "workmarket": 0},
    "clock_lag_s": 3.0,
    "oldest_unhandled_s": 2.0,
    "reconcile": {"zendesk": {"ok_lag_s": 30.0}},
    "companies": {"acme": {"failing_s": 60.0}},
    "account_drift": 0,
}


def shown() -> dict[str, set[str]]:
    """Every sample that /metrics can show, by name, with its labels."""
    registry = CollectorRegistry()
    for endpoint in door_metrics(registry).values():
        endpoint.seconds.observe(0.1)
    LoopMetrics(registry).count("delivered", "look")
    SidebarEndpoint(NOTHING, registry)
    RequesterPages(NO_PAGES, registry)
    registry.register(ReadinessGauges(lambda: SAID))
    registry.register(CaseGauges(HasCases(), lambda: NOW))  # type: ignore[arg-type]
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    for panel in json.loads(BOARD.read_text(encoding="utf-8"))["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_the_table_has_every_metric_that_is_shown_and_no_other() -> None:
    there = {re.sub("_(bucket|count|sum|created)$", "", name) for name in shown()}
    assert {watched.metric.shown_as for watched in WATCHED} == {re.sub("_created$", "", name) for name in there} - {
        "parley_webhook_requests",
        "parley_sidebar_requests",
        "parley_progress_pages",
        "parley_outcomes",
    }


@pytest.mark.parametrize("watched", WATCHED, ids=lambda one: one.metric.name)
def test_a_row_says_by_what_its_metric_is_counted_apart(watched: Any) -> None:
    name = watched.metric.shown_as + ("_count" if watched.metric.kind == "histogram" else "")
    assert shown()[name] == set(watched.metric.labels)


@pytest.mark.parametrize("expression", list(expressions()))
def test_what_is_asked_of_prometheus_is_shown_by_the_desk(expression: str) -> None:
    there = shown()
    asked = re.findall(r"\b(parley_\w+)(?:\{([^}]*)\})?", expression)
    assert asked
    for name, chosen in asked:
        assert name in there
        labels = set(re.findall(r"(\w+)=", chosen))
        for by in re.findall(r"by \(([^)]*)\)", expression):
            labels |= set(by.split(", "))
        assert labels <= there[name]


def test_outcomes_and_states_that_alerts_name_are_some_that_there_are() -> None:
    named = re.findall(r'(\w+)="(\w+)"', "\n".join(expressions()))
    there = {"outcome": {*OUTCOMES}, "endpoint": {*ENDPOINTS}, "state": {*SAID["inbox"], *SAID["outbox"]}}
    assert named
    assert [pair for pair in named if pair[1] not in there[pair[0]]] == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_leads_to_a_section_that_says_what_to_do(rule: dict[str, Any]) -> None:
    page, _, section = rule["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert page == RUNBOOK
    assert section in [anchor(heading) for heading in headings]
    assert rule["labels"]["severity"] in ("critical", "warning")


def test_every_alert_and_every_panel_has_a_name_of_its_own() -> None:
    names = [rule["alert"] for rule in rules()]
    titles = [panel["title"] for panel in json.loads(BOARD.read_text(encoding="utf-8"))["panels"]]
    assert (len(set(names)), len(set(titles))) == (len(names), len(titles))
    assert len(titles) >= len(WATCHED)


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not there: the Debian package prometheus has it")
def test_prometheus_own_tool_finds_nothing_wrong_with_the_rules() -> None:
    checked = subprocess.run(
        [str(PROMTOOL), "check", "rules", str(ALERTS)], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(rules())} rules found" in checked.stdout
