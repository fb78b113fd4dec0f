"""What an operator asks of a case on its page: read from the form that was sent, and asked as commands ask it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from escalation.model.values import Timer
from parley.pages.desk.viewer import on_one_line
from parley.pages.desk.visit import DeskVisit
from store import Store
from sync.operator.case_requests import NotAsked, ask_close, ask_pause, ask_resume

LONGEST_REASON: Final = 500
SAID: Final = {
    "resume": "The pause was asked to end.",
    "pause": "The pause was asked for.",
    "close": "The case was asked to be closed.",
}
"""What the page says once something was asked for; by the name of its button."""
_ONCE: Final = re.compile(r"[0-9a-f]{16}")


class CaseForms(NamedTuple):
    """The forms of a page. `once` makes what is sent twice one request; `typed` is what could not be asked, and
    stands in its form again, below the sentence that says why."""

    once: str
    zone: str
    may_resume: bool
    month_runs: bool
    typed: Mapping[str, str]
    refused: str = ""
    longest: int = LONGEST_REASON


def forms_of(view: Mapping[str, Any], zone: str, visit: DeskVisit, refused: str = "") -> CaseForms:
    """The forms of a case's page, as its visitor gets them."""
    typed = {name: visit.filled(name) for name in ("do", "reason", "until")}
    month = any(one["kind"] == Timer.MONTH_ENDS.value for one in view["deadlines"])
    return CaseForms(token_hex(8), zone, view["paused"] is not None, month, typed, refused)


def ask_by_form(store: Store, view: Mapping[str, Any], visit: DeskVisit, zone: str) -> str:
    """Ask what a form asks, and return the name of its button. Raises NotAsked, and LookupError where the case is
    not there any more."""
    does, reason = visit.filled("do"), on_one_line(visit.filled("reason"))
    case_id, actor, now = view["id"], visit.viewer.actor, store.now()
    once = visit.filled("once") if _ONCE.fullmatch(visit.filled("once")) else ""
    if does not in SAID:
        raise NotAsked("This page has no such button. Open it again and try there.")
    if not reason:
        raise NotAsked("Say why in a few words: the reason is written into the journal.")
    if len(reason) > LONGEST_REASON:
        raise NotAsked(f"A reason is at most {LONGEST_REASON} signs long: say it in fewer.")
    if does == "pause":
        ask_pause(store, case_id, _moment(visit.filled("until"), zone), reason, actor, now, once)
    elif does == "close":
        ask_close(store, case_id, actor, now, reason, once)
    elif view["paused"] is None and not view["ended"]:
        raise NotAsked("The case is not paused, so there is nothing to resume.")
    else:
        ask_resume(store, case_id, actor, now, reason, once)
    return does


def _moment(text: str, zone: str) -> datetime:
    """A moment as a browser's field gives it, by the clock of a zone."""
    try:
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotAsked("Say until when, as a date and a time: 2026-12-01 15:00.") from None
