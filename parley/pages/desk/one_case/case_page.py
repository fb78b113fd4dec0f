"""The page of one case, at its ticket's number or its id; all of its journal and rows stand on pages behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from parley.case_view.case_reading import CaseViews, DamagedCase
from parley.health.damaged import damaged_case
from parley.pages.desk.one_case.case_shown import (
    GENEROUS,
    IN_A_LIST,
    MOST_BYTES,
    OUTCOMES,
    TIGHT,
    PageLength,
    case_shown,
    in_words,
    part_of,
)
from parley.pages.desk.one_case.line_of_time import line_of_time
from parley.pages.desk.visit import DeskPage, DeskVisit

NO_CASE: Final = "There is no case of that ticket. The list of cases shows those there are."
STYLES: Final = ("case.css",)
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,40}")
_LISTS: Final = ("journal", "rows")


@dataclass(frozen=True, slots=True)
class OneCasePage:
    """`account` is the address of the Zendesk account; moments are told in a `zone`."""

    views: CaseViews
    account: str
    zone: str

    def pages(self) -> list[DeskPage]:
        """The row of the desk's table."""
        return [DeskPage("/cases/{ticket_id}", self.show)]

    def show(self, visit: DeskVisit) -> Response:
        """The case, or all of a list of it."""
        name, whole = visit.args["ticket_id"], next((one for one in _LISTS if visit.asked(one) == "all"), "")
        try:
            view = self._view(name, everything=bool(whole))
        except DamagedCase as damaged:
            sentence = damaged_case(damaged.row).sentence()
            return visit.page("desk_trouble.html", title="A damaged case", sentence=sentence)
        if view is None:
            return visit.nothing_here(NO_CASE)
        return self._whole(visit, view, whole) if whole else self._case(visit, view)

    def _case(self, visit: DeskVisit, view: dict[str, Any]) -> Response:
        answer = self._made(visit, view, GENEROUS)
        return answer if len(answer.body) <= MOST_BYTES else self._made(visit, view, TIGHT)

    def _made(self, visit: DeskVisit, view: dict[str, Any], length: PageLength) -> Response:
        when = in_words(self.zone)
        return visit.page(
            "desk_case.html",
            title=_title(view),
            styles=STYLES,
            live=True,
            case=case_shown(view, length),
            line=line_of_time(view, when, length.text),
            when=when,
            outcomes=OUTCOMES,
            ticket_url=f"{self.account}/agent/tickets/{view['ticket_id']}" if view["ticket_id"] else "",
        )

    def _whole(self, visit: DeskVisit, view: dict[str, Any], which: str) -> Response:
        answer = self._listed(visit, view, which, IN_A_LIST[0])
        return answer if len(answer.body) <= MOST_BYTES else self._listed(visit, view, which, IN_A_LIST[1])

    def _listed(self, visit: DeskVisit, view: dict[str, Any], which: str, longest: int) -> Response:
        things = view["journal"][::-1] if which == "journal" else view["rows"]
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
