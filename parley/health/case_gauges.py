"""What /metrics shows of the cases: how many are open by state and tier, and how old the oldest of each is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from parley.health.asking import CachedQuestion
from store import OpenCases, Store
from webhooks.metrics import MetricRow

log = structlog.get_logger()
KEPT_S: Final = 15.0
TOLD_WITHIN_S: Final = 5.0
OPEN: Final = MetricRow("parley_cases", "gauge", "Open cases by state and tier", ("state", "tier"))
OLDEST: Final = MetricRow(
    "parley_oldest_case_seconds",
    "gauge",
    "Seconds since the oldest open case began, that is came to its first tier; none where none began",
    ("state", "tier"),
)


class CaseGauges(Collector):
    """Asks the database every 15 s at most, however often it is scraped; shows nothing where it does not answer."""

    def __init__(self, store: Store, now: Callable[[], datetime], *, kept_s: float = KEPT_S) -> None:
        self._now = now
        self._asked = CachedQuestion(lambda: store.read(lambda tx: tx.case_lists.ages()), kept_s=kept_s)

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand, so that registering asks nobody."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The gauges now."""
        try:
            found = self._asked.begin().result(TOLD_WITHIN_S)
        except Exception as error:
            log.warning("cases_uncounted", error=type(error).__name__)
            return []
        return [self._many(found), self._oldest(found)]

    @staticmethod
    def _many(found: Iterable[OpenCases]) -> Metric:
        family = GaugeMetricFamily(OPEN.name, OPEN.meaning, labels=OPEN.labels)
        for one in found:
            family.add_metric(_labels(one), one.many)
        return family

    def _oldest(self, found: Iterable[OpenCases]) -> Metric:
        family, now = GaugeMetricFamily(OLDEST.name, OLDEST.meaning, labels=OLDEST.labels), self._now()
        for one in found:
            if one.oldest is not None:
                family.add_metric(_labels(one), max(0.0, (now - one.oldest).total_seconds()))
        return family


def _labels(one: OpenCases) -> tuple[str, str]:
    return one.state, "" if one.tier is None else str(one.tier)
