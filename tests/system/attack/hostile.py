"""Hostile bodies by a seeded grammar: almost right, wrongly typed, deep, huge, doubled, ill encoded, no JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

STRINGS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfff",
    "\u202eabc\u2066",
    "\r\nX-Injected: 1",
    "\x1b[2J\x1b]0;t\x07",
    "<script>alert(1)</script>",
    "{{ticket.requester.email}}",
    "{% raw %}{{7*7}}{% endraw %}",
    "=cmd|' /C calc'!A1",
    "'; DROP TABLE inbox;--",
    "../../etc/passwd",
    "%00%0d%0a",
    "9" * 30,
    "-1",
    "1e9",
    "0",
    "007",
    "１２３",
    "٣",
    "1\n",
    "true",
    "null",
    "😀" * 50,
    "e\u0301" * 40,
    "\ufeff",
    "\ufffd\uffff",
    "a" * 5000,
    "zen:ticket:1\n",
    "zen:ticket:99999999999999999999999",
    "zen:event-type:ticket.",
    "zen:event-type:ticket.merged",
    "assignment.post",
    "2026-11-20T15:00:00Z",
]
RAW = [
    b"NaN",
    b"-Infinity",
    b"Infinity",
    b"1e999",
    b"-0",
    b"1E+2",
    b"1.0",
    b"9" * 99,
    b"9" * 101,
    b"9" * 5000,
    b"-" + b"9" * 5000,
    b"0." + b"1" * 5000,
    b"1e" + b"9" * 200,
    b"01",
    b"+1",
    b".5",
    b"0x1f",
    b"'a'",
    b"nul",
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"\xc0\x80"',
    b'"\xf4\x90\x80\x80"',
    b'"\xe2\x82"',
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\\u0000"',
    b'"\\x41"',
    b'"\\u12"',
    b'"a\nb"',
    b'"\x00"',
    b"",
    b"[]",
    b"{}",
    b"[" * 40 + b"]" * 40,
    b"[" * 2000,
    b'{"a":' * 1000,
    b'{"a":1,"a":2}',
    b'{"__proto__":{"x":1}}',
    b"[1,]",
    b"{,}",
    b"/*x*/1",
    b'"' + b"[{" * 500 + b'"',
    b'"' + b'\\"[' * 500 + b'"',
]
ZENDESK: list[dict[str, Any]] = [
    {"event": "request.submitted", "ticket_id": "7"},
    {"event": "ticket.changed", "ticket_id": "7"},
    {"event": "side_conversation.changed", "ticket_id": 7},
    {"event": "assignment.post", "ticket_id": "7", "text": "On Tuesday."},
    {
        "type": "zen:event-type:ticket.status_changed",
        "id": "e1",
        "subject": "zen:ticket:7",
        "detail": {"id": "7", "status": "OPEN", "tags": ["a"]},
        "event": {"current": "OPEN", "previous": "NEW"},
    },
    {
        "type": "zen:event-type:ticket.merged",
        "id": "e2",
        "subject": "zen:ticket:7",
        "detail": {"id": "7"},
        "event": {"target_ticket_id": "8"},
    },
]
WORKMARKET: list[dict[str, Any]] = [
    {"event": "completed", "assignment_id": "77", "status": "complete", "now": "1"},
    {"event": "note added", "assignment_id": 77, "status": "inProgress", "now": "1"},
]
REQUESTS: list[dict[str, Any]] = [
    {
        "assignment_id": "4711",
        "party": "worker",
        "reason": "payment_past_due",
        "requester": {"name": "Wanda", "email": "wanda@example.com"},
        "description": "Not paid.",
        "contact_attempts": ["message", "email"],
        "anticipated_outcome": "To be paid.",
    },
    {
        "assignment_id": "4712",
        "party": "client",
        "requester": {"name": "Cleo", "email": "cleo@example.com"},
        "description": "Nobody came.",
    },
]
TEMPLATES = {"/webhooks/zendesk": ZENDESK, "/webhooks/workmarket": WORKMARKET, "/webhooks/requests": REQUESTS}
_HOLE = "\ue000hole\ue000"


class Grammar:
    """Bodies drawn by one seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ways: list[Callable[[dict[str, Any]], bytes]] = [
            self._wrong_value,
            self._wrong_value,
            self._wrong_value,
            self._raw_value,
            self._raw_value,
            self._doubled,
            self._cut,
            self._bytes_changed,
            self._noise,
            self._raw_whole,
            self._encoded,
            self._huge,
        ]

    def body(self, path: str) -> bytes:
        """A hostile body for a door."""
        random = self._random
        return random.choice(self._ways)(random.choice(TEMPLATES[path]))

    def value(self, depth: int = 0) -> Any:
        """Anything that JSON can say."""
        random = self._random
        kind = random.randrange(8 if depth < 4 else 5)
        if kind == 0:
            return random.choice([None, True, False])
        if kind == 1:
            return random.choice([0, 1, -1, 7, 2**31, 2**63, 2**64, 10**25, 10**98, -(10**25)])
        if kind == 2:
            return random.choice([0.0, -0.0, 1.5, 7.0, 1e300, 5e-324])
        if kind in (3, 4):
            return random.choice(STRINGS)
        if kind == 5:
            return [self.value(depth + 1) for _ in range(random.randrange(4))]
        names = ["id", "event", "text", "ticket_id", "", "\x00", "__proto__", random.choice(STRINGS)]
        return {random.choice(names): self.value(depth + 1) for _ in range(random.randrange(4))}

    def _with(self, template: dict[str, Any], value: Any) -> dict[str, Any]:
        made = dict(template)
        name = self._random.choice([*made, *made, "extra"])
        inner = made.get(name)
        if isinstance(inner, dict) and inner and self._random.random() < 0.7:
            made[name] = {**inner, self._random.choice([*inner]): value}
        else:
            made[name] = value
        if self._random.random() < 0.15:
            made.pop(self._random.choice([*made]))
        return made

    def _wrong_value(self, template: dict[str, Any]) -> bytes:
        text = json.dumps(self._with(template, self.value()), ensure_ascii=self._random.random() < 0.5)
        return text.encode("utf-8", "surrogatepass")

    def _raw_value(self, template: dict[str, Any]) -> bytes:
        whole = json.dumps(self._with(template, _HOLE), ensure_ascii=False).encode()
        return whole.replace(f'"{_HOLE}"'.encode(), self._random.choice(RAW))

    def _doubled(self, template: dict[str, Any]) -> bytes:
        whole = json.dumps(template).encode()
        name = self._random.choice([*template])
        return whole[:-1] + b"," + json.dumps({name: self.value()}).encode()[1:]

    def _cut(self, template: dict[str, Any]) -> bytes:
        whole = json.dumps(template).encode()
        return whole[: self._random.randrange(len(whole))]

    def _bytes_changed(self, template: dict[str, Any]) -> bytes:
        made = bytearray(json.dumps(template).encode())
        for _ in range(self._random.randint(1, 4)):
            made[self._random.randrange(len(made))] = self._random.randrange(256)
        return bytes(made)

    def _noise(self, _: dict[str, Any]) -> bytes:
        return self._random.randbytes(self._random.choice([0, 1, 2, 16, 300]))

    def _raw_whole(self, _: dict[str, Any]) -> bytes:
        return self._random.choice(RAW)

    def _encoded(self, template: dict[str, Any]) -> bytes:
        code = self._random.choice(["utf-16", "utf-32", "utf-8-sig", "utf-16-le", "utf-7"])
        return json.dumps(template).encode(code)

    def _huge(self, template: dict[str, Any]) -> bytes:
        if self._random.random() < 0.9:  # large ones are rare, or nothing else is measured
            return self._wrong_value(template)
        size = self._random.choice([61_000, 200_000, 1_048_000, 1_048_577, 1_100_000])
        return json.dumps(self._with(template, "x" * size)).encode()
