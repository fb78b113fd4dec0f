"""Every metric that /metrics shows, with what is drawn of it and what wakes somebody; and what the loops count."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter

from parley.health.case_gauges import OLDEST, OPEN
from parley.health.vitals import CLOCK_MAY_LAG, ROWS_MAY_WAIT
from parley.pages.requester.door import PAGES
from parley.wiring.watched import Alert, Panel, Watched
from webhooks.metrics import GAUGES, REQUESTS, SECONDS, SIDEBAR, MetricRow

OUTCOMES: Final = MetricRow("parley_outcomes", "counter", "What became of events and effects", ("what", "kind"))


CASE_MAY_LAST: Final = timedelta(days=60)
"""Most end after a month; answered ones and those that a person looks at may take longer."""


class LoopMetrics:
    """One counter of outcomes by kind, without anything about people."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes = Counter(OUTCOMES.name, OUTCOMES.meaning, OUTCOMES.labels, registry=registry)

    def count(self, what: str, kind: str) -> None:
        self._outcomes.labels(what, kind).inc()


_OF = {gauge.row.name: gauge.row for gauge in GAUGES}
_SECONDS_BY_BUCKET = "sum by (le, endpoint) (rate(parley_webhook_seconds_bucket[5m]))"
WATCHED: Final = (
    Watched(
        _OF["parley_ready"],
        (Panel("Processes that can store events", "sum(parley_ready)", "ready"),),
        (
            Alert(
                "ParleyStoresNothing",
                "parley_ready == 0",
                2,
                "critical",
                "No event can be stored: webhooks are turned away, and their senders try again for a while.",
                "No event can be stored",
            ),
            Alert(
                "ParleyIsSilent",
                "absent(parley_ready)",
                5,
                "critical",
                "No process of the desk's web role answers /metrics.",
                "The desk does not answer",
            ),
        ),
    ),
    Watched(
        REQUESTS,
        (
            Panel(
                "Webhooks by outcome",
                "sum by (outcome) (rate(parley_webhook_requests_total[5m]))",
                "{{outcome}}",
                "reqps",
            ),
        ),
        (
            Alert(
                "ParleyTurnsWebhooksAway",
                'sum(increase(parley_webhook_requests_total{outcome="unavailable"}[5m])) > 0',
                5,
                "critical",
                "Genuine webhooks are answered 503, since they can't be stored.",
                "No event can be stored",
            ),
            Alert(
                "ParleyKnowsNoSecret",
                'sum by (endpoint) (increase(parley_webhook_requests_total{outcome="no_secret"}[10m])) > 0',
                0,
                "warning",
                "Webhooks come to {{ $labels.endpoint }} and the desk has no secret to check them by.",
                "Webhooks are refused",
            ),
            Alert(
                "ParleyRefusesWebhooks",
                'sum by (endpoint) (increase(parley_webhook_requests_total{outcome="unauthorised"}[10m])) > 20',
                10,
                "warning",
                "Many webhooks to {{ $labels.endpoint }} are not signed as they should be.",
                "Webhooks are refused",
            ),
        ),
    ),
    Watched(
        PAGES,
        (
            Panel(
                "Requesters' pages, by outcome",
                "sum by (outcome) (rate(parley_progress_pages_total[5m]))",
                "{{outcome}}",
                "reqps",
            ),
        ),
    ),
    Watched(
        SIDEBAR,
        (
            Panel(
                "Cases shown in the sidebar, by outcome",
                "sum by (outcome) (rate(parley_sidebar_requests_total[5m]))",
                "{{outcome}}",
                "reqps",
            ),
        ),
    ),
    Watched(
        SECONDS,
        (
            Panel(
                "Seconds until a webhook was stored (99 of 100)",
                f"histogram_quantile(0.99, {_SECONDS_BY_BUCKET})",
                "{{endpoint}}",
                "s",
            ),
        ),
        (
            Alert(
                "ParleyStoresSlowly",
                f"histogram_quantile(0.99, {_SECONDS_BY_BUCKET}) > 2.5",
                10,
                "warning",
                "One in a hundred webhooks to {{ $labels.endpoint }} waits for more than 2.5 s.",
                "Storing is slow",
            ),
        ),
    ),
    Watched(
        _OF["parley_inbox_rows"],
        (Panel("Events that are not settled", "max by (state) (parley_inbox_rows)", "{{state}}"),),
        (
            Alert(
                "ParleyHasDeadEvents",
                'max(parley_inbox_rows{state="dead"}) > 0',
                15,
                "warning",
                "There are events that the desk could not read or handle ({{ $value }}).",
                "There are dead letters",
            ),
        ),
    ),
    Watched(
        _OF["parley_outbox_rows"],
        (Panel("Effects that are not settled", "max by (state) (parley_outbox_rows)", "{{state}}"),),
        (
            Alert(
                "ParleyHasDeadEffects",
                'max(parley_outbox_rows{state="dead"}) > 0',
                15,
                "warning",
                "There are messages or updates that the desk gave up on ({{ $value }}).",
                "There are dead letters",
            ),
        ),
    ),
    Watched(
        _OF["parley_waiting_rows"],
        (Panel("What waits for a service", "max by (service) (parley_waiting_rows)", "{{service}}"),),
        (
            Alert(
                "ParleyWaitsForService",
                "max by (service) (parley_waiting_rows) > 0",
                30,
                "warning",
                "{{ $value }} effects wait for {{ $labels.service }} for half an hour.",
                "A service can't be used",
            ),
        ),
    ),
    Watched(
        _OF["parley_clock_lag_seconds"],
        (Panel("Seconds since the timers were looked at", "max(parley_clock_lag_seconds)", "clock", "s"),),
        (
            Alert(
                "ParleyClockStands",
                f"max(parley_clock_lag_seconds) > {CLOCK_MAY_LAG.total_seconds():.0f}",
                2,
                "critical",
                "No deadline is acted on: the clock has not looked for {{ $value | humanizeDuration }}.",
                "The clock does not run",
            ),
        ),
    ),
    Watched(
        _OF["parley_oldest_unhandled_seconds"],
        (Panel("Seconds that the oldest event has waited", "max(parley_oldest_unhandled_seconds)", "oldest", "s"),),
        (
            Alert(
                "ParleyHandlesNothing",
                f"max(parley_oldest_unhandled_seconds) > {ROWS_MAY_WAIT.total_seconds():.0f}",
                2,
                "critical",
                "Events wait to be handled, the oldest for {{ $value | humanizeDuration }}.",
                "Events wait to be handled",
            ),
        ),
    ),
    Watched(
        _OF["parley_reconcile_lag_seconds"],
        (
            Panel(
                "Seconds since lost webhooks were looked for",
                "max by (part) (parley_reconcile_lag_seconds)",
                "{{part}}",
                "s",
            ),
        ),
        (
            Alert(
                "ParleyFindsNothingLost",
                "max by (part) (parley_reconcile_lag_seconds) > 3600",
                5,
                "warning",
                "What webhooks missed ({{ $labels.part }}) was looked for {{ $value | humanizeDuration }} ago.",
                "What webhooks missed is not found",
            ),
        ),
    ),
    Watched(
        _OF["parley_company_failing_seconds"],
        (
            Panel(
                "Seconds since a client company can't be used",
                "max by (company) (parley_company_failing_seconds)",
                "{{company}}",
                "s",
            ),
        ),
        (
            Alert(
                "ParleyCannotUseCompany",
                "max by (company) (parley_company_failing_seconds) > 900",
                0,
                "warning",
                "The cases of {{ $labels.company }} wait since {{ $value | humanizeDuration }}.",
                "A client company can't be used",
            ),
        ),
    ),
    Watched(
        _OF["parley_account_drift"],
        (Panel("Findings in the Zendesk account", "max(parley_account_drift)", "findings"),),
        (
            Alert(
                "ParleyAccountDrifted",
                "max(parley_account_drift) > 0",
                60,
                "warning",
                "The Zendesk account is not as it should be ({{ $value }} findings).",
                "The Zendesk account was changed",
            ),
        ),
    ),
    Watched(
        OPEN,
        (Panel("Open cases by state and tier", "max by (state, tier) (parley_cases)", "{{state}} {{tier}}"),),
    ),
    Watched(
        OLDEST,
        (
            Panel(
                "Age of the oldest open case",
                "max by (state, tier) (parley_oldest_case_seconds)",
                "{{state}} {{tier}}",
                "s",
            ),
        ),
        (
            Alert(
                "ParleyCaseIsOld",
                f"max by (state) (parley_oldest_case_seconds) > {CASE_MAY_LAST.total_seconds():.0f}",
                60,
                "warning",
                "A case in {{ $labels.state }} is open for {{ $value | humanizeDuration }}; most end in a month.",
                "A case is open for very long",
            ),
        ),
    ),
    Watched(
        OUTCOMES,
        (
            Panel(
                "What became of effects and events", "sum by (what) (rate(parley_outcomes_total[5m]))", "{{what}}"
            ),
        ),
    ),
)
"""Each metric once: the alerts and the dashboard in ops/ are made from it, and `/metrics` is held to it."""
