"""The smallest HTTP surface that a stand-in needs: requests, replies and a table of routes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

S = TypeVar("S")


@dataclass(slots=True)
class ApiRequest:
    """One call. `path` has no `.json`; `args` are the parts of it that the route leaves open."""

    method: str
    path: str
    query: dict[str, str]
    raw: bytes
    body: Any
    headers: Mapping[str, str]
    at: datetime
    args: tuple[str, ...] = ()
    user: Any = None

    def json(self, key: str) -> dict[str, Any]:
        """The object under `key` in the body; empty where there is none."""
        found = self.body.get(key) if isinstance(self.body, dict) else None
        return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class ApiReply:
    """`body` is JSON, text or bytes; None sends no body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


RouteHandler = Callable[[S, ApiRequest], ApiReply]
Route = tuple[str, str, RouteHandler[S]]


class Router(Generic[S]):
    """Finds a handler by method and path; `*` in a route stands for one part of the path."""

    def __init__(self, routes: list[Route[S]]) -> None:
        self._exact: dict[tuple[str, str], RouteHandler[S]] = {}
        self._open: dict[tuple[str, int], list[tuple[list[str], RouteHandler[S]]]] = {}
        for method, path, handler in routes:
            parts = path.strip("/").split("/")
            if "*" not in parts:
                self._exact[method, path.strip("/")] = handler
            else:
                self._open.setdefault((method, len(parts)), []).append((parts, handler))
        for rows in self._open.values():
            rows.sort(key=lambda row: row[0].count("*"))

    def find(self, method: str, path: str) -> tuple[RouteHandler[S], tuple[str, ...]] | None:
        """The handler and what stands in the open parts; None where the stand-in has no such route."""
        handler = self._exact.get((method, path))
        if handler is not None:
            return handler, ()
        parts = path.split("/")
        for template, candidate in self._open.get((method, len(parts)), ()):
            if all(want in ("*", got) for want, got in zip(template, parts, strict=True)):
                return candidate, tuple(g for w, g in zip(template, parts, strict=True) if w == "*")
        return None


_READ = ("application/json", "application/x-www-form-urlencoded")


def decoded(raw: bytes, headers: Mapping[str, str]) -> Any:
    """What a body says: a form, JSON, or else its text; None where there is none, or where it is a file."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not raw or (kind and kind not in _READ and not kind.startswith("text/")):
        return None
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")


def encoded(body: Any) -> bytes:
    """A reply's body as it is sent: JSON, unless it is text or bytes already."""
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body, separators=(",", ":")).encode()
