"""Which cases a person asks for: one table of what a list may be narrowed by, for commands and pages alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from escalation.model.tiers import TIERS
from escalation.model.values import State
from store import CaseFilter, CasePage, CaseRow, Store
from sync.shared.names import case_id_of, row_ids_of

OPEN, ENDED, EVERY = "open", "ended", "all"
LONGEST: Final = 200
PAGE: Final = 200
_CASE: Final = re.compile(r"[Cc]-[0-9A-Za-z]{6,20}")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{4}")


class NotKnown(Exception):
    """A list can't be narrowed so; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to choose from: the languages and the client companies of the policy; None: any will do."""

    languages: Sequence[str] | None = None
    companies: Sequence[str] | None = None


Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A way to narrow a list. `choices` are the values with their words, none where it is a text of any kind.

    `read` gives the fields of a CaseFilter for a value; it raises NotKnown.
    """

    name: str
    label: str
    choices: Callable[[Known], Choices]
    read: Callable[[str, Known, datetime], Mapping[str, Any]]


DUE: Final[Mapping[str, tuple[str, timedelta]]] = {
    "overdue": ("Overdue", timedelta(0)),
    "day": ("Within a day", timedelta(days=1)),
    "three-days": ("Within three days", timedelta(days=3)),
    "week": ("Within a week", timedelta(days=7)),
}
"""What is due next, by when; what is overdue is due within any of them."""
UNDATED: Final = "none"


def _state(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001 -- one signature for all
    if value in (OPEN, ENDED):
        return {"open": value == OPEN}
    if value == EVERY:
        return {}
    if value not in set(State):
        raise NotKnown(f"No case is ever “{_shown(value)}”.")
    return {"state": value}


def _tier(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    if value not in {str(tier.number) for tier in TIERS}:
        raise NotKnown(f"There is no tier “{_shown(value)}”.")
    return {"tier": int(value)}


def _due(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    if value == UNDATED:
        return {"undated": True}
    if value not in DUE:
        raise NotKnown(f"“{_shown(value)}” is none of the times that a case can be due by.")
    return {"due_until": now + DUE[value][1]}


def _company(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    if known.companies is not None and value not in known.companies:
        raise NotKnown(f"No client company is called “{_shown(value)}” here.")
    return {"company": value}


def _language(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    if known.languages is not None and value not in known.languages:
        raise NotKnown(f"The desk writes nothing in a language “{_shown(value)}”.")
    return {"language": value}


def _named(value: str, known: Known, now: datetime) -> Mapping[str, Any]:  # noqa: ARG001
    """A ticket's, assignment's or user's number, a case's id or reference, or an e-mail address."""
    wanted = value.removeprefix("#")
    if "@" in wanted:
        return {"requester_email": wanted.lower()}
    if is_case_id(wanted):
        return {"ids": (wanted.upper(),)}
    number = {"number": wanted} if _NUMBER.fullmatch(wanted) else {}
    if _REFERENCE.fullmatch(wanted):
        return {"ids": tuple(case_id_of(row) for row in row_ids_of(wanted.upper()) if row), **number}
    if not number:
        raise NotKnown(
            f"“{_shown(value)}” can't be looked for. Cases are found by the number of a ticket, an assignment or a "
            "Zendesk user, by an e-mail address, by the four signs of a reference, or by their id."
        )
    return number


def _shown(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:40]}…"


def is_case_id(name: str) -> bool:
    """Whether this is a case's id, in capital letters or small ones."""
    return _CASE.fullmatch(name) is not None


def in_words(name: str) -> str:
    """A state as people read it."""
    return name.replace("_", " ").capitalize()


STATES: Final[Choices] = (
    (OPEN, "Open"),
    (ENDED, "Ended"),
    (EVERY, "Open and ended"),
    *((state.value, in_words(state.value)) for state in State),
)
NARROWINGS: Final = (
    Narrowing("state", "State", lambda _: STATES, _state),
    Narrowing("tier", "Tier", lambda _: [(str(t.number), f"Tier {t.number}") for t in TIERS], _tier),
    Narrowing(
        "due", "Due", lambda _: [*((key, words) for key, (words, _) in DUE.items()), (UNDATED, "Nothing due")], _due
    ),
    Narrowing("company", "Company", lambda known: [(one, one) for one in known.companies or ()], _company),
    Narrowing("language", "Language", lambda known: [(one, one) for one in known.languages or ()], _language),
    Narrowing("search", "Search", lambda _: (), _named),
)
"""In the order in which a page asks."""


@dataclass(frozen=True, slots=True)
class ChosenCases:
    """What was chosen: the filter, the values that it was made of, and a sentence for each that means nothing."""

    filter: CaseFilter
    given: Mapping[str, str]
    problems: tuple[str, ...] = ()


def chosen_cases(given: Mapping[str, str], known: Known, now: datetime, **more: Any) -> ChosenCases:
    """What values by the names of NARROWINGS choose: the open cases, unless a state or a search says otherwise.

    A value that means nothing is left out, and told in `problems`. `more` are fields of a CaseFilter.
    """
    made, taken, problems = dict(more), {}, []
    for one in NARROWINGS:
        value = given.get(one.name, "").strip()[:LONGEST]
        if not value:
            continue
        try:
            made.update(one.read(value, known, now))
            taken[one.name] = value
        except NotKnown as error:
            problems.append(f"{error} So the list is not narrowed by it.")
    if not {"state", "search"} & taken.keys():
        made.setdefault("open", True)
    return ChosenCases(CaseFilter(**made), taken, tuple(problems))


def page_of_cases(
    store: Store, which: CaseFilter, limit: int, after: str | None = None, *, before: str | None = None
) -> CasePage:
    """So many cases behind the one of an id or before it, the oldest first, and how many there are. Raises
    StoreUnavailable."""
    return store.read(lambda tx: tx.case_lists.page(which, limit, after, before=before))


def every_case(store: Store, which: CaseFilter, after: str | None = None) -> Iterator[CaseRow]:
    """All of them, read page by page."""
    while page := page_of_cases(store, which, PAGE, after).cases:
        yield from page
        after = page[-1].id


def count_of_cases(store: Store, which: CaseFilter) -> int:
    """How many there are."""
    return store.read(lambda tx: tx.case_lists.count(which))
