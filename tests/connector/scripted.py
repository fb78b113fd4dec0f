"""A service whose answers a test writes by name: a transport that carries nothing and remembers what was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connector.errors import Trouble
from connector.transport import Reply, Request

Answer = Reply | Trouble


def replied(status: int = 200, content: Any = b"", **headers: str) -> Reply:
    """A reply with a JSON body, or with these bytes."""
    return Reply(status, headers, content if isinstance(content, bytes) else json.dumps(content).encode())


def parameters(request: Request) -> dict[str, str]:
    """What the address asks for."""
    return dict(parse_qsl(urlsplit(request.url).query))


def form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


class Route:
    """One call: `answers` are given in turn and must suffice, or one is given for ever."""

    def __init__(self, answer: Answer | Callable[[], Answer]) -> None:
        self.asked: list[Request] = []
        self.always(answer)

    def always(self, answer: Answer | Callable[[], Answer]) -> None:
        self._next = answer if callable(answer) else lambda: answer

    def in_turn(self, answers: Sequence[Answer]) -> None:
        left: Iterator[Answer] = iter(answers)
        self._next = lambda: next(left)

    def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self._next()


class Scripted:
    """Routes by method and address, without the query."""

    def __init__(self, routes: dict[tuple[str, str], Route]) -> None:
        self._routes = routes

    def send(self, request: Request) -> Answer:
        return self._routes[(request.method, request.url.partition("?")[0])].answer(request)

    def close(self) -> None: ...
