"""The clock on every page: forward by a span, or to the next deadline of any case."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from sandbox.pages.rendering import render
from sandbox.pages.visits import ActionRefused, PageContext, Visit, local, said

SPANS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def move(context: PageContext, visit: Visit) -> str:
    """POST /clock with `by`: hour, day, week or deadline. Back to where the visitor was."""
    back, by = local(visit.get("back", "/")), visit.get("by")
    with context.moving:
        since = context.desk.now().isoformat()
        if by == "deadline":
            moved = context.desk.to_next_deadline()
            return said(back, "moved", since) if moved else said(back, "no_deadline")
        if by not in SPANS:
            raise ActionRefused("The clock moves by an hour, a day, a week, or to the next deadline.")
        context.desk.move(SPANS[by])
    return said(back, "moved", since)


def page(context: PageContext, visit: Visit, error: str) -> Response:
    """There is nothing to see at /clock itself."""
    if not error:
        return RedirectResponse("/", status_code=303)
    return render(context, visit, "trouble.html", title="The clock stayed where it was", view="none", error=error)
