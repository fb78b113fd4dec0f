"""What a metric is watched by: what is drawn of it, and what wakes somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from webhooks.metrics import MetricRow


@dataclass(frozen=True, slots=True)
class Alert:
    """What wakes somebody: a condition that holds for minutes. `section` is a heading of docs/operations.md."""

    name: str
    condition: str
    minutes: int
    severity: Literal["critical", "warning"]
    says: str
    section: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn: an expression, a legend for each of its lines, and Grafana's word for its unit."""

    title: str
    expression: str
    legend: str = ""
    unit: str = "short"


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric, and how it is watched."""

    metric: MetricRow
    panels: tuple[Panel, ...] = ()
    alerts: tuple[Alert, ...] = ()
