"""Traces on their way to a collector over a socket, and a desk that waits for none."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from time import monotonic

import pytest

from config.settings import Settings
from parley.commands.doctor import traces_checks
from parley.wiring.span_export import SpanExport, said_of_collector, span_export
from store import Store
from sync.shared.tracing import Tracing
from tests.integration.sync.desk_on_fakes import Services
from tests.patience import PATIENCE_S
from tests.servers.collector import Collector, collecting

LONG_S = 60.0
"""What the exporter would wait for a collector, were it left to it."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as listening:
        yield listening


def showing(url: str, **more: str) -> SpanExport:
    shown = span_export(Settings(_env_file=None, otel_exporter_otlp_endpoint=url, **more))
    assert shown is not None
    return shown


def begun(shown: SpanExport, spans: int) -> None:
    for number in range(spans):
        span = shown.begin("decide", None, {"kind": "timer", "attempt": number})
        assert span is not None
        span.end("handled", failed=False)


def test_a_case_is_shown_to_the_collector_by_otlp(store: Store, services: Services, collector: Collector) -> None:
    shown = showing(collector.url, otel_exporter_otlp_headers="x-tenant=acme")
    services.desk(store, tracing=Tracing(shown.begin)).arrive()
    shown.close(PATIENCE_S)
    assert set(collector.paths) == {"/v1/traces"}
    assert {span.name for span in collector.spans} == {"decide", "look", "send"}
    assert len({span.trace_id for span in collector.spans}) == 1
    assert collector.services == {"parley"}
    assert {headers["x-tenant"] for headers in collector.headers} == {"acme"}


def test_the_desk_waits_for_no_collector_and_its_end_for_a_moment_only(
    store: Store, services: Services, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", str(LONG_S))
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    collector.answers.clear()
    shown = showing(collector.url)
    desk = services.desk(store, tracing=Tracing(shown.begin))
    desk.submitted()
    desk.stepped.step()
    assert collector.asked.wait(PATIENCE_S)
    desk.work()
    assert desk.case().tier == 1
    assert not collector.spans
    at = monotonic()
    shown.close(0.1)
    assert monotonic() - at < LONG_S / 2


def test_where_nobody_listens_the_desk_goes_on(store: Store, services: Services) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    shown = showing(f"http://127.0.0.1:{port}")
    assert services.desk(store, tracing=Tracing(shown.begin)).arrive().tier == 1
    at = monotonic()
    shown.close(0.1)
    assert monotonic() - at < LONG_S / 2


def test_of_what_finds_no_place_in_the_queue_the_oldest_is_lost(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("MAX_QUEUE_SIZE", "8"), ("MAX_EXPORT_BATCH_SIZE", "4"), ("SCHEDULE_DELAY", "60000")):
        monkeypatch.setenv(f"OTEL_BSP_{name}", value)
    collector.answers.clear()
    shown = showing(collector.url)
    begun(shown, 4)
    assert collector.asked.wait(PATIENCE_S)
    begun(shown, 200)
    collector.answers.set()
    shown.close(PATIENCE_S)
    assert len(collector.spans) == 12


def test_opentelemetry_may_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    shown = showing("http://127.0.0.1:9")
    assert shown.begin("decide", None, {}) is None
    shown.close(0.1)


def test_what_opentelemetry_can_not_use_shows_no_traces_and_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    assert span_export(Settings(_env_file=None, otel_exporter_otlp_endpoint="http://127.0.0.1:9")) is None


def test_where_no_collector_is_named_nothing_shows_traces() -> None:
    assert span_export(Settings(_env_file=None)) is None


@pytest.fixture
def not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not there; the API is, which FastAPI brings."""
    wanted = ("opentelemetry.sdk", "opentelemetry.exporter")
    loaded = [name for name in sys.modules if name.startswith(wanted)]
    for name in (
        *loaded,
        "opentelemetry.sdk.trace.export",
        "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    ):
        monkeypatch.setitem(sys.modules, name, None)


def test_without_the_package_the_desk_says_so_and_does_the_same(
    not_installed: None, store: Store, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    assert span_export(Settings(_env_file=None, otel_exporter_otlp_endpoint="http://127.0.0.1:9")) is None
    assert "install parley-desk[otel]" in capsys.readouterr().out
    assert services.desk(store, tracing=Tracing()).arrive().tier == 1


def test_who_tries_a_collector_is_told_whether_it_takes_traces(collector: Collector) -> None:
    named = Settings(_env_file=None, otel_exporter_otlp_endpoint=collector.url)
    assert said_of_collector(Settings(_env_file=None)) is None
    assert said_of_collector(named) is None
    collector.status = 404
    assert said_of_collector(named) == f"the collector at {collector.url}/v1/traces does not take them. " + (
        "The desk works without."
    )


def test_doctor_says_whether_traces_are_shown_and_nothing_where_none_are_wanted(collector: Collector) -> None:
    named = Settings(_env_file=None, otel_exporter_otlp_endpoint=collector.url)
    assert list(traces_checks(Settings(_env_file=None))) == []
    assert [(check.what, check.grade) for check in traces_checks(named)] == [("traces", "ok")]
    collector.status = 404
    assert [(check.what, check.grade) for check in traces_checks(named)] == [("traces", "warning")]


def test_who_tries_a_collector_hears_that_the_package_is_lacking(not_installed: None) -> None:
    named = Settings(_env_file=None, otel_exporter_otlp_endpoint="http://127.0.0.1:9")
    assert "install parley-desk[otel]" in (said_of_collector(named) or "")
