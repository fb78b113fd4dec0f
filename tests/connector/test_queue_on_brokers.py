"""The queue on a real RabbitMQ or Redis, where one is named in PARLEY_TEST_BROKERS (URLs, parted by commas)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from kombu import Connection

from connector.queue import Queue
from tests.connector.test_queue import Heard, consuming

URLS = [url for url in os.environ.get("PARLEY_TEST_BROKERS", "").split(",") if url]

pytestmark = pytest.mark.skipif(not URLS, reason="no broker is named in PARLEY_TEST_BROKERS")


@pytest.fixture(params=URLS or ["none"])
def queue(request: pytest.FixtureRequest) -> Iterator[Queue]:
    made = Queue(request.param, prefix=f"parley-test-{uuid4().hex[:8]}")
    yield made
    made.close()
    with Connection(request.param) as connection:
        channel = connection.channel()
        for declared in made._queues.values():
            declared(channel).delete()


def test_an_announced_row_is_handled(queue: Queue) -> None:
    heard = Heard()
    queue.ping()
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 7)
        assert heard.wait_for(1)
    assert heard.ids == [7]


def test_many_rows_over_two_consumers_come_once_each(queue: Queue) -> None:
    heard = Heard()
    for number in range(200):
        queue.announce("outbox", number)
    with consuming(queue, "outbox", heard), consuming(queue, "outbox", heard):
        assert heard.wait_for(200)
    assert sorted(heard.ids, key=int) == list(range(200))


def test_what_a_stopped_consumer_left_is_taken_by_the_next(queue: Queue) -> None:
    stop = threading.Event()
    first: list[int | str] = []

    def take_one(row_id: int | str) -> None:
        first.append(row_id)
        stop.set()

    for number in range(5):
        queue.announce("inbox", number)
    queue.consume("inbox", take_one, stop)
    rest = Heard()
    with consuming(queue, "inbox", rest):
        assert rest.wait_for(4)
    assert sorted([*first, *rest.ids], key=int) == list(range(5))


def test_a_failing_row_is_not_handed_out_again(queue: Queue) -> None:
    heard = Heard()

    def fragile(row_id: int | str) -> None:
        heard(row_id)
        if row_id == 1:
            raise RuntimeError("broken")

    with consuming(queue, "inbox", fragile):
        queue.announce("inbox", 1)
        queue.announce("inbox", 2)
        assert heard.wait_for(2)
    assert heard.ids == [1, 2]
