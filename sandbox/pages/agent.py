"""The agents' pages: the tickets, and one ticket with its conversation, its fields and its case."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation, workspace
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.visits import ActionRefused, PageContext, Visit, place, said

AGENT = "Ada Agent"


def routes(house: PageContext) -> list[Route]:
    return [
        place(house, "/agent", tickets),
        place(house, "/agent/tickets/{id:int}", ticket, {"update": update}),
    ]


def tickets(house: PageContext, visit: Visit, error: str) -> Response:
    cases = {row["ticket_id"]: row for row in house.desk.cases()}
    rows = [{**row, "case": cases.get(str(row["id"]))} for row in conversation.tickets(house)]
    going = [row for row in rows if not row["ended"]]
    ended = [row for row in rows if row["ended"]]
    return render(
        house, visit, "agent_list.html", title="Tickets", view="agent", error=error, going=going, ended=ended
    )


def ticket(house: PageContext, visit: Visit, error: str) -> Response:
    ticket_id = int(visit.args["id"])
    row = conversation.ticket(house, ticket_id, deleted=True)
    found = house.desk.case_of(str(ticket_id))
    return render(
        house,
        visit,
        "agent_ticket.html",
        title=f"#{ticket_id} {row['subject']}",
        view="agent",
        error=error,
        subject=PageSubject(ticket_id, row["assignment_id"]),
        ticket=row,
        comments=conversation.comments(house, ticket_id, notes=True),
        conversations=house.sandbox.zendesk.conversations(ticket_id),
        case=found["case"] if found else None,
        form=workspace.form(house, ticket_id, visit, AGENT),
        agent=AGENT,
    )


def update(house: PageContext, visit: Visit) -> str:
    """Submit as an agent: only what was changed on the page is sent, so that an old page reverts nothing."""
    ticket_id = int(visit.args["id"])
    wanted: dict[str, Any] = workspace.changes(house, visit)
    if not wanted:
        raise ActionRefused("Nothing was changed yet: write a comment, or change a status, a field or a tag.")
    house.sandbox.zendesk.people.agent_update(ticket_id, AGENT, **wanted)
    return said(f"{visit.path}#latest", "update")
