"""Shows the desk's spans to a collector, by OpenTelemetry, where one is named and the extra `otel` is installed.

Nobody waits for a collector: what can't be shown yet stands in a queue of a bounded length, and what finds no place
there is lost. Only a process that shows spans imports OpenTelemetry.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

import structlog

from config.settings import Settings
from sync.shared.tracing import LINKED, SpanFacts, SpanName, TraceSpan

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

log = structlog.get_logger()
ENDS_WITHIN_S: Final = 2.0
"""Seconds that a process which is stopped still has to show what it did."""
ASKED_WITHIN_S: Final = 3.0
"""Seconds that a collector has to answer who only tries it."""
LACKING: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT names a collector, and what speaks to one is not installed: install "
    "parley-desk[otel]. The desk works without."
)
UNUSABLE: Final = "OpenTelemetry can't be set up: look at the settings that begin with OTEL_."


class ShownSpan:
    """A span of OpenTelemetry's, and the context by which others are part of its trace."""

    __slots__ = ("_span", "context")

    def __init__(self, span: Span) -> None:
        self._span = span
        one = span.get_span_context()
        self.context = f"00-{one.trace_id:032x}-{one.span_id:016x}-{one.trace_flags:02x}"

    def end(self, outcome: str, *, failed: bool) -> None:
        """Hand it to whoever shows it."""
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("parley.outcome", outcome)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


class SpanExport:
    """Begins spans, and shows those that have ended by a processor of OpenTelemetry's."""

    def __init__(self, processor: SpanProcessor) -> None:
        from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider

        named = SERVICE_NAME in OTELResourceDetector().detect().attributes
        resource = Resource.create({} if named else {SERVICE_NAME: "parley"})
        # A process of ours says itself when it ends, and waits for nobody then.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer: Tracer = self._provider.get_tracer("parley")

    def begin(self, name: SpanName, context: str | None, facts: SpanFacts) -> TraceSpan | None:
        """Begin a span; None where OpenTelemetry is switched off, or fails."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Link, SpanKind, get_current_span
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        try:
            linked = context is not None and context.startswith(LINKED)
            carried = {} if context is None else {"traceparent": context.removeprefix(LINKED)}
            above = TraceContextTextMapPropagator().extract(carried, Context())
            span = self._tracer.start_span(
                name,
                Context() if linked else above,
                SpanKind.INTERNAL if name == "decide" else SpanKind.CLIENT,
                {f"parley.{fact}": value for fact, value in facts.items()},
                [Link(get_current_span(above).get_span_context())] if linked else None,
            )
            return ShownSpan(span) if span.get_span_context().is_valid else None
        except Exception as error:
            log.warning("span_failed", error=type(error).__name__)
            return None

    def close(self, within_s: float = ENDS_WITHIN_S) -> None:
        """Show what has ended, as far as that takes no longer."""
        ending = threading.Thread(target=self._provider.shutdown, name="spans-end", daemon=True)
        ending.start()
        ending.join(within_s)


def span_export(settings: Settings) -> SpanExport | None:
    """What shows spans to the collector of the settings; None where none is named, or where that can't be done."""
    if settings.traces_url is None:
        return None
    try:
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        return SpanExport(BatchSpanProcessor(_exporter(settings, settings.traces_url)))
    except ImportError:
        log.warning("traces_not_shown", reason=LACKING)
    except Exception as error:
        # What OpenTelemetry reads from the environment may be wrong; that keeps nobody's case waiting.
        log.warning("traces_not_shown", reason=UNUSABLE, error=type(error).__name__)
    return None


def said_of_collector(settings: Settings) -> str | None:
    """What keeps traces from the collector of the settings; None where it takes them, or none is named."""
    if settings.traces_url is None:
        return None
    try:
        from opentelemetry.sdk.trace.export import SpanExportResult

        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        exporter = _exporter(settings, settings.traces_url, ASKED_WITHIN_S)
        taken = exporter.export([]) is SpanExportResult.SUCCESS
        exporter.shutdown()
    except ImportError:
        return LACKING
    except Exception:
        return UNUSABLE
    return None if taken else f"the collector at {settings.traces_url} does not take them. The desk works without."


def _exporter(settings: Settings, url: str, timeout_s: float | None = None) -> SpanExporter:
    """What is no setting of ours (time-out, compression, certificates) it reads from the environment itself."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.util.re import parse_env_headers

    headers = settings.otel_exporter_otlp_headers
    given = parse_env_headers(headers.get_secret_value(), liberal=True) if headers is not None else None
    return OTLPSpanExporter(url, headers=given, timeout=timeout_s)
