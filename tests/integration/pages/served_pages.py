"""The pages on a real port over real stand-ins, with a small desk that can be told what to show."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from types import MappingProxyType
from typing import Any

import httpx
import uvicorn
from starlette.types import ASGIApp

from config.texts import load_texts
from config.zendesk import load_account
from config.zendesk_specs import AccountSpec
from parley.demo import whole_demo
from sandbox import MovableClock, Sandbox
from sandbox.pages import CaseView, DoneByDesk, ListedCase, ReportKind
from sandbox.pages.form_reading import GivenFile
from sandbox.zendesk.records.account import add_field, add_form, add_status
from tests.patience import PATIENCE_S
from tests.unencrypted import UNENCRYPTED


@dataclass
class FakeDesk:
    """A desk that decides nothing: it has the cases that a test puts in, and moves the clock."""

    clock: MovableClock
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: list[timedelta] = field(default_factory=list)
    elsewhere: bool = False
    done: list[DoneByDesk] = field(default_factory=list)

    def case_of(self, ticket_id: str) -> CaseView | None:
        case = self.held.get(ticket_id)
        return {"case": case} if case else None

    def cases(self) -> list[ListedCase]:
        return [
            {
                "id": case["id"],
                "ticket_id": ticket_id,
                "state": case["state"],
                "next_deadline": min(case["deadlines"], key=lambda row: row["due"], default=None),
            }
            for ticket_id, case in self.held.items()
        ]

    def now(self) -> datetime:
        return self.clock()

    def move(self, delta: timedelta) -> None:
        self.moves.append(delta)
        self.clock.move(delta)

    def done_since(self, moment: datetime) -> list[DoneByDesk]:
        return [one for one in self.done if one["at"] >= moment]

    def report(self, kind: ReportKind, *, last: bool) -> str:
        return f"<p>A {kind}, {'the last' if last else 'this'}.</p>"

    def to_next_deadline(self) -> datetime | None:
        due = [datetime.fromisoformat(row["due"]) for case in self.held.values() for row in case["deadlines"]]
        ahead = [at for at in due if at > self.clock()]
        if not ahead:
            return None
        self.clock.set(min(ahead))
        return min(ahead)


def case(**changes: Any) -> dict[str, Any]:
    """A case in tier 1, as `parley case show --json` prints it."""
    shown: dict[str, Any] = {
        "id": "C-7Q2M",
        "ticket_id": "1",
        "assignment_id": "3104482017",
        "party": "worker",
        "requester": "501",
        "state": "tier_1",
        "tier": 1,
        "paused_until": None,
        "opened": "2026-03-02T15:00:00Z",
        "month_from": None,
        "checked_at": None,
        "changed_since": [],
        "held": [],
        "verdict": [
            {
                "rule": "contacted",
                "outcome": "pass",
                "fact": "The worker wrote on Fri 27 Feb 2026, 10:00 EST, after the issue arose.",
                "source": "the assignment's messages",
                "remedy": None,
                "earliest": None,
            }
        ],
        "deadlines": [
            {
                "kind": "next_update",
                "due": "2026-03-04T15:00:00Z",
                "why": "Due Wed 4 Mar 2026, 10:00 EST: 2 business days after Mon 2 Mar 2026, 10:00 EST.",
            }
        ],
        "files": [],
        "journal": [
            {"at": "2026-03-02T15:00:00Z", "actor": "Parley", "what": "Entered tier 1", "why": "It is eligible."}
        ],
    }
    return {**shown, **changes}


packaged_account = cache(load_account)
"""Can't be changed, so that it is read once."""


@cache
def requesters_texts() -> Mapping[str, str]:
    return MappingProxyType(load_texts()["requester"])


