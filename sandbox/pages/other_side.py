"""The other side's pages: assignments as both sides see them, with their messages and what can be done."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation
from sandbox.pages.attaching import assignment_files, faults_in_files, given_files
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.visits import ActionRefused, PageContext, Visit, faults_in_text, place, refuse, said
from sandbox.workmarket.records import Assignment, AssignmentNote
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.records import Json

# By status: what the client, or the worker, can do next.
STEPS = {
    "sent": ("cancel",),
    "active": ("complete", "cancel"),
    "inprogress": ("complete", "cancel"),
    "complete": ("approve", "send_back", "cancel"),
    "paymentPending": ("pay", "send_back"),
}
NAMES = {
    "approve": "Approve",
    "pay": "Pay",
    "send_back": "Send back",
    "cancel": "Cancel",
    "complete": "Hand in the work",
    "hide": "Hide from the integration",
    "show": "Show to the integration",
}


def routes(context: PageContext) -> list[Route]:
    return [
        place(context, "/other-side", assignments, {"company": switch}),
        place(context, "/other-side/{id}", assignment, {"message": message, "step": step}),
    ]


def assignments(context: PageContext, visit: Visit, error: str) -> Response:
    market = context.sandbox.workmarket
    tickets: dict[str, list[Json]] = {}
    for row in conversation.tickets(context):
        tickets.setdefault(row["assignment_id"], []).append(row)
    with market.lock:
        rows = [{**_head(found), "tickets": tickets.get(found.id, [])} for found in market.assignments.values()]
        companies = [
            {"name": one.name, "is_down": one.trouble is not None} for one in market.companies.values() if one.name
        ]
    rows.sort(key=lambda row: not row["tickets"])
    return render(
        context,
        visit,
        "assignments.html",
        title="Assignments",
        view="other",
        error=error,
        assignments=rows,
        companies=companies,
    )


def switch(context: PageContext, visit: Visit) -> str:
    """POST /other-side with `company` and `to`, down or up: WorkMarket fails for one client company, or no more."""
    market, to = context.sandbox.workmarket, visit.get("to")
    company = market.companies.get(visit.get("company"))
    if company is None or not company.name or to not in ("down", "up"):
        raise ActionRefused("There is no such company any more: reload the page.")
    with market.lock:
        (company.is_down if to == "down" else company.is_well)()
    return said(visit.path, f"company_{to}")


def _head(found: Assignment) -> Json:
    return {
        "id": found.id,
        "title": found.title,
        "status": found.status,
        "worker": found.worker.full if found.worker else "",
        "worker_email": found.worker.email if found.worker else "",
        "owner": found.owner.full,
        "support": found.support.full if found.support else "",
        "support_email": found.support.email if found.support else "",
        "company": found.company,
        "project": found.project_name,
        "price": found.price,
        "start": found.scheduled_start,
        "end": found.scheduled_end,
        "payment_due": found.payment_due,
        "paid": found.paid,
        "visible": found.visible,
        "description": found.description,
        "messages": len(found.notes),
        "last": f"{found.notes[-1].author}: {found.notes[-1].text}" if found.notes else "",
    }


def assignment(context: PageContext, visit: Visit, error: str) -> Response:
    market = context.sandbox.workmarket
    with market.lock:
        found = market.assignments.get(visit.args["id"])
        if found is None:
            raise not_found()
        head = _head(found)
        messages = [_message(found, note, market.api_user) for note in found.notes]
        history = [{"at": row["date"], "text": row["text"]} for row in found.history]
    tickets = conversation.tickets_about(context, found.id)
    return render(
        context,
        visit,
        "assignment.html",
        title=head["title"],
        view="other",
        error=error,
        subject=PageSubject(tickets[0]["id"] if tickets else None, found.id),
        assignment=head,
        messages=messages,
        files=assignment_files(context, found.id),
        history=history,
        tickets=tickets,
        steps=[(key, NAMES[key]) for key in STEPS.get(found.status, ())],
        hiding=("hide" if head["visible"] else "show", NAMES["hide" if head["visible"] else "show"]),
        author=visit.get("author", "owner"),
        text=visit.get("text") if error else "",
    )


def _message(found: Assignment, note: AssignmentNote, api_user: str) -> Json:
    sides = {api_user: "desk", found.owner.full: "client"}
    if found.support:
        sides[found.support.full] = "client"
    if found.worker:
        sides[found.worker.full] = "worker"
    at: datetime = note.at
    return {
        "at": at,
        "author": note.author,
        "side": sides.get(note.author, "unknown"),
        "text": note.text,
        "private": note.private,
    }


def message(context: PageContext, visit: Visit) -> str:
    text, author = visit.get("text").strip(), visit.get("author")
    faults = {**faults_in_text(visit, "text"), **faults_in_files(visit)}
    if author not in ("owner", "support", "worker"):
        faults["author"] = "Choose who writes: the worker, the owner or the support contact."
    refuse(faults)
    files = given_files(visit)
    market = context.sandbox.workmarket
    with market.lock:
        market.message(visit.args["id"], author, text)
        for name, content in files:
            market.attach(visit.args["id"], name, content)
    return said(f"{visit.path}#latest", "attached" if files else "message")


def step(context: PageContext, visit: Visit) -> str:
    market, wanted = context.sandbox.workmarket, visit.get("step")
    found = market.assignments.get(visit.args["id"])
    if found is None:
        raise LookupError("There is no such assignment any more.")
    if wanted not in ("hide", "show", *STEPS.get(found.status, ())):
        raise ActionRefused("The assignment has moved on since this page was made: look at what can be done now.")
    getattr(market, wanted)(found.id)
    return said(visit.path, wanted)
