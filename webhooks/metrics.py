"""What the doors count: requests by endpoint and outcome, and how long accepting takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

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
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class EndpointMetrics:
    """Counters of one endpoint, their labels resolved beforehand."""

    __slots__ = ("count", "seconds")

    def __init__(self, requests: Counter, seconds: Histogram, endpoint: str) -> None:
        self.count = {outcome: requests.labels(endpoint, outcome) for outcome in OUTCOMES}
        self.seconds = seconds.labels(endpoint)


def door_metrics(registry: CollectorRegistry) -> dict[str, EndpointMetrics]:
    """The counters of every endpoint, registered once."""
    requests = Counter(
        "parley_webhook_requests", "Webhook requests by outcome", ("endpoint", "outcome"), registry=registry
    )
    seconds = Histogram(
        "parley_webhook_seconds",
        "Seconds until a webhook request was stored",
        ("endpoint",),
        registry=registry,
        buckets=_BUCKETS_S,
    )
    return {endpoint: EndpointMetrics(requests, seconds, endpoint) for endpoint in ENDPOINTS}


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
        yield GaugeMetricFamily("parley_ready", "1 when /readyz answers 200", value=float(bool(said.get("ready"))))
        for box in ("inbox", "outbox"):
            family = GaugeMetricFamily(
                f"parley_{box}_rows", f"Unsettled {box} rows by state, counted up to 10,000", labels=("state",)
            )
            for state, rows in dict(said.get(box) or {}).items():
                family.add_metric((state,), float(rows))
            yield family
        waiting = GaugeMetricFamily(
            "parley_waiting_rows", "Outbox rows that a service did not take yet", labels=("service",)
        )
        for service, rows in dict(said.get("waiting_for") or {}).items():
            waiting.add_metric((service,), float(rows))
        yield waiting
        for name, meaning in (
            ("clock_lag_s", "Seconds since the clock last looked at the timers"),
            ("oldest_unhandled_s", "Seconds the longest waiting inbox row has waited"),
        ):
            if isinstance(said.get(name), int | float):
                yield GaugeMetricFamily(
                    f"parley_{name.removesuffix('_s')}_seconds", meaning, value=float(said[name])
                )
        parts = GaugeMetricFamily(
            "parley_reconcile_lag_seconds", "Seconds since lost webhooks were last looked for", labels=("part",)
        )
        for part, pulse in dict(said.get("reconcile") or {}).items():
            if isinstance(lag := pulse.get("ok_lag_s"), int | float):
                parts.add_metric((part,), float(lag))
        yield parts
        failing = GaugeMetricFamily(
            "parley_company_failing_seconds",
            "Seconds since WorkMarket can't be used for a client company, where there are several",
            labels=("company",),
        )
        for company, trouble in dict(said.get("companies") or {}).items():
            failing.add_metric((company,), float(trouble["failing_s"]))
        yield failing
        if isinstance(drift := said.get("account_drift"), int):
            meaning = "What the last look found that is not as it should be in the Zendesk account"
            yield GaugeMetricFamily("parley_account_drift", meaning, value=float(drift))
