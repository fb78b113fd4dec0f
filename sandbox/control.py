"""A small door for benchmarks that run the sandbox in a process of its own: makes things and counts."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.server import Sandbox
from sandbox.shared.service_app import Receive, Scope, Send

PREFIX = "_sandbox"
_MOMENTS = ("scheduled_start", "scheduled_end", "payment_due", "paid", "checked_out", "created")


class Control:
    """`POST /_sandbox/{assignments,requests,messages,replies}`, arguments as JSON; `GET /_sandbox/{state,calls}`.

    `POST /_sandbox/losing {"text": …}`: webhooks whose body holds this get lost from now on.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._actions: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("POST", "assignments"): self._assignment,
            ("POST", "requests"): lambda given: {"ticket_id": sandbox.zendesk.people.submit_request(**given)},
            ("POST", "messages"): lambda given: sandbox.workmarket.message(**given),
            ("POST", "replies"): lambda given: {"ticket_id": sandbox.zendesk.people.reply(**given)},
            ("POST", "losing"): lambda given: self._lose(given["text"].encode()),
            ("GET", "state"): lambda _: self._state(),
            ("GET", "calls"): lambda _: [
                {"method": call.method, "path": call.path, "at": call.at.isoformat()} for call in sandbox.calls
            ],
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = b""
        while True:
            message = await receive()
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        status, body = self._do(scope["method"], scope["path"].rsplit("/", 1)[-1], raw)
        payload = json.dumps(body).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(payload)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": payload})

    def _do(self, method: str, what: str, raw: bytes) -> tuple[int, Any]:
        action = self._actions.get((method, what))
        if action is None:
            return 404, {"error": f"There is no {method} /{PREFIX}/{what}."}
        try:
            return 200, action(json.loads(raw) if raw else {})
        except (TypeError, ValueError, LookupError) as error:
            return 422, {"error": str(error)}

    def _assignment(self, given: dict[str, Any]) -> dict[str, str]:
        for name in _MOMENTS:
            if given.get(name):
                given[name] = datetime.fromisoformat(given[name])
        return {"id": self._sandbox.workmarket.add_assignment(**given)}

    def _lose(self, text: bytes) -> dict[str, bool]:
        self._sandbox.zendesk.webhook_policy = lambda sent: "drop" if text in sent.body else "deliver"
        return {"done": True}

    def _state(self) -> dict[str, Any]:
        zendesk, workmarket = self._sandbox.zendesk, self._sandbox.workmarket
        with zendesk.lock:
            audits = sum(len(ticket.audits) for ticket in zendesk.account.tickets.values())
            comments = sum(len(ticket.comments) for ticket in zendesk.account.tickets.values())
            tickets = len(zendesk.account.tickets)
        with workmarket.lock:
            notes = sum(len(found.notes) for found in workmarket.assignments.values())
        return {
            "tickets": tickets,
            "audits": audits,
            "comments": comments,
            "assignments": len(workmarket.assignments),
            "notes": notes,
            "webhooks_waiting": len(self._sandbox.outgoing.queue),
            "webhooks_sent": self._sandbox.outgoing.sent,
            "calls": dict(self._sandbox.log.counts),
            "unexpected": len(self._sandbox.unexpected),
        }
