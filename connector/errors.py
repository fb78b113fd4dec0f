"""Errors that answer "again?" themselves, and the one function that makes them from an answer or its absence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from connector.calls import ServiceName, called
from connector.text import excerpt
from escalation.model.files import size_label

FileCode = Literal["no_file", "too_large", "infected", "unscanned"]
Code = Literal["closed", "gone", "invisible", "invalid", "forbidden", "suspended", "missing", "required"] | FileCode

LONGEST_WAIT: Final = 900.0
"""Seconds: no Retry-After is honoured beyond a quarter of an hour, whatever it says."""


class ConnectorError(Exception):
    """The root of what the connectors raise; no vendor's exception leaves them.

    `retry_after`: the seconds that the other side asked to be left alone; `service`: who did, None where nobody was
    asked.
    """

    service: ServiceName | None = None

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after

    def leave_out(self, word: str) -> None:
        """Take a word out of what is said, which a service may have quoted."""
        self.reason = self.reason.replace(word, "…") if word else self.reason
        self.args = (self.reason,)


class Transient(ConnectorError):
    """Surely not applied, or a read that failed: try again, after `retry_after` seconds where it is known."""

    def __init__(self, reason: str, retry_after: float | None = None, *, slow: bool = False) -> None:
        super().__init__(reason, retry_after)
        self.slow = slow


class Limited(Transient):
    """Too many calls. `alone`: only this kind of call, the account's own limit is not used up."""

    def __init__(self, reason: str, retry_after: float | None = None, *, alone: bool = False) -> None:
        super().__init__(reason, retry_after)
        self.alone = alone


class Misconfigured(Transient):
    """The other side refuses us as such (credentials, address, account): waits until a person mends it."""


class ScopeLacks(Misconfigured):
    """Our token has none of the scopes that would do: waits until a person allows one."""


class Unclear(ConnectorError):
    """A write whose outcome is not known: read back before anything is sent again."""


class Conflict(ConnectorError):
    """The record changed meanwhile, or the key is known already: read again."""


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """One thing that a refusal is about: a key of its `details`, and a ticket field's id and type where told.

    Its words are in the language of our user, and a recorded refusal had the keys translated as well.
    """

    key: str
    field_id: int | None = None
    field_type: str = ""


