"""Traces on their way to a collector over a socket, and a desk that waits for none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from config.settings import Settings
from parley.wiring.span_export import SpanExport, span_export
from store import Store
from sync.shared.tracing import Tracing
from tests.docs.product import ROOT
from tests.integration.sync.desk_on_fakes import Services
from tests.migrated import migrated
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


WITHOUT = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter")):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, NotInstalled())
from config.settings import Settings
from parley.wiring.span_export import span_export
from store import Store
from sync.shared.tracing import Tracing
from tests.integration.sync.desk_on_fakes import Services

shown = span_export(Settings(_env_file=None))
services = Services()
with Store.open(sys.argv[1], now=services.clock) as store:
    desk = services.desk(store, tracing=Tracing(shown and shown.begin))
    print(shown, desk.arrive().state)
"""


def test_without_the_package_the_desk_says_so_and_does_the_same(tmp_path: Path) -> None:
    url = migrated(tmp_path / "parley.db")
    environment = {"PATH": os.environ["PATH"], "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT, url], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "None tier_1"
    assert "install parley-desk[otel]" in run.stdout
