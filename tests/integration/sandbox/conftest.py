"""A sandbox that is running, clients for both of its sides, and a receiver for its webhooks."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from sandbox import MovableClock, Sandbox
from sandbox.zendesk.records.tongues import ENGLISH
from tests.patience import PATIENCE_S
from tests.unencrypted import UNENCRYPTED


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def box(clock: MovableClock) -> Iterator[Sandbox]:
    running = Sandbox(clock)
    running.zendesk.account.language = ENGLISH
    running.start()
    yield running
    running.leave()


class Api:
    """A client of one stand-in that gives back JSON and insists on the status."""

    def __init__(self, base: str, headers: dict[str, str], prefix: str) -> None:
        self.http = httpx.Client(
            base_url=base, headers=headers, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S
        )
        self._prefix = prefix

    def call(self, method: str, path: str, body: Any = None, *, status: int | None = None, **more: Any) -> Any:
        answer = self.http.request(method, self._prefix + path, json=body, **more)
        if status is None:
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        else:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        try:
            return answer.json() if answer.content else None
        except ValueError:
            return answer.text

    def get(self, path: str, **more: Any) -> Any:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("PUT", path, body, **more)


def basic(email: str, token: str = "sandbox-api-token") -> str:  # noqa: S107  opens a stand-in
    return "Basic " + base64.b64encode(f"{email}/token:{token}".encode()).decode()


@pytest.fixture
def zd(box: Sandbox) -> Iterator[Api]:
    api = Api(box.zendesk_url, {"Authorization": basic("admin@example.com")}, "/api/v2/")
    yield api
    api.http.close()


@pytest.fixture
def nobody(box: Sandbox) -> Iterator[Api]:
    """Zendesk without credentials."""
    api = Api(box.zendesk_url, {}, "/api/v2/")
    yield api
    api.http.close()


@pytest.fixture
def wm(box: Sandbox) -> Iterator[Api]:
    api = Api(box.workmarket_url, {}, "/v1/employer/")
    given = {"token": "sandbox-token", "secret": "sandbox-secret"}
    token = api.call("POST", "authorization/request", data=given)["response"]["access_token"]
    api.http.headers["Authorization"] = f"Bearer {token}"
    yield api
    api.http.close()


@pytest.fixture
def ticket(zd: Api) -> int:
    """A plain ticket of Wanda's, with a public first comment."""
    return make_ticket(zd)


def make_ticket(zd: Api, **more: Any) -> int:
    wanted = {
        "subject": "Not approved",
        "comment": {"body": "It waits for approval."},
        "requester": {"name": "Wanda Worker", "email": "wanda@example.com"},
        **more,
    }
    return int(zd.post("tickets.json", {"ticket": wanted})["ticket"]["id"])


@dataclass
class Receiver:
    """A web server that keeps what it is sent and answers as told: (status, headers), 202 by default."""

    url: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]

    def wait_for(self, count: int, seconds: float = 120.0) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.got) >= count, seconds)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with kept.arrived:
                headers = {name.lower(): value for name, value in self.headers.items()}
                kept.got.append((self.path, headers, body))
                status, extra = kept.answers.pop(0) if kept.answers else (202, {})
                kept.arrived.notify_all()
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()
