"""Routes of tickets: create, show, update, delete, restore, spam, merge."""

from collections.abc import Callable

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import lifecycle
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json, Ticket
from sandbox.zendesk.records.update import TicketUpdate
from sandbox.zendesk.records.views_of import job_json, ticket_json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import page


def create(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    key = request.headers.get("idempotency-key")
    if key:
        known = desk.idempotency.lookup(key, request.raw, request.at)
        if known is not None:
            return known
    update = desk.engine.create(request.json("ticket"), user)
    reply = ApiReply(201, _changed(desk, update), {"Location": desk.account.url(f"tickets/{update.ticket.id}")})
    if key:
        desk.idempotency.keep(key, request.raw, request.at, reply)
    return reply


def change(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    desk.gate.count_update(user, request.args[0], request.at)
    return ApiReply(200, _changed(desk, desk.engine.update(request.args[0], request.json("ticket"), user)))


def _changed(desk: RouteContext, update: TicketUpdate) -> Json:
    """With the ticket's latest audit, which is an older one, whosever, where nothing changed."""
    return {"ticket": ticket_json(desk.account, update.ticket), "audit": update.ticket.audits[-1]}


def show(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    ticket = desk.engine.ticket(request.args[0])
    body: Json = {"ticket": ticket_json(desk.account, ticket)}
    _sideload(desk, request, body, [ticket])
    return ApiReply(200, body)


def _by_id(ticket: Ticket) -> tuple[object, int]:
    return 0, ticket.id


_ORDERS: dict[str, Callable[[Ticket], tuple[object, int]]] = {
    "created_at": lambda ticket: (ticket.created_at, ticket.id),
    "updated_at": lambda ticket: (ticket.updated_at, ticket.id),
}
"""Zendesk sorts by a dozen more: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#list-tickets"""


def list_all(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = [ticket for ticket in desk.account.tickets.values() if ticket.deleted_at is None]
    if "external_id" in request.query:
        rows = [ticket for ticket in rows if ticket.external_id == request.query["external_id"]]
    rows.sort(key=_ORDERS.get(request.query.get("sort_by", ""), _by_id))
    if request.query.get("sort_order") == "desc":
        rows.reverse()
    return ApiReply(200, _page(desk, request, rows))


def show_many(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    ids = [part.strip() for part in request.query.get("ids", "").split(",") if part.strip()]
    if len(ids) > 100:
        raise invalid("ids", "Ids: at most 100 at a time")
    rows = [desk.account.tickets.get(int(part)) for part in ids if part.isdigit()]
    return ApiReply(200, _page(desk, request, [row for row in rows if row is not None and row.deleted_at is None]))


def _page(desk: RouteContext, request: ApiRequest, rows: list[Ticket]) -> Json:
    """Only the page's rows are turned into JSON, so that a long list costs little."""
    body = page(desk.account, request, "tickets", [{"id": row.id, "row": row} for row in rows])
    chosen: list[Ticket] = [row["row"] for row in body["tickets"]]
    body["tickets"] = [ticket_json(desk.account, row) for row in chosen]
    _sideload(desk, request, body, chosen)
    return body


def _sideload(desk: RouteContext, request: ApiRequest, body: Json, tickets: list[Ticket]) -> None:
    wanted = request.query.get("include", "").split(",")
    if "users" in wanted:
        ids = dict.fromkeys(
            user_id for row in tickets for user_id in (row.requester_id, row.submitter_id, row.assignee_id)
        )
        users = desk.account.users
        body["users"] = [users[user_id].json(desk.account.base) for user_id in ids if user_id in users]
    if "comment_count" in wanted:
        for row, found in zip(tickets, body.get("tickets") or [body.get("ticket")], strict=True):
            found["comment_count"] = len(row.comments)


def delete(desk: RouteContext, request: ApiRequest) -> ApiReply:
    lifecycle.soft_delete(desk.engine, request.args[0], agent(request))
    return ApiReply(204)


def mark_as_spam(desk: RouteContext, request: ApiRequest) -> ApiReply:
    lifecycle.soft_delete(desk.engine, request.args[0], agent(request), spam=True)
    return ApiReply(200, "")


def merge(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The path names the target; `ids` are merged into it."""
    user = agent(request)
    given = request.body if isinstance(request.body, dict) else {}
    for source_id in given.get("ids") or []:
        lifecycle.merge(desk.engine, source_id, request.args[0], user, given)
    return ApiReply(200, job_json(desk.account, "merge"))


def deleted(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = [ticket for ticket in desk.account.tickets.values() if ticket.deleted_at is not None]
    found = [
        {
            "id": row.id,
            "subject": row.subject,
            "description": row.description,
            "actor": {"id": desk.account.admin.id, "name": desk.account.admin.name},
            "deleted_at": row.deleted_at.isoformat() if row.deleted_at else None,
            "previous_state": row.status,
        }
        for row in rows
    ]
    return ApiReply(200, page(desk.account, request, "deleted_tickets", found))


def restore(desk: RouteContext, request: ApiRequest) -> ApiReply:
    lifecycle.restore(desk.engine, request.args[0], agent(request))
    return ApiReply(200, "")


def delete_for_good(desk: RouteContext, request: ApiRequest) -> ApiReply:
    lifecycle.delete_for_good(desk.engine, request.args[0], agent(request))
    return ApiReply(200, job_json(desk.account, "delete"))


ROUTES: list[Route[RouteContext]] = [
    ("POST", "tickets", create),
    ("GET", "tickets", list_all),
    ("GET", "tickets/show_many", show_many),
    ("GET", "tickets/*", show),
    ("PUT", "tickets/*", change),
    ("DELETE", "tickets/*", delete),
    ("PUT", "tickets/*/mark_as_spam", mark_as_spam),
    ("POST", "tickets/*/merge", merge),
    ("GET", "deleted_tickets", deleted),
    ("PUT", "deleted_tickets/*/restore", restore),
    ("DELETE", "deleted_tickets/*", delete_for_good),
]
