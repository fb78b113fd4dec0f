"""The agents' pages: the tickets, and one ticket with its conversation, its fields and its case."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation, workspace
from sandbox.pages.attaching import faults_in_files, files_again, given_files, ticket_files
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.sidebar_host import apps_beside
from sandbox.pages.visits import ActionRefused, PageContext, Visit, place, refuse, said

AGENT = "Ada Agent"


def routes(context: PageContext) -> list[Route]:
    return [
        place(context, "/agent", tickets),
        place(context, "/agent/tickets/{id:int}", ticket, {"update": update}),
    ]


def tickets(context: PageContext, visit: Visit, error: str) -> Response:
    cases = {row["ticket_id"]: row for row in context.desk.cases()}
    rows = [{**row, "case": cases.get(str(row["id"]))} for row in conversation.tickets(context)]
    going = [row for row in rows if not row["ended"]]
    ended = [row for row in rows if row["ended"]]
    return render(
        context, visit, "agent_list.html", title="Tickets", view="agent", error=error, going=going, ended=ended
    )


def ticket(context: PageContext, visit: Visit, error: str) -> Response:
    ticket_id = int(visit.args["id"])
    row = conversation.ticket(context, ticket_id, deleted=True)
    found = context.desk.case_of(str(ticket_id))
    return render(
        context,
        visit,
        "agent_ticket.html",
        title=f"#{ticket_id} {row['subject']}",
        view="agent",
        error=error,
        subject=PageSubject(ticket_id, row["assignment_id"]),
        ticket=row,
        comments=conversation.comments(context, ticket_id, notes=True),
        conversations=context.sandbox.zendesk.conversations(ticket_id),
        case=found["case"] if found else None,
        apps=apps_beside(context),
        form=workspace.form(context, ticket_id, visit, AGENT),
        files=ticket_files(context, ticket_id),
        again=visit.all("again"),
        agent=AGENT,
        down=context.sandbox.workmarket.companies_down(),
        waits_for=_company_down(context, row["assignment_id"]),
    )


def _company_down(context: PageContext, assignment_id: str) -> str:
    """The client company of the assignment where WorkMarket fails for it just now; else empty."""
    market = context.sandbox.workmarket
    with market.lock:
        found = market.assignments.get(assignment_id)
    return found.company if found is not None and found.company in market.companies_down() else ""


def update(context: PageContext, visit: Visit) -> str:
    """Submit as an agent: only what was changed on the page is sent, so that an old page reverts nothing."""
    ticket_id = int(visit.args["id"])
    wanted: dict[str, Any] = workspace.changes(context, visit)
    refuse(faults_in_files(visit))
    files = given_files(visit, files_again(context, ticket_id, visit))
    if files and "comment" not in wanted:
        refuse({"comment": "A file goes with a comment: please write a word about it."})
    if not wanted:
        raise ActionRefused("Nothing was changed yet: write a comment, or change a status, a field or a tag.")
    context.sandbox.zendesk.people.agent_update(ticket_id, AGENT, files=files, **wanted)
    return said(f"{visit.path}#latest", "update")
