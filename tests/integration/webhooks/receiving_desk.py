"""The doors on a real socket over a real store, with a clock that stands still and senders that sign."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import httpx
import uvicorn

from store import InboxRow, Store
from sync.shared.codec import encode_message
from tests.migrated import migrated
from tests.signed import INTAKE_SECRET, SECRET, intake_headers, zendesk_headers
from tests.unencrypted import UNENCRYPTED
from webhooks import EventRecorder, WebhookDeps, create_app

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
TOKEN = "workmarket-token"
JSON = {"content-type": "application/json"}


@dataclass
class ReceivingDesk:
    """A desk of which only the webhooks are there, and what a test may turn and see of it."""

    database: str
    store: Store
    now: datetime = NOW
    zendesk_secrets: tuple[str, ...] = (SECRET,)
    changing: tuple[str, ...] | None = None
    sure_of_time: bool = True
    intake_secrets: tuple[str, ...] = (INTAKE_SECRET,)
    token: str | None = TOKEN
    announce: Callable[[int], object] | None = None
    said: Callable[[], Mapping[str, Any]] = lambda: {"ready": True}
    keeper: EventRecorder | None = None
    links: Callable[[str], str | None] | None = None
    client: httpx.Client = field(default_factory=lambda: httpx.Client(verify=UNENCRYPTED, timeout=120))
    port: int = 0
    _told: SimpleQueue[int] = field(default_factory=SimpleQueue)

    def doors(self) -> WebhookDeps:
        return WebhookDeps(
            recorder=self.keeper or self.store.recorder(),
            encode=encode_message,
            now=lambda: self.now,
            zendesk_secrets=lambda: self.zendesk_secrets,
            intake_secrets=lambda: self.intake_secrets,
            workmarket_token=lambda: self.token,
            announce=lambda row_id: (self.announce or self._told.put)(row_id),
            readiness=lambda: self.said(),
            changing_secrets=lambda: self.changing,
            sure_of_time=lambda: self.sure_of_time,
            links=self.links,
        )

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return self.client.post(path, content=body, headers=dict(headers))

    def zendesk(
        self, body: Any, *, secret: str = SECRET, ago: timedelta = timedelta(0), **headers: str
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = zendesk_headers(raw, self.now - ago, secret)
        return self.post("/webhooks/zendesk", raw, {**JSON, **signed, **_header_names(headers)})

    def workmarket(self, body: Any, token: str = TOKEN) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.post("/webhooks/workmarket", raw, {**JSON, "authorization": f"Bearer {token}"})

    def request(
        self, body: Any, webhook_id: str = "msg_1", *, secret: str = INTAKE_SECRET, ago: timedelta = timedelta(0)
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = intake_headers(raw, webhook_id, self.now - ago, secret)
        return self.post("/webhooks/requests", raw, {**JSON, **signed})

    def rows(self) -> list[InboxRow]:
        """Every row, handled or not, oldest first."""
        found = []
        while row := self.store.read(lambda tx: tx.inbox.get(len(found) + 1)):
            found.append(row)
        return found

    def heard(self, many: int) -> list[int]:
        """The first ids that were announced, as soon as there are so many: that is beside the answers."""
        return [self._told.get(timeout=120) for _ in range(many)]

    def nothing_was_announced(self) -> bool:
        """Whether the first that is announced is an event that comes only now."""
        assert self.zendesk({"event": "ticket.changed", "ticket_id": "990000"}).status_code == 202
        return self.heard(1) == [self.rows()[-1].id]

    def handle(self, row: InboxRow) -> None:
        assert self.store.write(lambda tx: tx.inbox.mark_done(row.id, self.now))

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=120)


def _header_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def a_desk(
    directory: Path, *, patience_s: float = 3.0, prepare: Callable[[ReceivingDesk], None] | None = None
) -> Iterator[ReceivingDesk]:
    """A desk that is listening; `prepare` may change it before it does."""
    url = migrated(directory / "parley.db")
    with Store.open(url, now=lambda: NOW, patience_s=patience_s) as store:
        desk = ReceivingDesk(url, store)
        desk.client.close()
        if prepare:
            prepare(desk)
        with listening(desk):
            yield desk


@contextmanager
def listening(desk: ReceivingDesk) -> Iterator[None]:
    listener = socket.create_server(("127.0.0.1", 0))
    desk.port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(desk.doors()), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{desk.port}", verify=UNENCRYPTED, timeout=120, trust_env=False
        ) as client:
            desk.client = client
            yield
    finally:
        # It closes its socket itself, within some tenths of a second that nobody waits for.
        server.should_exit = True
