"""The page of cases: a table of those that the address asks for, and the form by which one asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from starlette.responses import Response

from escalation.explain import moment
from escalation.model.case import Case
from escalation.model.kept_deadlines import kept_deadlines
from escalation.policies.policy import Policy
from escalation.telling.shapes import WhoseTurn
from escalation.telling.turns import whose_turn
from parley.pages.desk.places import ROOT
from parley.pages.desk.time_words import until
from parley.pages.desk.viewer import on_one_line, shown_name
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import COUNTED_CASES, CasePage, CaseRow, Store
from sync.operator.case_list import (
    LONGEST,
    NARROWINGS,
    ChosenCases,
    Known,
    chosen_cases,
    in_words,
    is_case_id,
    page_of_cases,
)
from sync.shared.codec import readable_case

PATH: Final = "/cases"
AT: Final = f"{ROOT}{PATH}"
A_PAGE: Final = 25
"""So many rows are under 40 KB with names as long as they may be."""
TURNS: Final[Mapping[WhoseTurn, str]] = {
    "requester": "The requester’s",
    "other_side": "The other side’s",
    "agents": "An agent’s",
    "desk": "The desk’s",
    "nobody": "Nobody’s",
}
DAMAGED: Final = "Can’t be read: parley doctor says more"
WRONG_PAGE: Final = "The address names no page of this list, so it begins at the beginning."
UNCHOSEN: Final = {"state": "Open; in a search any"}
"""What a filter that nobody has chosen stands for, where it is not “Any”."""


class Option(NamedTuple):
    """A value that a filter may have; `chosen`: it has it now."""

    value: str
    words: str
    chosen: bool


class Filter(NamedTuple):
    """A field of the form; without options it is a text."""

    name: str
    label: str
    value: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a row of the table. Where `in_zendesk` is empty there is no link."""

    number: str
    page: str
    in_zendesk: str
    person: str
    assignment: str
    state: str
    paused: bool
    turn: str
    due: str
    due_at: str
    due_in: str
    overdue: bool
    company: str
    language: str


@dataclass(frozen=True, slots=True)
class CasesPage:
    """`companies` are client companies' names by their keys, none where there is one only; `tickets_url` is where
    agents open a ticket, followed by its number."""

    store: Store
    policy: Policy
    now: Callable[[], datetime]
    companies: Mapping[str, str] = field(default_factory=dict)
    tickets_url: str = ""

    def row(self) -> DeskPage:
        """The page as a row of the desk's table."""
        return DeskPage(PATH, self.show, name="Cases", about="Every case: where it stands, and what is due next.")

    def show(self, visit: DeskVisit) -> Response:
        """Answer with the cases that the address asks for."""
        now = self.now()
        asked = {one.name: visit.asked(one.name) for one in NARROWINGS}
        chosen = chosen_cases(asked, Known(self.policy.languages, tuple(self.companies)), now)
        after, before = visit.asked("after").strip(), visit.asked("before").strip()
        found = page_of_cases(self.store, chosen.filter, A_PAGE, _case_id(after), before=_case_id(before))
        wrong = any(one and _case_id(one) is None for one in (after, before))
        return visit.page(
            "desk_cases.html",
            title="Cases",
            styles=("cases.css",),
            live=True,
            filters=[self._filter(one.name, chosen, asked) for one in NARROWINGS],
            problems=[*map(on_one_line, chosen.problems), *([WRONG_PAGE] if wrong else [])],
            lines=[self._line(row, now) for row in found.cases],
            said=_said(found),
            several=bool(self.companies),
            zone=self.policy.calendar.zone,
            first="" if found.begins else _address(chosen.given),
            previous="" if found.begins or not found.cases else _address(chosen.given, before=found.cases[0].id),
            following=_address(chosen.given, after=found.cases[-1].id) if found.of > len(found.cases) else "",
            narrowed=bool(chosen.given),
            sought=shown_name(chosen.given.get("search", ""), ""),
            filtered=bool(chosen.given.keys() - {"search"}),
            anew=AT,
            everywhere=_address({"search": chosen.given.get("search", "")}),
        )

    def _filter(self, name: str, chosen: ChosenCases, asked: Mapping[str, str]) -> Filter:
        (row,) = [one for one in NARROWINGS if one.name == name]
        value = chosen.given.get(name, "")
        choices = row.choices(Known(self.policy.languages, tuple(self.companies)))
        if not choices:
            return Filter(name, row.label, on_one_line(value or asked[name].strip()[:LONGEST]), ())
        words = [(key, self._company(key) if name == "company" else said) for key, said in choices]
        first = ("", UNCHOSEN.get(name, "Any"))
        return Filter(
            name, row.label, value, tuple(Option(key, said, key == value) for key, said in (first, *words))
        )

    def _company(self, key: str | None) -> str:
        return shown_name(self.companies.get(key or "", key or ""), key or "")

    def _line(self, row: CaseRow, now: datetime) -> CaseLine:
        case, ticket = readable_case(row.body), row.ticket_id or ""
        due = _next_due(case)
        return CaseLine(
            number=shown_name(f"#{ticket}" if ticket else row.id, ""),
            page=f"{AT}/{quote(ticket or row.id, safe='')}",
            in_zendesk=f"{self.tickets_url}/{quote(ticket, safe='')}" if ticket and self.tickets_url else "",
            person=_person(case),
            assignment=shown_name(row.assignment_id or "", ""),
            state=in_words(row.state),
            paused=case is not None and case.paused is not None,
            turn=TURNS[whose_turn(case)] if case else DAMAGED,
            due=self.policy.calendar.label(due) if due else "",
            due_at=moment(due) or "",
            due_in=until(due, now) if due else "",
            overdue=due is not None and due < now and not (case and case.paused),
            company=self._company(row.company),
            language=shown_name(row.language or "", ""),
        )


def _next_due(case: Case | None) -> datetime | None:
    return next((one.due for _, one in kept_deadlines(case)), None) if case else None


def _person(case: Case | None) -> str:
    return shown_name(case.requester.name or case.requester.email, "") if case else ""


def _case_id(name: str) -> str | None:
    return name.upper() if is_case_id(name) else None


def _address(given: Mapping[str, str], **place: str) -> str:
    """Of a page of the list; `place` is the case that it stands before or after."""
    asked = {name: value for name, value in (*given.items(), *place.items()) if value}
    return f"{AT}?{urlencode(asked)}" if asked else AT


def _said(found: CasePage) -> str:
    """How many there are, in a sentence; nothing where there are none."""
    here, many = len(found.cases), found.of > COUNTED_CASES
    number = f"more than {COUNTED_CASES:,}" if many else f"{found.of:,}"
    if not here:
        return ""
    if not found.begins:
        return f"{here} further {_cases(here)}{_behind(found.of - here, many=many)}."
    return (
        f"{number} {_cases(here)}."
        if found.of == here
        else f"The first {here} of {number} cases, the oldest first."
    )


def _behind(number: int, *, many: bool) -> str:
    said = f"more than {number - 1}" if many else f"{number}"
    return f", and {said} behind" if number else ""


def _cases(number: int) -> str:
    return "case" if number == 1 else "cases"
