"""Each kind of call that the running desk makes, tried once and harmlessly: may it be made?

Reads are really made. A write is tried where it can't change anything: an update that asks for nothing, under a
stamp that no ticket has, which Zendesk answers with 409 after it has looked at scopes and role; or of the ticket 0,
which is never there. Making a ticket can't be tried so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from connector.errors import Conflict, ConnectorError, Misconfigured, Permanent
from connector.zendesk.access.channel import Calls

NOBODY: Final = "0"
"""The id of no ticket and of no user."""
LONG_AGO: Final = "2000-01-01T00:00:00Z"
EXPORT: Final = "GET incremental/tickets/cursor"
UNTRIED: Final = ("POST tickets", "POST uploads")
"""What would change something."""

Right = Literal["allowed", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Tried:
    """How a kind of call went; `said` is the reason of a refusal, or why nothing is known."""

    call: str
    right: Right
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Trial:
    call: str
    path: str
    asked: Mapping[str, object] = field(default_factory=dict)


def try_reads(calls: Calls, ticket_id: str, macro_id: int | None, now: datetime) -> Iterator[Tried]:
    """Make each kind of read once; `ticket_id` is one of ours, or NOBODY where there is none yet."""
    ticket = f"tickets/{ticket_id}"
    since = int((now - timedelta(minutes=2)).timestamp())
    for trial in (
        _Trial("GET tickets", "tickets", {"per_page": 1, "sort_by": "updated_at", "sort_order": "desc"}),
        _Trial("GET tickets/{id}", ticket),
        _Trial("GET tickets/show_many", "tickets/show_many", {"ids": ticket_id}),
        _Trial("GET tickets/{id}/audits", f"{ticket}/audits", {"page[size]": 1}),
        _Trial("GET tickets/{id}/side_conversations", f"{ticket}/side_conversations", {"page[size]": 1}),
        _Trial("GET tickets/{id}/macros/{id}/apply", f"{ticket}/macros/{macro_id or NOBODY}/apply"),
        _Trial("GET attachments/{id}", f"attachments/{NOBODY}"),
        _Trial("GET users/search", "users/search", {"query": "email:nobody@example.invalid"}),
        _Trial("GET users/show_many", "users/show_many", {"ids": NOBODY}),
        _Trial(EXPORT, "incremental/tickets/cursor", {"start_time": since, "per_page": 1}),
    ):
        yield _read(calls, trial)


def try_writes(calls: Calls, ticket_id: str) -> Iterator[Tried]:
    """Ask for what changes nothing; `ticket_id` is an open one of ours, or NOBODY where there is none yet."""
    nothing = {"ticket": {"safe_update": True, "updated_stamp": LONG_AGO}}
    yield _written(calls, "PUT tickets/{id}", "PUT", f"tickets/{ticket_id}", nothing)
    where = f"tickets/{NOBODY}/side_conversations"
    yield _written(calls, "POST tickets/{id}/side_conversations", "POST", where, {})
    yield _written(calls, "DELETE uploads/{id}", "DELETE", f"uploads/{NOBODY}", {})


def _read(calls: Calls, trial: _Trial) -> Tried:
    try:
        calls.get(trial.path, **trial.asked)
    except ConnectorError as error:
        return _judged(trial.call, error)
    return Tried(trial.call, "allowed")


def _written(calls: Calls, call: str, method: str, path: str, body: Mapping[str, object]) -> Tried:
    try:
        calls.send(method, path, body)
    except Conflict:
        return Tried(call, "allowed")
    except ConnectorError as error:
        return _judged(call, error)
    return Tried(call, "allowed")


def _judged(call: str, error: ConnectorError) -> Tried:
    """Whatever is said of the record or of the body comes after scopes and role were looked at."""
    if isinstance(error, Misconfigured) or (isinstance(error, Permanent) and error.code == "forbidden"):
        return Tried(call, "refused", error.reason)
    if isinstance(error, Permanent):
        return Tried(call, "allowed")
    return Tried(call, "unknown", error.reason)
