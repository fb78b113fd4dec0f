"""The queue on a real RabbitMQ and Redis: those of PARLEY_TEST_BROKERS (parted by commas), else our own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from uuid import uuid4

import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Connection
from kombu import Queue as Declared

from connector.broker.queue import CUT_EVERY, BrokerQueue
from connector.errors import Transient
from tests.integration.connector.test_queue import CollectedIds, consuming
from tests.servers.redis import Redis, private_redis
from tests.servers.shared import Servers, servers

__all__ = ["servers"]


@contextmanager
def queue_on(url: str, **options: float) -> Iterator[BrokerQueue]:
    made = BrokerQueue(url, prefix=f"parley-test-{uuid4().hex[:8]}", **options)
    yield made
    made.close()
    with Connection(url) as connection:
        channel = connection.channel()
        for declared in made._queues.values():
            declared(channel).delete()


@pytest.fixture(params=["rabbitmq", "redis"])
def queue(request: pytest.FixtureRequest, servers: Servers) -> Iterator[BrokerQueue]:
    with queue_on(servers.url(request.param)) as made:
        yield made


@pytest.fixture
def on_rabbitmq(servers: Servers) -> Iterator[BrokerQueue]:
    with queue_on(servers.url("rabbitmq")) as made:
        yield made


def test_an_announced_row_is_handled(queue: BrokerQueue) -> None:
    heard = CollectedIds()
    queue.ping()
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 7)
        assert heard.wait_for(1)
    assert heard.ids == [7]


def test_many_rows_over_two_consumers_come_once_each(queue: BrokerQueue) -> None:
    heard = CollectedIds()
    for number in range(200):
        queue.announce("outbox", number)
    with consuming(queue, "outbox", heard), consuming(queue, "outbox", heard):
        assert heard.wait_for(200)
    assert sorted(heard.ids, key=int) == list(range(200))


def test_what_a_stopped_consumer_left_is_taken_by_the_next(queue: BrokerQueue) -> None:
    stop = threading.Event()
    first: list[int | str] = []

    def take_one(row_id: int | str) -> None:
        first.append(row_id)
        stop.set()

    for number in range(5):
        queue.announce("inbox", number)
    queue.consume("inbox", take_one, stop)
    rest = CollectedIds()
    with consuming(queue, "inbox", rest):
        assert rest.wait_for(4)
    assert sorted([*first, *rest.ids], key=int) == list(range(5))


def test_a_failing_row_is_not_handed_out_again(queue: BrokerQueue) -> None:
    heard = CollectedIds()

    def fragile(row_id: int | str) -> None:
        heard(row_id)
        if row_id == 1:
            raise RuntimeError("broken")

    with consuming(queue, "inbox", fragile):
        queue.announce("inbox", 1)
        queue.announce("inbox", 2)
        assert heard.wait_for(2)
    assert heard.ids == [1, 2]


def test_on_rabbitmq_both_are_quorum_queues(on_rabbitmq: BrokerQueue) -> None:
    on_rabbitmq.announce("inbox", 1)
    for declared in on_rabbitmq._queues.values():
        with Connection(on_rabbitmq._url) as connection:
            classic = Declared(declared.name, queue_arguments={"x-queue-type": "classic"})
            with pytest.raises(PreconditionFailed, match="x-queue-type"):
                classic(connection.channel()).queue_declare()


@pytest.mark.parametrize(
    "other", [{"x-queue-type": "classic"}, {"x-queue-type": "quorum", "x-expires": 600_000}], ids=["kind", "end"]
)
def test_on_rabbitmq_a_queue_of_another_kind_is_used_as_it_is_and_told_of(
    on_rabbitmq: BrokerQueue, other: dict[str, object]
) -> None:
    name = on_rabbitmq._queues["inbox"].name
    with Connection(on_rabbitmq._url) as connection:
        Declared(name, durable=True, queue_arguments=other)(connection.channel()).declare()
    heard = CollectedIds()
    on_rabbitmq.announce("inbox", 1)
    with consuming(on_rabbitmq, "inbox", heard):
        on_rabbitmq.announce("inbox", 2)
        assert heard.wait_for(2)
    assert sorted(heard.ids, key=int) == [1, 2]
    assert on_rabbitmq.ping().startswith(f"The broker's queues were declared in another way than ours ({name}) ")
    with Connection(on_rabbitmq._url) as connection:
        on_rabbitmq._queues["inbox"](connection.channel()).delete()
    assert on_rabbitmq.ping() == ""


def test_on_rabbitmq_a_message_that_nobody_takes_is_dropped_after_a_while(
    on_rabbitmq: BrokerQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.broker.queue.WAKES_FOR", 0.2)
    for number in range(20):
        on_rabbitmq.announce("inbox", number)
    with Connection(on_rabbitmq._url) as connection:
        channel, name = connection.channel(), on_rabbitmq._queues["inbox"].name
        for _ in range(600):
            waiting = channel.queue_declare(name, passive=True).message_count
            if not waiting:
                return
            threading.Event().wait(0.1)
    raise AssertionError(f"{waiting} messages are kept for nobody.")


def test_on_redis_what_nobody_takes_is_cut_to_the_newest(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.broker.queue.MOST_WAITING", 30)
    with queue_on(servers.url("redis")) as queue:
        for number in range(CUT_EVERY * 2 + 1):
            queue.announce("inbox", number)
        heard = CollectedIds()
        with consuming(queue, "inbox", heard):
            assert heard.wait_for(30)
    assert heard.ids == list(range(CUT_EVERY * 2 - 29, CUT_EVERY * 2 + 1))


def test_on_rabbitmq_a_row_that_no_queue_takes_is_told_and_the_next_one_finds_its_queue(
    on_rabbitmq: BrokerQueue,
) -> None:
    on_rabbitmq.announce("inbox", 1)
    with Connection(on_rabbitmq._url) as connection:
        on_rabbitmq._queues["inbox"](connection.channel()).delete()
    with pytest.raises(Transient):
        on_rabbitmq.announce("inbox", 2)
    on_rabbitmq.announce("inbox", 3)
    heard = CollectedIds()
    with consuming(on_rabbitmq, "inbox", heard):
        assert heard.wait_for(1)
    assert heard.ids == [3]


def test_on_rabbitmq_a_consumer_whose_queue_was_deleted_takes_up_the_new_one(servers: Servers) -> None:
    heard = CollectedIds()
    with queue_on(servers.url("rabbitmq"), quiet_for=1.0) as queue, consuming(queue, "inbox", heard):
        queue.announce("inbox", 1)
        assert heard.wait_for(1)
        with Connection(queue._url) as connection:
            queue._queues["inbox"](connection.channel()).delete()
        announced_somehow(queue, "inbox", 2)  # where it is declared again at once, the consumer hears of nothing
        assert heard.wait_for(2)
    assert heard.ids[-1] == 2


def announced_somehow(queue: BrokerQueue, name: str, row_id: int) -> None:
    for _ in range(20):
        with suppress(Transient):
            queue.announce(name, row_id)
            return
    raise AssertionError("It can't be announced.")


def test_a_consumer_in_a_long_quiet_connects_anew_and_hears_on(queue: BrokerQueue) -> None:
    queue._quiet_for = 0.5
    heard = CollectedIds()
    pause = threading.Event()
    with consuming(queue, "inbox", heard):
        queue.announce("inbox", 1)
        assert heard.wait_for(1)
        pause.wait(1.6)
        queue.announce("inbox", 2)
        assert heard.wait_for(2)
    assert heard.ids == [1, 2]


def test_a_redis_that_was_killed_and_lost_everything_is_heard_again() -> None:
    heard = CollectedIds()
    with own_redis() as server, queue_on(server.address) as queue, consuming(queue, "inbox", heard):
        queue.announce("inbox", 1)
        assert heard.wait_for(1)
        server.kill()
        with pytest.raises(Transient):
            queue.announce("inbox", 2)
        server.start()
        server.wipe()
        announced_somehow(queue, "inbox", 3)
        assert heard.wait_for(2)
    assert heard.ids == [1, 3]


FULL_REDIS = {
    "full": (b"CONFIG SET maxmemory 1", b"CONFIG SET maxmemory 0"),
    "read-only": (b"REPLICAOF 127.0.0.1 9", b"REPLICAOF NO ONE"),
}


@pytest.mark.parametrize("way", FULL_REDIS)
def test_a_redis_that_takes_no_messages_is_told_of_until_it_does(way: str) -> None:
    begins, ends = FULL_REDIS[way]
    with own_redis() as server, queue_on(server.address) as queue:
        assert queue.ping() == ""
        assert server.ask(begins).startswith(b"+OK")
        assert queue.ping().startswith("The broker takes no messages: ")
        with pytest.raises(Transient):
            queue.announce("inbox", 1)
        assert server.ask(ends).startswith(b"+OK")
        assert queue.ping() == ""
        queue.announce("inbox", 2)


@contextmanager
def own_redis() -> Iterator[Redis]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(private_redis())
        except LookupError as lacking:
            pytest.skip(str(lacking))
        yield server
