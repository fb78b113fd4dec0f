"""The page of one case, at its ticket's number or its id: what stands there, and what is asked for there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from parley.case_view.case_reading import CaseViews, DamagedCase
from parley.health.damaged import damaged_case
from parley.pages.desk.one_case.case_forms import SAID, CaseForms, ask_by_form, forms_of
from parley.pages.desk.one_case.case_shown import (
    GENEROUS,
    IN_A_LIST,
    MOST_BYTES,
    OUTCOMES,
    TIGHT,
    PageLength,
    case_shown,
    in_words,
    lines_in_words,
    part_of,
    rows_in_order,
)
from parley.pages.desk.one_case.line_of_time import line_of_time
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import Store
from sync.operator.case_requests import NotAsked

NO_CASE: Final = "There is no case of that ticket. The list of cases shows those there are."
STYLES: Final = ("case.css",)
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
_LISTS: Final = ("journal", "rows")


@dataclass(frozen=True, slots=True)
class OneCasePage:
    """`tickets_url` is where agents open a ticket, followed by its number; moments are told and asked for in a
    `zone`."""

    views: CaseViews
    store: Store
    tickets_url: str
    zone: str

    def pages(self) -> list[DeskPage]:
        """The row of the desk's table."""
        return [DeskPage("/cases/{ticket_id}", self.show, self.act)]

    def show(self, visit: DeskVisit) -> Response:
        """The case, or all of a list of it."""
        if any(visit.asked(one) == "all" for one in _LISTS):
            return self._with_view(visit, self._whole, everything=True)
        return self._with_view(visit, self._case)

    def act(self, visit: DeskVisit) -> Response:
        """Ask what a form asks; where that can't be, the page again with the reason and what was typed."""
        return self._with_view(visit, self._asked)

    def _with_view(
        self, visit: DeskVisit, answer: Callable[[DeskVisit, dict[str, Any]], Response], *, everything: bool = False
    ) -> Response:
        try:
            view = self._view(visit.args["ticket_id"], everything=everything)
        except DamagedCase as damaged:
            sentence = damaged_case(damaged.row).sentence()
            return visit.page("desk_trouble.html", title="A damaged case", sentence=sentence)
        return visit.nothing_here(NO_CASE) if view is None else answer(visit, view)

    def _asked(self, visit: DeskVisit, view: dict[str, Any]) -> Response:
        try:
            does = ask_by_form(self.store, view, visit, self.zone)
        except NotAsked as refused:
            return self._case(visit, view, str(refused))
        except LookupError:
            return visit.nothing_here(NO_CASE)
        return visit.go(f"{visit.path}?asked={does}")

    def _case(self, visit: DeskVisit, view: dict[str, Any], refused: str = "") -> Response:
        forms = forms_of(view, self.zone, visit, refused)
        answer = self._made(visit, view, forms, GENEROUS)
        return answer if len(answer.body) <= MOST_BYTES else self._made(visit, view, forms, TIGHT)

    def _made(self, visit: DeskVisit, view: dict[str, Any], forms: CaseForms, length: PageLength) -> Response:
        when = in_words(self.zone)
        return visit.page(
            "desk_case.html",
            title=_title(view),
            status=400 if forms.refused else 200,
            styles=STYLES,
            live=not forms.refused,
            case=case_shown(view, length),
            line=line_of_time(view, when, length.text),
            when=when,
            outcomes=OUTCOMES,
            forms=forms,
            done="" if forms.refused else SAID.get(visit.asked("asked"), ""),
            ticket_url=f"{self.tickets_url}/{view['ticket_id']}" if view["ticket_id"] and self.tickets_url else "",
        )

    def _whole(self, visit: DeskVisit, view: dict[str, Any]) -> Response:
        answer = self._listed(visit, view, IN_A_LIST[0])
        return answer if len(answer.body) <= MOST_BYTES else self._listed(visit, view, IN_A_LIST[1])

    def _listed(self, visit: DeskVisit, view: dict[str, Any], longest: int) -> Response:
        which = "journal" if visit.asked("journal") == "all" else "rows"
        things = lines_in_words(view) if which == "journal" else rows_in_order(view)
        return visit.page(
            "desk_case_list.html",
            title=_title(view),
            styles=STYLES,
            which=which,
            part=part_of(things, visit.asked("page"), longest),
            when=in_words(self.zone),
        )

    def _view(self, name: str, *, everything: bool) -> dict[str, Any] | None:
        if not _NAME.fullmatch(name):
            return None
        if everything:
            return self.views.of_case(name, "operator")
        return self.views.of_ticket(name, "operator") or self.views.of_case(name, "operator")


def _title(view: dict[str, Any]) -> str:
    return f"Ticket {view['ticket_id']}" if view["ticket_id"] else f"Case {view['id']}"
