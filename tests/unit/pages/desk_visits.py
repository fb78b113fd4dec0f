"""The desk's page in one process, without a server: requests go in, answers come out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette

from parley.pages.desk.shell import DeskPage, DeskShell, DeskVisit, Viewer
from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.ways_in import ByProxy, WayIn

ORIGIN = "https://parley.example.com"
PROXY = "10.0.0.7"
ADA, RITA = "ada@example.com", "rita@example.com"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class DeskAnswer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def by_proxy(*operators: str) -> ByProxy:
    return ByProxy(TrustedProxy("x-forwarded-email", [ip_network(PROXY)], operators or (ADA,)))


@dataclass
class Browser:
    """Somebody whose requests reach a shell: by a proxy that names them, or with the headers that a test gives."""

    shell: DeskShell
    name: str = ""
    peer: str = PROXY
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> DeskAnswer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: str = "", **headers: str) -> DeskAnswer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, headers={**kind, **SAME_SITE, **headers})

    def ask(self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None) -> DeskAnswer:
        named = {"X-Forwarded-Email": self.name} if self.name else {}
        given = {**named, **self.headers, **(headers or {})}
        return asyncio.run(asked(self.shell, method, path, body.encode(), list(given.items()), self.peer))


async def asked(
    shell: DeskShell, method: str, path: str, body: bytes, headers: list[tuple[str, str]], peer: str
) -> DeskAnswer:
    app = Starlette(routes=shell.routes())
    bare, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": unquote(bare),
        "query_string": query.encode("latin-1", "replace"),
        "root_path": "",
        "headers": [
            (name.lower().replace("_", "-").encode(), value.encode("latin-1", "replace")) for name, value in headers
        ],
        "client": (peer, 50000),
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    fields = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return DeskAnswer(sent[0]["status"], fields, b"".join(one.get("body", b"") for one in sent[1:]))


def shell_of(
    *,
    show: Callable[[DeskVisit], Any] | None = None,
    act: Callable[[DeskVisit], Any] | None = None,
    way: WayIn | None = None,
) -> DeskShell:
    """A shell with one page of its own, at `/desk/cases` and below it."""

    def plain(visit: DeskVisit) -> Any:
        return visit.page("desk_trouble.html", title="Cases", sentence=f"Here are {dict(visit.args)}.")

    pages = [
        DeskPage("/cases", show or plain, act, name="Cases", about="Every case."),
        DeskPage("/cases/{case_id}", show or plain, act),
    ]
    return DeskShell(ORIGIN, way or by_proxy(), pages)


__all__ = ["ADA", "ORIGIN", "PROXY", "RITA", "SAME_SITE", "Browser", "DeskAnswer", "Viewer", "by_proxy", "shell_of"]
