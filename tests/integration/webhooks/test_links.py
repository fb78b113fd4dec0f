"""A `traceparent` that comes with an event: kept as a link where traces are shown, and never trusted with more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.shared.tracing import LINKED, linked
from tests.integration.webhooks.receiving_desk import ReceivingDesk, a_desk

THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CHANGED = {"event": "ticket.changed", "ticket_id": "35"}
NONE = [
    "",
    "00-x",
    THEIRS.upper(),
    THEIRS + "-00",
    "01" + THEIRS[2:],
    "00-" + "0" * 32 + THEIRS[35:],
    THEIRS[:36] + "0" * 16 + "-01",
    "é" * 55,
    THEIRS * 100,
]


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[ReceivingDesk]:
    """Doors of a desk that shows its traces."""

    def prepare(desk: ReceivingDesk) -> None:
        desk.links = linked

    with a_desk(tmp_path, prepare=prepare) as listening:
        yield listening


def traces(desk: ReceivingDesk) -> list[str | None]:
    return [desk.store.read(lambda tx, row=row: tx.traces.of_event(row.id)) for row in desk.rows()]  # type: ignore[misc]


def test_an_event_that_belongs_to_somebodys_trace_is_linked_to_it(shown: ReceivingDesk) -> None:
    assert shown.zendesk(CHANGED, traceparent=THEIRS).status_code == 202
    assert shown.workmarket({"id": "1"}).status_code == 202
    assert traces(shown) == [LINKED + THEIRS, None]


def test_an_event_that_comes_again_keeps_the_link_that_it_came_with(shown: ReceivingDesk) -> None:
    other = THEIRS.replace("0af7", "1af7")
    assert shown.zendesk(CHANGED, traceparent=THEIRS).status_code == 202
    assert shown.zendesk(CHANGED, traceparent=other).status_code == 202
    assert traces(shown) == [LINKED + THEIRS]


def test_what_is_not_genuine_links_nothing(shown: ReceivingDesk) -> None:
    assert shown.zendesk(CHANGED, secret="another", traceparent=THEIRS).status_code == 401
    assert traces(shown) == []


def test_what_is_no_traceparent_is_left_out(shown: ReceivingDesk) -> None:
    for number, nonsense in enumerate(NONE):
        body = {**CHANGED, "ticket_id": str(number)}
        assert shown.zendesk(body, traceparent=nonsense.encode()).status_code == 202  # type: ignore[arg-type]
    assert traces(shown) == [None] * len(NONE)


def test_a_desk_that_shows_no_traces_keeps_none(desk: ReceivingDesk) -> None:
    assert desk.zendesk(CHANGED, traceparent=THEIRS).status_code == 202
    assert traces(desk) == [None]
