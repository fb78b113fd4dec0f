"""The assignment's menu: the option Escalate, as the company that posted it finds it at the marketplace."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation
from sandbox.pages.help_center import form_fields
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.scenarios import SCENARIOS, person_named
from sandbox.pages.visits import PageContext, Visit, place, refuse, said
from sandbox.workmarket.records import Assignment
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.records import Json


def routes(context: PageContext) -> list[Route]:
    return [place(context, "/other-side/{id}/escalate", page, {"escalate": escalate})]


def page(context: PageContext, visit: Visit, error: str) -> Response:
    market = context.sandbox.workmarket
    with market.lock:
        found = market.assignments.get(visit.args["id"])
        if found is None:
            raise not_found()
        assignment = {"id": found.id, "title": found.title, "owner": found.owner.full, "email": _address(found)}
    tickets = conversation.tickets_about(context, found.id)
    return render(
        context,
        visit,
        "escalate.html",
        title="Escalate",
        view="other",
        error=error,
        subject=PageSubject(tickets[0]["id"] if tickets else None, found.id),
        assignment=assignment,
        form=form_fields(context),
        values=_values(visit, found.id),
    )


def _address(found: Assignment) -> str:
    """The owner's address. WorkMarket knows it and tells it to nobody, so the demo makes one up."""
    first, last = found.owner.first.lower(), found.owner.last.lower()
    return f"{first}.{last}@example.com"


def _values(visit: Visit, assignment_id: str) -> Json:
    """What was typed, else what fits the situation that a client has with the assignment, where there is one."""
    names = ("description", "kind_of_outcome", "outcome")
    if visit.form is not None:
        return {name: visit.get(name) for name in names}
    mine = (row for row in SCENARIOS if row.assignment_id == assignment_id)
    chosen = next((row for row in mine if person_named(row.person).party == "client"), None)
    return {name: getattr(chosen, name) if chosen else "" for name in names}


def escalate(context: PageContext, visit: Visit) -> str:
    market = context.sandbox.workmarket
    found = market.assignments.get(visit.args["id"])
    if found is None:
        raise LookupError("There is no such assignment any more.")
    details, outcome = visit.get("description").strip(), visit.get("outcome").strip()
    faults: dict[str, str] = {}
    if not details:
        faults["description"] = "Please say what happened."
    if not (outcome or visit.get("kind_of_outcome")):
        faults["outcome"] = "Please say which outcome you hope for: choose one above, or write it here."
    refuse(faults)
    market.escalate(
        found.id,
        found.owner.full,
        _address(found),
        details,
        kind_of_outcome=visit.get("kind_of_outcome"),
        anticipated_outcome=outcome,
        contact_attempts=["message"],
    )
    return said(f"/other-side/{found.id}", "escalated")