class Permanent(ConnectorError):
    """It will never be done as asked. `named`: what the refusal is about; `lacking`: titles of required fields."""

    def __init__(
        self, code: Code, reason: str, named: tuple[RefusedPart, ...] = (), lacking: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.code: Code = code
        self.named = named
        self.lacking = lacking


def no_file() -> Permanent:
    """What is raised of a file that is gone."""
    return Permanent("no_file", "The file is not there any more.")


def too_large(largest: int) -> Permanent:
    """What is raised of a file of more than so many bytes."""
    return Permanent("too_large", f"It is larger than {size_label(largest)}.")


class UnreadableAnswer(Exception):
    """An answer of success that cannot be believed; stays inside the connector."""


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What came back: header names in lower case, `body` the parsed JSON (None where there was none to parse)."""

    status: int
    headers: Mapping[str, str]
    body: object = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """No answer came back. `sent` is false only where nothing can have reached the other side."""

    detail: str
    sent: bool
    slow: bool = False


def judge(
    outcome: ApiAnswer | Trouble, service: ServiceName, *, is_write: bool, now: datetime, minted_by: str = ""
) -> ConnectorError | None:
    """The error an outcome amounts to, or None where it is a readable success. `minted_by` names the settings that
    a token is asked for with, where the outcome came from where the service gives tokens."""
    who = called(service) + ("'s token endpoint" if minted_by else "")
    error = _judged(outcome, who, is_write, now, minted_by or f"the credentials for {who}")
    if error is not None:
        error.service = service
    return error


def _judged(
    outcome: ApiAnswer | Trouble, who: str, is_write: bool, now: datetime, known_by: str
) -> ConnectorError | None:
    if isinstance(outcome, Trouble):
        if is_write and outcome.sent:
            return Unclear(f"{who} did not answer ({outcome.detail}), so it is not known whether it was applied.")
        return Transient(f"{who} could not be reached ({outcome.detail}).", slow=outcome.slow)
    if 200 <= outcome.status < 300:
        if not outcome.problem:
            return None
        reason = f"{who} answered {outcome.status} with something unreadable ({outcome.problem})."
        return Unclear(reason) if is_write else Transient(reason)
    return _refusal(outcome, who, is_write, retry_after(outcome.headers.get("retry-after"), now), known_by)


def _refusal(answer: ApiAnswer, who: str, is_write: bool, wait: float | None, known_by: str) -> ConnectorError:
    said = sentence_of(answer.body)
    reason = f"{who} answered {answer.status}" + (f": {said.rstrip('.')}." if said else ".")
    status = answer.status
    if status == 429:
        return Limited(reason, wait, alone=_something_left(answer.headers))
    if status == 401:
        return Misconfigured(f"{reason} Check {known_by}.", wait)
    if 300 <= status < 400:
        return Misconfigured(f"{who} answered with a redirect ({status}); check its address.", wait)
    if status >= 500 or status < 300 or status == 408:
        return Unclear(reason, wait) if is_write else Transient(reason, wait)
    if status == 409 or _is_known_key(answer.body):
        return Conflict(reason) if is_write else Transient(reason, wait)
    if not isinstance(answer.body, dict):
        # A proxy or a wall in between says 403 or 404 too, but not in the API's words: not to be believed.
        return Transient(f"{who} answered {status} in words that are not its API's.", wait)
    return Permanent(_code(status, answer.body), reason, named_in(answer.body))


def _something_left(headers: Mapping[str, str]) -> bool:
    """Whether the account may still call, so that a limit of this one endpoint was met."""
    left = headers.get("x-rate-limit-remaining", "").strip()
    return left.isascii() and left.isdigit() and int(left[:9]) > 0


def _code(status: int, body: Mapping[str, object]) -> Code:
    """By the status alone: what a 422 is about, only reading the record tells."""
    if status in (404, 410):
        return "missing" if body.get("error") == "InvalidEndpoint" else "gone"
    return "forbidden" if status in (402, 403) else "invalid"


def named_in(body: Mapping[str, object]) -> tuple[RefusedPart, ...]:
    """What a refusal's `details` are about, in their order."""
    details = body.get("details")
    found: list[RefusedPart] = []
    for key, rows in list(details.items())[:20] if isinstance(details, dict) else ():
        for row in rows[:20] if isinstance(rows, list) else ():
            told = row if isinstance(row, dict) else {}
            field_id, kind = told.get("ticket_field_id"), told.get("ticket_field_type")
            known = field_id if isinstance(field_id, int) and not isinstance(field_id, bool) else None
            found.append(RefusedPart(str(key), known, kind if isinstance(kind, str) else ""))
    return tuple(found)


def _is_known_key(body: object) -> bool:
    return isinstance(body, dict) and body.get("error") == "IdempotentRequestError"


def sentence_of(body: object) -> str:
    """The words of an error body, in whichever of the shapes Zendesk and WorkMarket use, cut to one short line."""
    found: list[str] = []
    _collect(body, found, 0)
    return excerpt(" · ".join(dict.fromkeys(found)), 300)


_TELLING: Final = ("error", "title", "description", "message", "details", "errors", "meta")


def _collect(part: object, found: list[str], depth: int) -> None:
    if len(found) >= 6 or depth > 6:
        return
    if isinstance(part, str):
        if part.strip():
            found.append(part.strip())
    elif isinstance(part, list):
        for item in part[:6]:
            _collect(item, found, depth + 1)
    elif isinstance(part, dict):
        inside_details = depth > 0 and not any(key in part for key in _TELLING)
        for key, value in list(part.items())[:20]:
            if inside_details or key in _TELLING:
                _collect(value, found, depth + 1)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from seconds, a fraction or an HTTP date, at most LONGEST_WAIT; else None."""
    if value is None or not value.strip() or len(value) > 100:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).timestamp() - now.timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
