"""The files in ops/ that machines watch the desk by, made of the table of metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from parley.wiring.metrics import WATCHED
from parley.wiring.watched import Alert, Panel

MADE: Final = "Made by `python -m parley.generated` from parley/wiring/metrics.py: change it there."
RUNBOOK: Final = "docs/operations.md"
SOURCE: Final = {"type": "prometheus", "uid": "${prometheus}"}
WIDTH, HEIGHT, ACROSS = 12, 8, 2


def anchor(heading: str) -> str:
    """Return by what a link leads to a heading of a page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def alerts() -> str:
    """Return Prometheus' rules as YAML."""
    every = [alert for watched in WATCHED for alert in watched.alerts]
    lines = [f"# {MADE}", "groups:", "  - name: parley", "    rules:"]
    return "\n".join((*lines, *(line for alert in every for line in _rule(alert)))) + "\n"


def _rule(alert: Alert) -> Iterator[str]:
    """JSON's texts are YAML's, too."""
    yield f"      - alert: {alert.name}"
    yield f"        expr: {json.dumps(alert.condition)}"
    if alert.minutes:
        yield f"        for: {alert.minutes}m"
    yield "        labels:"
    yield f"          severity: {alert.severity}"
    yield "        annotations:"
    yield f"          summary: {json.dumps(alert.says)}"
    yield f"          runbook_url: {json.dumps(f'{RUNBOOK}#{anchor(alert.section)}')}"


def board() -> str:
    """Return Grafana's dashboard as JSON."""
    panels = [panel for watched in WATCHED for panel in watched.panels]
    made: dict[str, Any] = {
        "uid": "parley",
        "title": "Parley",
        "description": MADE,
        "tags": ["parley"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {
            "list": [{"name": "prometheus", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_panel(place, panel) for place, panel in enumerate(panels)],
    }
    return json.dumps(made, indent=2) + "\n"


def _panel(place: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(place, ACROSS)
    return {
        "id": place + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {"h": HEIGHT, "w": WIDTH, "x": WIDTH * column, "y": HEIGHT * row},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": panel.expression, "legendFormat": panel.legend}],
    }