def set_up_account(sandbox: Sandbox) -> None:
    """What `parley zendesk apply` leaves behind, as far as people see it: form, fields, statuses, macros."""
    spec, account = packaged_account(), sandbox.zendesk.account
    fields = {row.key: add_field(account, _field(row)) for row in spec.fields}
    for row in spec.fields:
        if row.options:
            fields[row.key]["custom_field_options"] = [
                {"name": option.label, "value": option.tag} for option in row.options
            ]
    add_form(
        account,
        {
            "name": spec.form.name,
            "end_user_visible": True,
            "ticket_field_ids": [row["id"] for row in fields.values()],
        },
    )
    statuses = {
        row.key: add_status(
            account,
            row.category,
            row.agent_label,
            end_user_label=row.end_user_label,
            end_user_description=row.end_user_description,
        )
        for row in spec.statuses
    }
    _macros(sandbox, spec, fields, statuses)


def _field(row: Any) -> dict[str, Any]:
    return {
        "type": row.type,
        "title": row.title,
        "description": row.description,
        "agent_description": row.agent_description,
        "visible_in_portal": row.requester,
        "editable_in_portal": row.requester,
        "required_in_portal": row.required,
        "regexp_for_validation": row.regexp or None,
    }


def _macros(sandbox: Sandbox, spec: AccountSpec, fields: Mapping[str, Any], statuses: Mapping[str, Any]) -> None:
    account, texts = sandbox.zendesk.account, requesters_texts()
    for row in spec.macros:
        actions: list[dict[str, Any]] = []
        if row.comment:
            actions.append({"field": "comment_value", "value": texts[row.comment]})
            actions.append({"field": "comment_mode_is_public", "value": "true"})
        if row.status:
            actions.append({"field": "custom_status_id", "value": str(statuses[row.status]["id"])})
        if row.tier:
            actions.append({"field": f"custom_fields_{fields['tier']['id']}", "value": row.tier})
        if row.add_tags:
            actions.append({"field": "current_tags", "value": " ".join(row.add_tags)})
        macro_id = account.next_id()
        account.macros[macro_id] = {"id": macro_id, "title": row.name, "active": True, "actions": actions}


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def served_demo() -> Iterator[ServedPages]:
    """The whole demo as `parley demo` serves it, with the real desk, in this process."""
    listener = socket.create_server(("127.0.0.1", 0))
    with whole_demo(url_of(listener)) as demo:
        running = ServedPages(demo.site, listener).start()
        try:
            yield running
        finally:
            running.stop()


class ServedPages:
    """The pages, served; `get` and `post` speak to them as a browser without JavaScript does."""

    def __init__(self, site: ASGIApp, listener: socket.socket | None = None) -> None:
        self._socket = listener or socket.create_server(("127.0.0.1", 0))
        self.url = url_of(self._socket)
        config = uvicorn.Config(site, lifespan="off", log_config=None, ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self.http = httpx.Client(
            base_url=self.url, trust_env=False, follow_redirects=True, verify=UNENCRYPTED, timeout=PATIENCE_S
        )

    def start(self) -> ServedPages:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Begin to stop; the server closes its socket itself, and nobody waits for that."""
        self.http.close()
        self._server.should_exit = True

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.http.post(path, data=form)

    def submit(self, path: str, do: str, files: Iterable[GivenFile] = (), **typed: Any) -> httpx.Response:
        """Fill in the form of a page whose `do` is this, choose files, and send all else as it stands there."""
        chosen = [("files", one) for one in files]
        return self.http.post(path, data={**form_on(self.get(path).text, do), **typed}, files=chosen)


def form_on(page: str, do: str) -> dict[str, Any]:
    """The values that a browser would send for the form whose hidden field `do` is this."""
    form = next(text for text in re.findall(r"<form.*?</form>", page, re.S) if f'value="{do}"' in text)
    values: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given.get("type") == "file" or (given.get("type") in ("radio", "checkbox") and " checked" not in tag):
            continue
        values.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        values[name] = [unescape(chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        values[name] = [unescape(text)]
    return values
