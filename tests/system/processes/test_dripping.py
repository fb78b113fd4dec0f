"""A real desk whose Zendesk lets an answer through one byte a second: it is left in time, and the case goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from escalation.model.values import POST_TAG
from tests.scale import NIGHTLY, tell
from tests.servers.proxy import Proxy, proxy_to
from tests.system.processes.spawned_desk import Forker, SpawnedDesk

pytestmark = pytest.mark.skipif(not NIGHTLY, reason="waits for a minute: PARLEY_SCALE=nightly runs it")

WHOLE_S = 45.0


class Behind(SpawnedDesk):
    """A desk that reaches Zendesk through a proxy."""

    proxy: Proxy

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "ZENDESK_URL": f"http://127.0.0.1:{self.proxy.port}"}


@pytest.fixture
def desk(forker: Forker, tmp_path: Path) -> Iterator[Behind]:
    with closing(Behind(forker, tmp_path)) as made:
        there = urlsplit(made.sandbox.zendesk_url)
        with proxy_to((there.hostname or "", there.port or 0)) as made.proxy:
            yield made


def told_late(desk: SpawnedDesk) -> bool:
    rows = desk.store.read(lambda tx: tx.outbox.unfinished())
    return any(f"not done within {WHOLE_S:g} s" in (row.error or "") for row in rows)


def test_a_call_that_drips_ends_by_its_deadline_and_the_case_goes_on_once_it_does_not(desk: Behind) -> None:
    number = desk.assignment()
    desk.open()
    ticket = desk.submit(number)
    desk.until(lambda: desk.state(ticket) == "tier_1")
    began = time.monotonic()
    desk.proxy.drip(1.0)
    desk.people.agent_update(ticket, comment="Which photo is missing?", add_tags=[POST_TAG])
    pause = threading.Event()
    while not told_late(desk):
        assert time.monotonic() - began < WHOLE_S + 30
        pause.wait(0.2)
    left_after = time.monotonic() - began
    desk.proxy.heal()
    healed = time.monotonic()
    desk.until(lambda: len(desk.messages(number)) == 2)
    recovered_after = time.monotonic() - healed
    tell("a_call_that_drips", left_after_s=round(left_after, 1), recovered_after_s=round(recovered_after, 1))
