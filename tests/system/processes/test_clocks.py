"""A real desk on a machine whose clock is wrong, and is set while it runs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from escalation.model.values import POST_TAG
from parley.zendesk.state.signing_secrets import read_signing
from tests.patience import PATIENCE_S
from tests.scale import NIGHTLY, tell
from tests.signed import zendesk_headers
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unencrypted import UNENCRYPTED

HOUR_S = 3600.0


class Stepping(SpawnedDesk):
    """A desk whose machine's clock somebody sets; the services' go right."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "CLOCK_STEPS": str(self.folder / "steps")}

    def step(self, seconds: float) -> None:
        """Set the machine's clock so many seconds ahead of the right time."""
        new = self.folder / "steps.new"
        new.write_text(str(seconds))
        new.replace(self.folder / "steps")

    def answers(self) -> bool:
        """Whether its doors are open."""
        try:
            return httpx.get(
                f"http://127.0.0.1:{self.port}/healthz", trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
            ).is_success
        except httpx.TransportError:
            return False

    def is_unclear(self) -> bool:
        """Whether nobody knows what became of a message."""
        rows = self.store.read(lambda tx: tx.outbox.unfinished())
        return any(row.kind == "post_message" and row.state == "unclear" for row in rows)

    def troubles(self) -> str:
        answer = httpx.get(
            f"http://127.0.0.1:{self.port}/readyz", trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
        )
        return " ".join(answer.json().get("troubles", []))

    def opened_off(self, ticket: int) -> timedelta:
        """How far from the services' time a case's beginning was noted, which was a moment ago."""
        case = self.case(ticket)
        assert case is not None and case.opened is not None
        return abs(self.clock() - case.opened)


@pytest.fixture
def desk(forker: Forker, tmp_path: Path) -> Iterator[Stepping]:
    with closing(Stepping(forker, tmp_path)) as made:
        yield made


def soon(there: object, seconds: float = 120.0) -> None:
    """Wait until something is so."""
    assert callable(there)
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        threading.Event().wait(0.1)


@pytest.mark.parametrize("wrong_s", [HOUR_S, -365 * 24 * HOUR_S])
def test_a_desk_whose_clock_is_wrong_goes_by_the_services_time_says_so_and_parks_nothing_once_it_is_right(
    desk: Stepping, wrong_s: float
) -> None:
    desk.step(wrong_s)
    number = desk.assignment()
    desk.open()
    ticket = desk.submit(number)
    desk.until(lambda: desk.state(ticket) == "tier_1")
    assert desk.opened_off(ticket) < timedelta(minutes=2)
    soon(lambda: "The clock of the desk's machine" in desk.troubles())
    desk.step(0.0)
    desk.people.agent_update(ticket, comment="Which photo is missing?", add_tags=[POST_TAG])
    soon(lambda: len(desk.messages(number)) == 2)
    soon(lambda: "The clock of the desk's machine" not in desk.troubles())
    assert desk.lives == 1


def test_a_clock_that_starts_a_year_ahead_takes_nothing_out_as_old(desk: Stepping) -> None:
    number = desk.assignment()
    desk.open()
    ticket = desk.submit(number)
    desk.until(lambda: desk.state(ticket) == "tier_1")
    desk.stop()

    def kept() -> set[str]:
        return {row.key for row in desk.store.read(lambda tx: (*tx.past.inbox(0, 9999), *tx.past.outbox(0, 9999)))}

    before = kept()
    desk.step(365 * 24 * HOUR_S)
    desk.start()
    soon(lambda: desk.answers() and "The clock of the desk's machine" in desk.troubles(), 60.0)
    assert before <= kept()


@pytest.mark.parametrize("wrong_s", [2 * HOUR_S, -2 * HOUR_S])
def test_doors_alone_on_a_machine_whose_clock_is_wrong_refuse_nothing_genuine(
    desk: Stepping, wrong_s: float
) -> None:
    desk.step(wrong_s)
    desk.open()
    (secret, *_) = desk.store.read(lambda tx: read_signing(tx).current.values())
    pid = desk.forker.start(
        ["web", "--host", "127.0.0.1", "--port", str(desk.port)], desk.environment(), desk.folder, "out", "log"
    )
    try:
        soon(desk.answers, 60.0)
        body = b'{"event": "ticket.changed", "ticket_id": "7"}'
        said: list[int] = []

        def taken() -> bool:
            headers = {"content-type": "application/json", **zendesk_headers(body, desk.clock(), secret)}
            url = f"http://127.0.0.1:{desk.port}/webhooks/zendesk"
            said.append(
                httpx.post(
                    url, content=body, headers=headers, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
                ).status_code
            )
            return said[-1] == 202

        soon(taken)
        assert set(said) <= {202, 503}
    finally:
        os.kill(pid, signal.SIGTERM)
        assert desk.forker.wait(pid) == 0


@pytest.mark.skipif(not NIGHTLY, reason="waits for the settle time: PARLEY_SCALE=nightly runs it")
@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
def test_a_step_while_a_message_is_on_its_way_neither_sends_it_twice_nor_waits_an_hour(
    desk: Stepping, step_s: float
) -> None:
    number = desk.assignment()
    desk.open()
    lands = threading.Event()
    fault = desk.sandbox.faults.next("workmarket", "POST", "add_note", until=lands)
    desk.start()
    soon(desk.answers, 60.0)
    desk.submit(number)
    soon(lambda: not fault.times, 60.0)
    soon(desk.is_unclear, 60.0)
    began = time.monotonic()
    desk.step(step_s)
    threading.Event().wait(5.0)
    lands.set()
    soon(lambda: not desk.is_unclear() and len(desk.messages(number)) > 0, 120.0)
    tell(f"step_of_{step_s:g}_s", settled_after_s=round(time.monotonic() - began, 1))
    assert len(desk.messages(number)) == 1
