"""The traces of what the desk does: what hangs together, what a span says, and what it costs who has none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy import event
from sqlalchemy.pool import Pool

from connector.errors import Permanent, Transient, Unclear
from escalation.engine.turn import Decision
from escalation.model.values import State
from parley.wiring.span_export import SpanExport
from store import Store
from sync.inbox.handle import InboxHandler
from sync.inbox.process import ProcessFunctions
from sync.shared.tracing import LINKED, Tracing
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Services
from tests.integration.sync.fakes import a_ticket
from tests.integration.sync.policy import policy
from tests.migrated import migrated

OTHERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True)
class Shown:
    """What one process, or several, have shown."""

    exporter: InMemorySpanExporter

    def tracing(self) -> Tracing:
        return Tracing(SpanExport(SimpleSpanProcessor(self.exporter)).begin)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def named(self, name: str, kind: str = "") -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name and kind in ("", says(span)["kind"])]

    def traces(self) -> set[int]:
        return {trace_of(span) for span in self.spans}


def trace_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


def says(span: ReadableSpan) -> dict[str, Any]:
    return {name.removeprefix("parley."): value for name, value in (span.attributes or {}).items()}


def above(span: ReadableSpan, among: tuple[ReadableSpan, ...]) -> ReadableSpan | None:
    parent = span.parent
    return next((one for one in among if parent and one.context and one.context.span_id == parent.span_id), None)


@pytest.fixture
def shown() -> Shown:
    return Shown(InMemorySpanExporter())


@pytest.fixture
def desk(store: Store, services: Services, shown: Shown) -> DeskOnFakes:
    return services.desk(store, tracing=shown.tracing())


def take_turns(deciding: DeskOnFakes, sending: DeskOnFakes) -> None:
    """One process only handles and the other only delivers, until nothing is left to do."""
    moved = True
    while moved:
        moved = deciding.stepped.handler.handle_ready(deciding.clock()).rows > 0
        deliverer = sending.stepped.deliverer
        for row in deliverer.ready(sending.clock()):
            moved |= deliverer.deliver(row.id, row.lane, row)


def test_a_look_a_decision_and_a_sending_hang_together_though_two_processes_take_turns(
    url: str, services: Services, shown: Shown
) -> None:
    one, other = shown.tracing(), shown.tracing()
    with services.process(url, tracing=one) as deciding, services.process(url, tracing=other) as sending:
        deciding.submitted()
        take_turns(deciding, sending)
        assert deciding.case().state is State.TIER_1
    assert len(shown.traces()) == 1
    (look,) = shown.named("look")
    (post,) = shown.named("send", "post_message")
    asked, decided = above(look, shown.spans), above(post, shown.spans)
    assert asked is not None
    assert says(asked)["kind"] == "request.submitted"
    assert decided is not None
    assert says(decided)["kind"] == "observed"
    assert above(decided, shown.spans) is look


def test_what_an_agents_letter_or_an_update_brings_about_stays_in_its_trace(
    desk: DeskOnFakes, shown: Shown
) -> None:
    desk.arrive()
    roots = [span for span in shown.spans if span.parent is None]
    assert [says(span)["kind"] for span in roots] == ["request.submitted"]
    assert {(span.name, says(span)["attempt"]) for span in shown.spans} == {("decide", 1), ("look", 1), ("send", 1)}


def test_each_cause_begins_a_trace_of_its_own(desk: DeskOnFakes, shown: Shown) -> None:
    desk.arrive()
    desk.wait(days=3)
    assert desk.case().state is State.TIER_2
    timers = [span for span in shown.named("decide", "timer") if span.parent is None]
    assert timers
    assert not {trace_of(span) for span in timers} & {
        trace_of(span) for span in shown.named("decide", "observed")[:1]
    }
    (letter,) = shown.named("send", "start_conversation")
    assert trace_of(letter) in {trace_of(span) for span in timers}


def test_a_span_is_an_attempt_and_says_which_and_what_came_of_it(desk: DeskOnFakes, shown: Shown) -> None:
    desk.workmarket.fails("post", Transient("Too much."))
    desk.submitted()
    desk.wait(minutes=2)
    first, second = shown.named("send", "post_message")
    assert (says(first)["attempt"], says(first)["outcome"]) == (1, "postponed")
    assert (says(second)["attempt"], says(second)["outcome"]) == (2, "done")
    assert first.parent == second.parent


def test_what_was_not_heard_is_read_back_in_the_same_trace(desk: DeskOnFakes, shown: Shown) -> None:
    desk.workmarket.swallows("post", Unclear("No answer."))
    desk.submitted()
    desk.wait(minutes=2)
    (found,) = shown.named("read back")
    assert says(found) == {"kind": "post_message", "ticket_id": "35", "attempt": 1, "outcome": "done"}
    assert len({trace_of(span) for span in (found, *shown.named("send", "post_message"))}) == 1


def test_what_a_service_refuses_is_shown_as_an_error_and_told_in_the_same_trace(
    desk: DeskOnFakes, shown: Shown
) -> None:
    desk.workmarket.fails("post", Permanent("forbidden", "No."))
    desk.arrive()
    (refused,) = shown.named("send", "post_message")
    (told,) = shown.named("decide", "effect.refused")
    assert says(refused)["outcome"] == "refused"
    assert refused.status.status_code is StatusCode.ERROR
    assert above(told, shown.spans) is refused


def test_a_handling_that_failed_is_shown_and_the_next_one_is_in_its_trace(
    store: Store, services: Services, shown: Shown
) -> None:
    desk = services.desk(store)
    desk.arrive()

    def fails(*_: object) -> Decision:
        raise RuntimeError("It holds what Wanda wrote.")

    tracing = shown.tracing()
    failing = InboxHandler(store, policy(), process=ProcessFunctions(decide=fails), tracing=tracing)
    desk.changed()
    failing.handle_ready(desk.clock())
    desk.clock.move(minutes=5)
    InboxHandler(store, policy(), tracing=tracing).handle_ready(desk.clock())
    failed, handled = shown.spans
    assert says(failed) == {"kind": "ticket.changed", "ticket_id": "35", "attempt": 1, "outcome": "failed"}
    assert failed.status.status_code is StatusCode.ERROR
    assert (says(handled)["attempt"], says(handled)["outcome"]) == (2, "handled")
    assert trace_of(handled) == trace_of(failed)


def test_somebody_elses_trace_is_linked_and_never_gone_on_with(desk: DeskOnFakes, shown: Shown) -> None:
    desk.submitted()
    desk.store.write(lambda tx: tx.traces.put_event(1, LINKED + OTHERS))
    desk.work()
    first = shown.spans[0]
    assert [format(link.context.trace_id, "032x") for link in first.links] == [OTHERS.split("-")[1]]
    assert shown.traces() == {trace_of(first)}
    assert format(trace_of(first), "032x") not in OTHERS


@pytest.mark.parametrize("nonsense", ["", "00-x-y-01", LINKED, LINKED + "'; DROP TABLE inbox", OTHERS * 9])
def test_a_context_that_is_none_begins_a_trace(desk: DeskOnFakes, shown: Shown, nonsense: str) -> None:
    desk.submitted()
    desk.store.write(lambda tx: tx.traces.put_event(1, nonsense))
    desk.work()
    assert shown.spans[0].parent is None
    assert not shown.spans[0].links
    assert desk.case().state is State.TIER_1


SECRET = "Wanda-0f8d@example.com"


def test_a_span_says_kind_ticket_attempt_and_outcome_and_nothing_that_a_person_wrote(
    desk: DeskOnFakes, services: Services, shown: Shown
) -> None:
    fields = {
        name: f"{value} {SECRET}" if name in ("outcome", "other_reason") else value
        for name, value in a_ticket().fields.items()
    }
    services.zendesk.add(a_ticket(subject=SECRET, description=SECRET, fields=fields))
    desk.receive(f"workmarket.{SECRET}", {"assignment_id": "880011"}, lane=f"assignment:{SECRET}")
    desk.receive(SECRET, {"ticket_id": SECRET})
    desk.submitted()
    desk.wait(days=3)
    assert {name for span in shown.spans for name in says(span)} == {"kind", "ticket_id", "attempt", "outcome"}
    everything = " ".join(span.to_json() for span in shown.spans)
    for typed in (SECRET, "Wanda", "@", "880011", "C-0000"):
        assert typed not in everything


def statements(work: Callable[[], object]) -> list[str]:
    """What SQLite is asked on the connections that are opened meanwhile."""
    said: list[str] = []

    def connected(connection: Any, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(said.append)

    event.listen(Pool, "connect", connected)
    try:
        work()
    finally:
        event.remove(Pool, "connect", connected)
    return said


@pytest.fixture
def walk(tmp_path: Path, services: Services) -> Iterator[Callable[[Tracing], list[str]]]:
    url = migrated(tmp_path / "walked.db")

    def walked(tracing: Tracing) -> list[str]:
        def work() -> None:
            with services.process(url, tracing=tracing) as desk:
                desk.arrive()
                desk.wait(days=3)

        return statements(work)

    yield walked


def test_a_desk_that_shows_no_traces_asks_the_database_nothing_of_them(
    walk: Callable[[Tracing], list[str]],
) -> None:
    said = walk(Tracing())
    assert len(said) > 50
    assert not [one for one in said if "trace" in one.lower()]


def test_a_desk_that_does_asks_by_statements_of_their_own(
    walk: Callable[[Tracing], list[str]], shown: Shown
) -> None:
    said = walk(shown.tracing())
    assert {one.split()[0] for one in said if "trace" in one.lower()} == {"SELECT", "UPDATE"}


def test_what_begins_spans_may_give_none(store: Store, services: Services) -> None:
    desk = services.desk(store, tracing=Tracing(lambda *_: None))
    assert desk.arrive().state is State.TIER_1
