"""Outgoing webhooks of both stand-ins: queued in order, posted over real HTTP, retried as each service does."""

import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

DeliveryOutcome = Literal["success", "failed", "timeout", "dropped"]
DeliveryPolicy = Callable[["Delivery"], Literal["deliver", "drop", "twice"]]


@dataclass(slots=True)
class Delivery:
    """One webhook call on its way. `attempt` counts from 1; `done` hears of every attempt's result."""

    service: str
    name: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    done: Callable[["Delivery", int | None, DeliveryOutcome], None] = field(repr=False, default=lambda *_: None)
    again: Callable[["Delivery", int | None, str | None, DeliveryOutcome], bool] = field(
        repr=False, default=lambda *_: False
    )
    attempt: int = 1
    info: dict[str, Any] = field(default_factory=dict)


def always(_: Delivery) -> Literal["deliver"]:
    return "deliver"


class WebhookQueue:
    """The queue of both services. `pump` empties it on the caller's thread; `run_in_background` as they come.

    `timeout` is in seconds and holds for the client that the first delivery opens.
    """

    def __init__(self, *, timeout: float = 12.0, keep: bool = True) -> None:
        self.queue: deque[Delivery] = deque()
        self.delivered: list[tuple[Delivery, int | None]] = []
        self.sent = 0
        self._keep = keep
        self._client: httpx.Client | None = None
        self.timeout = timeout
        self._wake = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._stopping = False

    def put(self, delivery: Delivery, policy: DeliveryPolicy = always) -> None:
        """Queue it, unless the policy drops it; a policy may also have it delivered twice."""
        decided = policy(delivery)
        if decided == "drop":
            delivery.done(delivery, None, "dropped")
            return
        with self._wake:
            self.queue.append(delivery)
            if decided == "twice":
                self.queue.append(delivery)
            self._wake.notify_all()

    def pump(self, limit: int = 1000) -> int:
        """Post what is queued, in order, retries included; returns how many calls were made."""
        made = 0
        while made < limit:
            with self._wake:
                if not self.queue:
                    break
                delivery = self.queue.popleft()
            self.post(delivery)
            made += 1
        return made

    def run_in_background(self, workers: int = 1) -> None:
        """Post what comes as it comes; with several workers the order is anybody's, as it is in life."""
        self._stopping = False
        for _ in range(workers):
            thread = threading.Thread(target=self._loop, name="sandbox-webhooks", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=self.timeout + 5)
        self._threads.clear()
        if self._client is not None:
            self._client.close()
            self._client = None

    def _loop(self) -> None:
        while True:
            with self._wake:
                while not self.queue and not self._stopping:
                    self._wake.wait()
                if self._stopping:
                    return
            self.pump(1)

    def post(self, delivery: Delivery) -> None:
        """Post it now, on this thread, whatever waits in the queue."""
        client = self._open_client()
        status: int | None = None
        retry_after: str | None = None
        outcome: DeliveryOutcome = "failed"
        try:
            answer = client.request(delivery.method, delivery.url, content=delivery.body, headers=delivery.headers)
            status, retry_after = answer.status_code, answer.headers.get("retry-after")
            outcome = "success" if answer.is_success else "failed"
        except httpx.TimeoutException:
            outcome = "timeout"
        except (httpx.HTTPError, httpx.InvalidURL):
            outcome = "failed"
        self.sent += 1
        if self._keep:
            self.delivered.append((delivery, status))
        delivery.done(delivery, status, outcome)
        if outcome != "success" and delivery.again(delivery, status, retry_after, outcome):
            delivery.attempt += 1
            with self._wake:
                self.queue.append(delivery)
                self._wake.notify_all()

    def _open_client(self) -> httpx.Client:
        with self._wake:
            if self._client is None:
                # No proxy, and no authorities to read: these webhooks go to loopback.
                nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                self._client = httpx.Client(timeout=self.timeout, trust_env=False, verify=nobody)
            return self._client
