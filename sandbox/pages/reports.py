"""The reports that a team lead reads: which there are, and each as the desk makes it, to print."""

from __future__ import annotations

from typing import Final, NamedTuple

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.pages.desk_view import ReportKind
from sandbox.pages.rendering import render
from sandbox.pages.visits import Page, PageContext, Visit, place

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
"""What a report may load: it carries its own look, and has no script."""


class Choice(NamedTuple):
    """A report as the list names it, by the end of its address. `last`: of the one that is over."""

    key: str
    kind: ReportKind
    last: bool
    name: str
    about: str


CHOICES: Final = (
    Choice("this-week", "week", False, "This week so far", "From Monday until the moment on the clock above."),
    Choice("last-week", "week", True, "Last week", "What a team lead finds on Monday morning."),
    Choice("this-month", "month", False, "This month so far", "From the 1st until the moment on the clock above."),
    Choice("last-month", "month", True, "Last month", "The whole month before."),
)


def routes(context: PageContext) -> list[Route]:
    """None where the desk runs elsewhere: its cases are not seen from here."""
    if context.desk.elsewhere:
        return []
    return [
        place(context, "/reports", listed),
        *(place(context, f"/reports/{one.key}", _shows(one)) for one in CHOICES),
    ]


def listed(context: PageContext, visit: Visit, error: str) -> Response:
    """GET /reports: which there are."""
    cases = bool(context.desk.cases())
    return render(
        context, visit, "reports.html", title="Reports", view="reports", error=error, choices=CHOICES, cases=cases
    )


def _shows(choice: Choice) -> Page:
    def show(context: PageContext, visit: Visit, error: str) -> Response:  # noqa: ARG001  one signature for all pages
        made = context.desk.report(choice.kind, last=choice.last)
        return HTMLResponse(made, headers={"Content-Security-Policy": POLICY})

    return show
