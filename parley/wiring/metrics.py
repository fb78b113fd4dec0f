"""What the loops count, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter


class LoopMetrics:
    """One counter of outcomes by kind, without anything about people."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes = Counter(
            "parley_outcomes", "What became of events and effects", ("what", "kind"), registry=registry
        )

    def count(self, what: str, kind: str) -> None:
        self._outcomes.labels(what, kind).inc()
