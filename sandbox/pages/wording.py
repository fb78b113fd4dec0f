"""The pages' words: for moments and spans, for states, rules and outcomes, and for what went wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from escalation.explain import SAID
from escalation.language.status_words import status_in_words
from escalation.model.derivation import day_label, label
from escalation.model.values import State, Timer
from sandbox.zendesk.records.errors import ApiError

ZONE = "America/New_York"

CLIENT_COMPANIES = {"harbor": "Harbor Retail", "bluegate": "Bluegate Wireless"}
"""The demo's client companies, by the name that the stand-in knows them by."""

DONE = {
    "request": "Your request is in. The desk is looking at it now.",
    "reply": "Your reply was sent.",
    "solved": "You marked the request as solved.",
    "update": "The update was submitted.",
    "message": "The message is on the assignment.",
    "attached": "The message is on the assignment, and what you attached is among its files.",
    "escalated": "Your escalation was sent to the desk.",
    "mail": "The e-mail was sent.",
    "approve": "The assignment is approved.",
    "pay": "The assignment is paid.",
    "cancel": "The assignment is cancelled.",
    "send_back": "The assignment was sent back to the worker.",
    "complete": "The assignment was handed in.",
    "hide": "The integration can no longer see the assignment.",
    "show": "The integration can see the assignment again.",
    "company_down": "WorkMarket answers that company with an error from now on, and the others as before.",
    "company_up": "WorkMarket answers that company again.",
    "moved": "The clock was moved, and the desk has done what became due.",
    "no_deadline": "No open case is waiting for a moment. Submit a request first, or move the clock by hand.",
}

RULES = {
    "identity": "The requester is who they say",
    "recent": "Recent enough",
    "contacted": "The other side was contacted",
    "unanswered": "No answer already given",
    "violation": "No violation",
    "reason": "The reason holds",
}

OUTCOMES = {"pass": "Pass", "fail": "Fail", "not_yet": "Not yet", "unknown": "Unknown"}

FILE_STATES = {
    "on_way": "On its way",
    "done": "Arrived",
    "same": "Was there already",
    "refused": "Not sent",
    "unsent": "Waits for a person",
    "unsettled": "A person has to look",
}

CATEGORIES = {"new": "New", "open": "Open", "pending": "Pending", "hold": "On hold", "solved": "Solved"}


_STATES = re.compile(r"\b(?:" + "|".join(state.value for state in State) + r")\b")
_LONG_NOTE = 500
SETTLED = frozenset({"Solved", "Resolved"})
"""Statuses of the category Solved that say that all is well; the others are an end of another kind."""


def moment(at: datetime | str | int | None) -> datetime | None:
    """A moment from a datetime, RFC 3339 text or Unix seconds; None where there is none."""
    if isinstance(at, str):
        return datetime.fromisoformat(at) if at else None
    if isinstance(at, int):
        return datetime.fromtimestamp(at, UTC)
    return at


def when(at: datetime | str | int | None) -> str:
    """For example `Tue 24 Nov 2026, 15:00 EST`."""
    found = moment(at)
    return label(found, ZONE) if found else ""


def when_short(at: datetime | str | int | None) -> str:
    """For example `Tue 24 Nov, 15:00`."""
    found = moment(at)
    if found is None:
        return ""
    local = found.astimezone(ZoneInfo(ZONE))
    return f"{day_label(local)}, {local:%H:%M}"


def machine(at: datetime | str | int | None) -> str:
    """RFC 3339 in UTC, for the `datetime` attribute."""
    found = moment(at)
    return found.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if found else ""


def until(at: datetime | str | int | None, now: datetime) -> str:
    """For example `in 2 days 3 h`, `12 min ago` or `now`."""
    found = moment(at)
    if found is None:
        return ""
    text = span(abs(found - now))
    if text == "now":
        return text
    return f"in {text}" if found > now else f"{text} ago"


def span(length: timedelta) -> str:
    """A length in its two largest units."""
    minutes = int(length.total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} day{'s' if days != 1 else ''}" + (f" {hours} h" if hours else "")
    if hours:
        return f"{hours} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes} min" if minutes else "now"


def state(word: str) -> str:
    """A case's state in words."""
    return word.replace("_", " ").capitalize()


def told(text: str) -> str:
    """A line of the journal, with the names of states in words."""
    words = _STATES.sub(lambda found: found[0].replace("_", " "), text)
    return words[:1].upper() + words[1:]


def folded(text: str) -> tuple[str, str] | None:
    """The first paragraph of a long note and the rest of it; None for one that needs no folding."""
    first, _, rest = text.partition("\n\n")
    return (first, rest) if len(rest) > _LONG_NOTE and len(first) < _LONG_NOTE else None


def deadline(kind: str) -> str:
    """What happens at a deadline, as a phrase that begins a line."""
    try:
        text = SAID[Timer(kind)]
    except (KeyError, ValueError):
        text = kind.replace("_", " ")
    return text[:1].upper() + text[1:]


def client_company(key: str) -> str:
    return CLIENT_COMPANIES.get(key, key)


def assignment_status(word: str) -> str:
    words = status_in_words(word)
    return words[:1].upper() + words[1:]


def initials(name: str) -> str:
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def sentence_of(error: Exception) -> str:
    """What went wrong, for people: Zendesk's own words where the stand-in refused."""
    if isinstance(error, ApiError):
        return _refusal(error)
    if isinstance(error, KeyError) or not str(error):
        return "That is no longer there. Reload the page."
    return str(error)


def faults_of(error: Exception) -> dict[str, str]:
    """What Zendesk says of single fields of a ticket, by the names that the agents' form gives them."""
    body: Any = error.body if isinstance(error, ApiError) and isinstance(error.body, dict) else {}
    found: dict[str, str] = {}
    for key, rows in dict(body.get("details") or {}).items():
        for row in rows:
            number = str(row.get("ticket_field_id") or key)
            name = f"field-{number}" if number.isdigit() else "comment" if key == "comment" else "status"
            found[name] = f"{str(row['description']).rstrip('.')}."
    return found


def _refusal(error: ApiError) -> str:
    if error.status == 404:
        return "Zendesk does not have that any more. Reload the page."
    body: Any = error.body if isinstance(error.body, dict) else {}
    details = body.get("details")
    found = [row["description"] for rows in details.values() for row in rows] if isinstance(details, dict) else []
    text = "; ".join(found) or str(body.get("description") or f"answer {error.status}")
    return f"Zendesk did not accept this: {text.rstrip('.')}."
