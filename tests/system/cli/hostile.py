"""A desk whose every text was written by somebody hostile, vendors that are so, and a terminal that is watched."""

from __future__ import annotations

import fcntl
import json
import os
import struct
import termios
import threading
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from escalation.model.case import Case
from escalation.telling.audiences import case_view
from escalation.telling.stored import StoredCase
from parley.zendesk.account.watching import DRIFT
from store import CaseRow, NewOutboxRow, Store, Tx
from sync.reconciling.pulses import PARTS, failed
from sync.shared.codec import decode_case, encode_case
from tests.system.processes.spawned_desk import SpawnedDesk
from tests.unit.escalation.case_world import START, policy

FORGED = "FORGED"
HOSTILE = (
    "“東👩” [bold red]M[/bold red] [/] [link=http://evil.example]M[/link] :bomb: "
    "\x1b[31mM \x1b]8;;http://evil.example\x1b\\M\x1b]8;;\x1b\\ \x1b]0;M\x07 "
    "\x9b2J \x1b[5A\x08\x7f \u202eM\u2066M\u200f\ufeff "
    f"\r\n{FORGED}\tM\n{FORGED}\x85{FORGED}\u2028{FORGED}\x0b{FORGED}"
)
SHOWN = ("[bold red]M[/bold red]", ":bomb:")
"""What of it is shown as it stands, in any encoding."""

CLEAN_CASE, CLEAN_TICKET = "C-000001", "7"


def hostile_case(case: Case) -> Case:
    """A case in which each text that may be anything is hostile."""
    body = encode_case(case)
    for place in list(_texts(body)):
        changed = deepcopy(body)
        _put(changed, place, HOSTILE)
        with suppress(ValueError, TypeError, KeyError):
            case_view(StoredCase(decode_case(changed)), "operator", START, policy())
            body = changed
    return decode_case(body)


def _texts(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        if isinstance(one, str):
            yield (*place, name)
        else:
            yield from _texts(one, (*place, name))


def _put(value: Any, place: tuple[Any, ...], text: str) -> None:
    *way, last = place
    for name in way:
        value = value[name]
    value[last] = text


def fill(store: Store, case: Case, policy: tuple[str, Any], desk: SpawnedDesk) -> None:
    """One case with a name that can be typed and one with a ticket that can, and hostile texts everywhere else."""
    now = desk.clock()
    body = encode_case(hostile_case(case))

    def write(tx: Tx) -> None:
        tx.policies.keep(*policy)
        rows = ((CLEAN_CASE, HOSTILE), (f"C-1{HOSTILE}", CLEAN_TICKET))
        for case_id, ticket in rows:
            row = CaseRow(
                case_id, HOSTILE, policy[0], now, ticket, HOSTILE, "worker", HOSTILE, body={**body, "id": case_id}
            )
            tx.cases.save(row, 0)
            tx.journal.append(HOSTILE, HOSTILE, now, case_id=case_id, ticket_id=ticket, why=HOSTILE)
        for key in ("dead", "new"):
            tx.inbox.record(key, HOSTILE, f"{HOSTILE}{key}", {HOSTILE: HOSTILE, "case_id": HOSTILE}, now)
        dead = tx.inbox.by_key("dead")
        assert dead is not None
        tx.inbox.mark_dead(dead.id, HOSTILE)
        effects = [
            NewOutboxRow(f"{name}{HOSTILE}", HOSTILE, HOSTILE, {"home": HOSTILE}, now, rows[1][0]) for name in "ab"
        ]
        tx.outbox.add(effects, now)
        tx.outbox.dead(effects[0].id, HOSTILE)
        tx.outbox.postpone(effects[1].id, "todo", now - timedelta(seconds=1), HOSTILE)
        tx.marks.set(DRIFT, {"findings": 1, "first": [HOSTILE]}, now)
        for part in PARTS:
            failed(tx, part, HOSTILE, now)

    store.write(write)


def name_everything(desk: SpawnedDesk) -> None:
    """What people can name in the stand-in account, named by somebody hostile: what is ours and what is theirs."""
    account = desk.zendesk.account
    for rows in (
        account.triggers,
        account.automations,
        account.macros,
        account.views,
        account.groups,
        account.forms,
    ):
        for row in rows.values():
            for name in ("description", "display_name"):
                if name in row:
                    row[name] = HOSTILE
    for user in account.users.values():
        user.name = HOSTILE
    first = next(iter(account.triggers.values()))
    closing = {"field": "status", "value": "solved"}
    for number, rows in ((1, account.triggers), (2, account.automations), (3, account.macros)):
        rows[number] = {
            **first, "id": number, "active": True,
            "title": f"{number} {HOSTILE}", "raw_title": f"{number} {HOSTILE}",
            "conditions": {"all": [{"field": "status", "operator": "is", "value": "hold"}], "any": []},
            "actions": [closing, {"field": "set_tags", "value": HOSTILE}],
        }  # fmt: skip


class _Hostile(BaseHTTPRequestHandler):
    """Mints tokens, and refuses everything else in hostile words."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        minting = "token" in self.path or "authorization" in self.path
        told = {"access_token": "x", "token_type": "bearer", "expires_in": 3600, "scope": "read write"}
        refused = {
            "error": {"title": HOSTILE, "message": HOSTILE}, "description": HOSTILE, "message": HOSTILE,
            "details": {HOSTILE: [{"description": HOSTILE, "error": HOSTILE}]}, "meta": {"status": HOSTILE},
        }  # fmt: skip
        text = json.dumps(told if minting else refused).encode()
        self.send_response(200 if minting else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def hostile_vendor() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hostile)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Screen:
    """A terminal of 100 columns, by the name that it can be opened with; `text` is what came to it."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.name = os.ttyname(self._slave)
        self._got = bytearray()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):
            while got := os.read(self._master, 65536):
                self._got += got

    @property
    def text(self) -> str:
        return self._got.decode("utf-8", "replace")

    def close(self) -> str:
        os.close(self._slave)
        self._reader.join()
        os.close(self._master)
        return self.text


def settings_of(desk: SpawnedDesk, **others: str) -> Mapping[str, str]:
    return {**desk.environment(), "NO_COLOR": "1", "TERM": "xterm", **others}
