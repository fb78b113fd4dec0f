"""What /metrics shows of the doors and of readiness: the table of it, and what fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

ENDPOINTS = ("zendesk", "workmarket", "requests")
OUTCOMES = (
    "accepted",
    "duplicate",
    "dead_letter",
    "unauthorised",
    "no_secret",
    "too_large",
    "not_json",
    "invalid",
    "unavailable",
)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric: its name as it is registered, what it means, and by what it is counted apart."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()

    @property
    def shown_as(self) -> str:
        """How /metrics names it."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


Sample = tuple[tuple[str, ...], float]
"""The values of a gauge's labels, and its own."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge that is read off what readiness says. It is left out where `read` gives None."""

    row: MetricRow
    read: Callable[[Mapping[str, Any]], Iterable[Sample] | None]


REQUESTS: Final = MetricRow(
    "parley_webhook_requests", "counter", "Webhook requests by outcome", ("endpoint", "outcome")
)
SECONDS: Final = MetricRow(
    "parley_webhook_seconds", "histogram", "Seconds until a webhook request was stored", ("endpoint",)
)
SIDEBAR: Final = MetricRow(
    "parley_sidebar_requests", "counter", "Cases that the sidebar asked for, by outcome", ("outcome",)
)
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class EndpointMetrics:
    """Counters of one endpoint, their labels resolved beforehand."""

    __slots__ = ("count", "seconds")

    def __init__(self, requests: Counter, seconds: Histogram, endpoint: str) -> None:
        self.count = {outcome: requests.labels(endpoint, outcome) for outcome in OUTCOMES}
        self.seconds = seconds.labels(endpoint)


def door_metrics(registry: CollectorRegistry) -> dict[str, EndpointMetrics]:
    """The counters of every endpoint, registered once."""
    requests = Counter(REQUESTS.name, REQUESTS.meaning, REQUESTS.labels, registry=registry)
    seconds = Histogram(SECONDS.name, SECONDS.meaning, SECONDS.labels, registry=registry, buckets=_BUCKETS_S)
    return {endpoint: EndpointMetrics(requests, seconds, endpoint) for endpoint in ENDPOINTS}


def _rows(box: str) -> Gauge:
    row = MetricRow(
        f"parley_{box}_rows", "gauge", f"Unsettled {box} rows by state, counted up to 10,000", ("state",)
    )
    return Gauge(row, lambda said: (((state,), float(rows)) for state, rows in dict(said.get(box) or {}).items()))


def _number(name: str, key: str, meaning: str) -> Gauge:
    def read(said: Mapping[str, Any]) -> Iterable[Sample] | None:
        value = said.get(key)
        return [((), float(value))] if isinstance(value, int | float) else None

    return Gauge(MetricRow(name, "gauge", meaning), read)


def _reconcile_lags(said: Mapping[str, Any]) -> Iterator[Sample]:
    for part, pulse in dict(said.get("reconcile") or {}).items():
        if isinstance(lag := pulse.get("ok_lag_s"), int | float):
            yield (part,), float(lag)


GAUGES: Final = (
    Gauge(
        MetricRow("parley_ready", "gauge", "1 when /readyz answers 200"),
        lambda said: [((), float(bool(said.get("ready"))))],
    ),
    _rows("inbox"),
    _rows("outbox"),
    Gauge(
        MetricRow("parley_waiting_rows", "gauge", "Outbox rows that a service did not take yet", ("service",)),
        lambda said: (((service,), float(rows)) for service, rows in dict(said.get("waiting_for") or {}).items()),
    ),
    _number("parley_clock_lag_seconds", "clock_lag_s", "Seconds since the clock last looked at the timers"),
    _number(
        "parley_oldest_unhandled_seconds",
        "oldest_unhandled_s",
        "Seconds the longest waiting inbox row has waited",
    ),
    Gauge(
        MetricRow(
            "parley_reconcile_lag_seconds",
            "gauge",
            "Seconds since lost webhooks were last looked for; where they never were, since they should be",
            ("part",),
        ),
        _reconcile_lags,
    ),
    Gauge(
        MetricRow(
            "parley_company_failing_seconds",
            "gauge",
            "Seconds since WorkMarket can't be used for a client company, where there are several",
            ("company",),
        ),
        lambda said: (
            ((company,), float(trouble["failing_s"]))
            for company, trouble in dict(said.get("companies") or {}).items()
        ),
    ),
    _number(
        "parley_account_drift",
        "account_drift",
        "What the last look found that is not as it should be in the Zendesk account",
    ),
)
SHOWN: Final = (REQUESTS, SECONDS, *(gauge.row for gauge in GAUGES))
"""Every metric of the doors and of readiness."""


class ReadinessGauges(Collector):
    """Gauges made of what readiness says at the moment of the scrape; none when it can't say."""

    def __init__(self, readiness: Callable[[], Mapping[str, Any]]) -> None:
        self._readiness = readiness

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand, so that registering asks nobody."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The gauges now."""
        try:
            said = self._readiness()
        except Exception:
            said = {"ready": False}
        for gauge in GAUGES:
            samples = gauge.read(said)
            if samples is None:
                continue
            family = GaugeMetricFamily(gauge.row.name, gauge.row.meaning, labels=gauge.row.labels)
            for labels, value in samples:
                family.add_metric(labels, value)
            yield family
