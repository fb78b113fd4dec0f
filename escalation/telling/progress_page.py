"""A case on the page that its requester may open: their view of it, in words, and how long that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.values import EndedBy
from escalation.policies.policy import Policy
from escalation.policies.readers import Reader, requester_of
from escalation.policies.texts import Texts
from escalation.telling.requesters_view import requester_view
from escalation.telling.shapes import RequesterView
from escalation.telling.stored import StoredCase
from escalation.telling.turns import state_since

WORDS: Final = (
    *("now", "asked", "next", "next_nothing", "done", "done_nothing", "check", "files", "can", "can_reply"),
    *("can_solve", "reply", "settled", "settled_does", "written", "written_does"),
    *("pressed_settled", "pressed_written", "ended", "private"),
)
"""The texts of the page that nothing is put into."""
BY_REPLY: Final = ("can_solve", "pressed_settled")
"""Those of them that speak of solving, which have another text while nobody is assigned."""
ELSEWHERE: Final = ("nothing", "later", "foreign", "not_read")
"""What the address of a page answers otherwise; each has its reason in a second text."""
AT_ONCE: Final = frozenset({EndedBy.MERGED, EndedBy.DELETED})
"""Ends with which a page ends too: the ticket is gone, or is now another one, which others may read."""


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """All that the page says. `moved` has, by the moment before, what is said of a deadline that was moved."""

    case_id: str
    view: RequesterView
    title: Public
    about: Public | None
    turn: Public
    read: Public
    until: Public | None
    checked: Public | None
    moved: Mapping[str, Public]
    words: Mapping[str, Public]
    language: str
    direction: str


def ends(stored: StoredCase, policy: Policy) -> datetime | None:
    """When the page of a case ends, or ended; None while the case is open."""
    case = stored.case
    if not case.ended:
        return None
    ended = state_since(case, stored.journal) or stored.changed_at or case.submitted
    return ended if case.ended_by in AT_ONCE else ended + timedelta(days=policy.progress_link_days)


def progress_page(stored: StoredCase, now: datetime, policy: Policy) -> ProgressPage | None:
    """Return the page of a case; None where its time is over. Pure; `policy` is the one that it began with."""
    until = ends(stored, policy)
    if until is not None and until <= now:
        return None
    view, reader = requester_view(stored, now, policy), requester_of(stored.case, policy)
    about = reader.text("page.assignment", assignment_id=view.assignment_id) if view.assignment_id else None
    return ProgressPage(
        stored.case.id,
        view,
        reader.text("page.title", ticket_id=view.ticket_id),
        about,
        reader.text("page.turn_paused" if _set_aside(stored.case, view) else f"page.turn_{view.whose_turn}"),
        reader.text("page.read", date=now),
        reader.text("page.until", date=until) if until else None,
        _checked(stored, view, reader),
        {move.from_said: _moved(move.from_said, reader) for one in view.deadlines for move in one.moved},
        _words(reader, assigned=stored.case.assigned),
        reader.texts.language,
        reader.texts.locale.direction,
    )


def page_elsewhere(texts: Texts, which: str) -> tuple[Public, Public]:
    """What is said where the address of a page leads to none, and why."""
    return texts.public(f"page.{which}"), texts.public(f"page.{which}_why")


def _checked(stored: StoredCase, view: RequesterView, reader: Reader) -> Public | None:
    """When that was checked which they were told of."""
    verdict = stored.case.judgement.verdict
    return reader.text("page.checked", date=verdict.at) if verdict and view.checked_at else None


def _set_aside(case: Case, view: RequesterView) -> bool:
    """Whether nobody is waited for: what was asked of the requester can be answered in a pause, too."""
    return bool(case.paused) and not case.ended and view.whose_turn != "requester"


def _words(reader: Reader, *, assigned: bool) -> dict[str, Public]:
    """Zendesk lets requesters solve what a person is assigned to; before that only a reply tells."""
    said = {name: reader.text(f"page.{name}") for name in WORDS}
    if not assigned:
        said |= {name: reader.text(f"page.{name}_by_reply") for name in BY_REPLY}
    return said


def _moved(said: str, reader: Reader) -> Public:
    return reader.text("page.moved", date=said)
