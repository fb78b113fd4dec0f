"""Answers that no API should give, by a seed: spoilt records, HTML, half of it, too much of it, odd statuses."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

STATUSES = [201, 204, 206, 301, 302, 304, 400, 401, 402, 403, 404, 408, 409, 410, 413, 418, 422, 423, 429, 500, 502]
STATUSES += [503, 504, 520, 599]
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 35, 36, "35", "36", "-35", " 35", "035", "35.0", 35.0, 35.5, 1e300, 10**25,
    "--5", "", "x", "\x00", "\ud800", "9" * 30, "9" * 5000, "٣٥", [], {}, [[]], [None], [{}], [1, 2], {"id": None},
    "2026-03-02T15:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-40", 1e18,
    "true", "successful", "<b>x</b>", {"status_code": 500}, "e1", "deleted", "closed", {"parley": "e1"},
]  # fmt: skip
WORDS = [
    b"", b" ", b"null", b"true", b"0", b'"x"', b"[]", b"{}", b"NaN", b"[NaN]", b'{"ticket":NaN}', b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"<!doctype html><html><body>Sign in</body></html>", b"[" * 3000, b'{"a":' * 3000, b"9" * 6000,
    b'{"ticket":{"id":35},"ticket":{"id":36}}', b'{"error":"InvalidEndpoint"}', b'{"error":{"title":"no"}}',
    b'{"meta":{"status_code":500},"response":{"successful":true}}', b'{"meta":{"status_code":200}}',
]  # fmt: skip
HEADS: list[dict[str, str]] = [
    {"retry-after": value}
    for value in ("0", "1", "-5", "1e9", "nan", "inf", "soon", "٣", "9" * 400, "Mon, 02 Mar 2026 15:00:10 GMT",
                  "Mon, 99 Foo 99999 99:99:99 GMT", "1, 2", "\x00")
]  # fmt: skip
HEADS += [
    {"date": value}
    for value in ("", "yesterday", "Mon, 02 Mar 99999 15:00:10 GMT", "Thu, 01 Jan 1970 00:00:00 -9999", "9" * 50)
]
HEADS += [
    {"content-encoding": "gzip"},
    {"content-encoding": "deflate"},
    {"content-type": "text/html; charset=utf-7"},
    {"content-type": "application/json; charset=none-such"},
    {"location": "http://169.254.169.254/latest/meta-data"},
    {"set-cookie": "a=b; domain=.example.com"},
    {"x-rate-limit": "9" * 99, "x-rate-limit-remaining": "x"},
]


@dataclass(frozen=True)
class ServedAnswer:
    """One answer as it was given; `plain` is its content before it was packed."""

    method: str
    path: str
    status: int
    content: bytes
    plain: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> Any:
        try:
            return json.loads(self.plain)
        except (ValueError, RecursionError):
            return None


class Trickster:
    """Answers by a seed: what is right, or something that is wrong in one of many ways."""

    def __init__(self, seed: int, right: Callable[[str, str], Any]) -> None:
        self.random = Random(seed)  # noqa: S311  repeatable, not secret
        self.served: list[ServedAnswer] = []
        self._right = right

    def __call__(self, method: str, path: str) -> ServedAnswer:
        status, content = 200, self._content(method, path)
        if self.random.random() < 0.15:
            status = self.random.choice(STATUSES)
        headers = {"date": "Mon, 02 Mar 2026 15:00:10 GMT", "content-type": "application/json"}
        while self.random.random() < 0.15:
            headers |= self.random.choice(HEADS)
        if headers.get("content-encoding") == "gzip" and self.random.random() < 0.3:
            self.served.append(ServedAnswer(method, path, status, gzip.compress(content, 1), content, headers))
        else:
            self.served.append(ServedAnswer(method, path, status, content, content, headers))
        return self.served[-1]

    def _content(self, method: str, path: str) -> bytes:
        random, right = self.random, self._right(method, path)
        way = random.random()
        if way < 0.35:
            return json.dumps(right).encode()
        if way < 0.8:
            return json.dumps(self._spoilt(right)).encode()
        whole = json.dumps(right).encode()
        if way < 0.86:
            return whole[: random.randrange(len(whole) + 1)]
        if way < 0.9:
            made = bytearray(whole)
            made[random.randrange(len(made))] = random.randrange(256)
            return bytes(made)
        if way < 0.901:
            return whole[:-1] + b" " * 10_000_000 + whole[-1:]
        if way < 0.902:
            return b'{"ticket":"' + b"x" * 10_000_000 + b'"}'
        return random.choice(WORDS)

    def _spoilt(self, record: Any) -> Any:
        made = copy.deepcopy(record)
        for _ in range(self.random.choice([1, 1, 2, 3])):
            holder: Any = made
            while True:
                keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
                if not keys:
                    break
                key = self.random.choice(keys)
                if isinstance(holder[key], dict | list) and holder[key] and self.random.random() < 0.8:
                    holder = holder[key]
                    continue
                if self.random.random() < 0.2 and isinstance(holder, dict):
                    del holder[key]
                else:
                    holder[key] = copy.deepcopy(self.random.choice(VALUES))
                break
        return made
