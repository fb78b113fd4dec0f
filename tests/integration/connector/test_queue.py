"""The queue on its in-memory transport, which is part of the product."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from kombu import Connection

from connector.broker.queue import BrokerQueue
from connector.errors import Transient

BOUND = 60.0


class CollectedIds:
    """Collects ids and can be waited for."""

    def __init__(self) -> None:
        self.ids: list[int | str] = []
        self._changed = threading.Condition()

    def __call__(self, row_id: int | str) -> None:
        with self._changed:
            self.ids.append(row_id)
            self._changed.notify_all()

    def wait_for(self, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self.ids) >= count, BOUND)


@pytest.fixture
def queue() -> Iterator[BrokerQueue]:
    made = BrokerQueue("memory://")
    yield made
    made.close()


@contextmanager
def consuming(queue: BrokerQueue, name: str, handle: Callable[[int | str], object]) -> Iterator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=queue.consume, args=(name, handle, stop))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(BOUND)
        assert not thread.is_alive()


def test_an_announced_row_is_handled_in_another_thread(queue: BrokerQueue) -> None:
    heard = CollectedIds()
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 7)
        assert heard.wait_for(1)
    assert heard.ids == [7]


def test_rows_come_in_order_and_each_once(queue: BrokerQueue) -> None:
    heard = CollectedIds()
    with consuming(queue, "outbox", heard):
        for number in range(200):
            queue.announce("outbox", number)
        assert heard.wait_for(200)
    assert heard.ids == list(range(200))


def test_what_was_announced_before_anyone_listened_is_handled(queue: BrokerQueue) -> None:
    queue.announce("inbox", "a")
    heard = CollectedIds()
    with consuming(queue, "inbox", heard):
        assert heard.wait_for(1)


def test_while_nobody_listens_one_message_is_kept_however_many_rows_there_are(queue: BrokerQueue) -> None:
    for number in range(1000):
        queue.announce("inbox", number)
    heard = CollectedIds()
    with consuming(queue, "inbox", heard):
        assert heard.wait_for(1)
        for number in range(1000, 1003):
            queue.announce("inbox", number)
        assert heard.wait_for(4)
    assert heard.ids == [0, 1000, 1001, 1002]


def test_the_two_queues_do_not_mix(queue: BrokerQueue) -> None:
    inbox, outbox = CollectedIds(), CollectedIds()
    with consuming(queue, "inbox", inbox), consuming(queue, "outbox", outbox):
        queue.announce("inbox", 1)
        queue.announce("outbox", 2)
        assert inbox.wait_for(1)
        assert outbox.wait_for(1)
    assert (inbox.ids, outbox.ids) == ([1], [2])


def test_several_consumers_share_the_work(queue: BrokerQueue) -> None:
    heard = CollectedIds()
    with consuming(queue, "inbox", heard), consuming(queue, "inbox", heard):
        for number in range(50):
            queue.announce("inbox", number)
        assert heard.wait_for(50)
    assert sorted(heard.ids, key=int) == list(range(50))


def test_two_queues_in_memory_do_not_meet(queue: BrokerQueue) -> None:
    other = BrokerQueue("memory://")
    heard = CollectedIds()
    other.announce("inbox", 1)
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 2)
        assert heard.wait_for(1)
    other.close()
    assert heard.ids == [2]


def test_a_failing_handler_does_not_end_the_loop(queue: BrokerQueue, caplog: pytest.LogCaptureFixture) -> None:
    heard = CollectedIds()

    def fragile(row_id: int | str) -> None:
        if row_id == 1:
            raise RuntimeError("broken")
        heard(row_id)

    with consuming(queue, "inbox", fragile):
        queue.announce("inbox", 1)
        queue.announce("inbox", 2)
        assert heard.wait_for(1)
    assert "row 1 of the queue inbox" in caplog.text


@pytest.mark.parametrize(
    "body",
    [{"v": 2, "id": 1}, {"v": 1}, {"v": 1, "id": True}, {"v": True, "id": 1}, {"v": 1, "id": None}, [1], "x"],
)
def test_a_message_that_is_not_ours_is_dropped(
    body: object, queue: BrokerQueue, caplog: pytest.LogCaptureFixture
) -> None:
    heard = CollectedIds()
    _publish(queue, body, "json")
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 5)
        assert heard.wait_for(1)
    assert heard.ids == [5]
    assert "dropped" in caplog.text


@pytest.mark.parametrize("serializer", ["pickle", "yaml"])
def test_nothing_but_json_is_opened(serializer: str, queue: BrokerQueue, caplog: pytest.LogCaptureFixture) -> None:
    heard = CollectedIds()
    _publish(queue, {"v": 1, "id": 1}, serializer)
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 5)
        assert heard.wait_for(1)
    assert heard.ids == [5]


def _publish(queue: BrokerQueue, body: object, serializer: str) -> None:
    with Connection("memory://") as connection:
        producer = connection.Producer(serializer=serializer)
        producer.publish(body, routing_key=queue._queues["inbox"].routing_key)


def test_leaving_the_process_is_not_lost_in_the_callback(queue: BrokerQueue) -> None:
    def leave(_: int | str) -> None:
        raise SystemExit(3)

    queue.announce("inbox", 1)
    with pytest.raises(SystemExit):
        queue.consume("inbox", leave, threading.Event())


def test_a_stopped_consumer_takes_nothing_more(queue: BrokerQueue) -> None:
    stop = threading.Event()
    stop.set()
    queue.announce("inbox", 1)
    queue.consume("inbox", lambda _: pytest.fail("nothing was to be handled"), stop)


@pytest.mark.parametrize("url", ["amqp://guest:s3cret@127.0.0.1:9//", "redis://:s3cret@127.0.0.1:9/0"])
def test_a_broker_that_is_away_is_told_and_no_secret_with_it(url: str) -> None:
    queue = BrokerQueue(url)
    for call in (queue.ping, lambda: queue.announce("inbox", 1)):
        with pytest.raises(Transient) as caught:
            call()
        assert "s3cret" not in str(caught.value) + repr(queue)
    queue.close()


@pytest.mark.parametrize("url", ["kafka://user:s3cret@host", "nonsense://user:s3cret@host"])
def test_a_broker_that_nothing_here_can_speak_to_is_refused_and_its_secret_is_not_told(url: str) -> None:
    with pytest.raises(ValueError, match="BROKER_URL names no broker we know") as caught:
        BrokerQueue(url)
    assert "s3cret" not in str(caught.value)


def test_a_consumer_waits_for_a_broker_that_is_away_until_it_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    queue = BrokerQueue("redis://127.0.0.1:9/0")
    stop = threading.Event()
    told = threading.Event()

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "is lost" in record.getMessage():
                told.set()

    handler = Told()
    logging.getLogger("parley.queue").addHandler(handler)
    thread = threading.Thread(target=queue.consume, args=("inbox", print, stop))
    thread.start()
    assert told.wait(BOUND)
    stop.set()
    thread.join(BOUND)
    logging.getLogger("parley.queue").removeHandler(handler)
    assert not thread.is_alive()


def test_ping_of_a_broker_in_memory_is_quiet(queue: BrokerQueue) -> None:
    queue.ping()
