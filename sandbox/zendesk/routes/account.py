"""Routes of the account itself: settings, search, and the incremental export of tickets."""

from datetime import UTC, datetime

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.errors import ApiError, bad_request, error_body
from sandbox.zendesk.records.fields import is_blank
from sandbox.zendesk.records.records import Json, Ticket
from sandbox.zendesk.records.views_of import ticket_json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import decode, encode, number, page

_EXPORT_SIZE = 1000
_SEARCHED = 1000


def settings(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    features = desk.account.features
    return ApiReply(
        200,
        {
            "settings": {
                "active_features": {
                    "on_hold_status": features.on_hold,
                    "ticket_forms": features.several_forms,
                    "dynamic_contents": features.dynamic_content,
                    "ticket_tagging": True,
                    "markdown": True,
                    "sandbox": True,
                },
                "localization": {"locale_ids": list(desk.account.locale_ids)},
                "side_conversations": {"email_channel": features.side_conversations},
                "tickets": {
                    "status_hold": features.on_hold,
                    "custom_statuses_enabled": features.custom_statuses,
                    "comments_public_by_default": True,
                    "assign_tickets_upon_solve": True,
                    "markdown_ticket_comments": True,
                },
                "ticket_form": {"ticket_forms_instructions": "", "raw_ticket_forms_instructions": ""},
            }
        },
    )


def export_tickets(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """GET incremental/tickets/cursor, by the moment of the last change, system updates included.

    Zendesk keeps back the last minute, so that nothing is passed over:
    https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/
    """
    agent(request)
    after = _start(desk, request)
    horizon = request.at - desk.export_lag
    rows = [
        (row.generated_at.timestamp(), row.id, row)
        for row in desk.account.tickets.values()
        if row.generated_at <= horizon
    ]
    rows = sorted((row for row in rows if (row[0], row[1]) > after), key=lambda row: row[:2])
    size = min(int(request.query.get("per_page") or _EXPORT_SIZE), _EXPORT_SIZE)
    chosen = rows[:size]
    last = (chosen[-1][0], chosen[-1][1]) if chosen else after
    cursor = encode(f"{last[0]:.6f}|{last[1]}")
    return ApiReply(
        200,
        {
            "tickets": [_exported(desk, row[2]) for row in chosen],
            "after_cursor": cursor,
            "after_url": f"{desk.account.base}{request.path}.json?cursor={cursor}",
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": len(rows) <= size,
        },
    )


def _exported(desk: RouteContext, ticket: Ticket) -> Json:
    shown = ticket_json(desk.account, ticket)
    return {**shown, "status": "deleted"} if ticket.deleted_at is not None else shown


def _start(desk: RouteContext, request: ApiRequest) -> tuple[float, int]:
    if "cursor" in request.query:
        moment, _, ticket_id = decode(request.query["cursor"]).partition("|")
        return float(moment), int(ticket_id)
    given = request.query.get("start_time", "")
    if not given.isdigit():
        raise bad_request("InvalidStartTime", "start_time is needed, in Unix seconds")
    if datetime.fromtimestamp(int(given), UTC) > request.at - desk.export_lag:
        text = "Too recent start_time. Use a start_time older than 60 seconds"
        raise ApiError(422, error_body("InvalidValue", text))
    return float(given) - 1e-6, 0


def search(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """A small part of the search language: `type:`, `external_id:`, `tags:`, `status:`, words of a subject.

    The index is some minutes behind, and no page goes beyond the first 1000 results:
    https://developer.zendesk.com/api-reference/ticketing/ticket-management/search/#results-limit
    """
    agent(request)
    if number(request, "page", 1) * min(number(request, "per_page", 100), 100) > _SEARCHED:
        raise ApiError(422, error_body("InsufficientResource", f"Only the first {_SEARCHED} results can be read."))
    horizon = request.at - desk.search_lag
    terms = request.query.get("query", "").split()
    rows = [
        {"result_type": "ticket", **ticket_json(desk.account, ticket)}
        for ticket in desk.account.tickets.values()
        if ticket.deleted_at is None
        and ticket.generated_at <= horizon
        and all(_hit(ticket, term) for term in terms)
    ]
    return ApiReply(200, {**page(desk.account, request, "results", rows), "facets": None})


def count_found(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """GET search/count, by the same small part of the search language."""
    return ApiReply(200, {"count": search(desk, request).body["count"]})


def _hit(ticket: Ticket, term: str) -> bool:
    name, colon, value = term.partition(":")
    value = value.strip('"')
    if not colon:
        return term.casefold() in ticket.subject.casefold()
    if name.startswith("custom_field_"):
        has = ticket.fields.get(int(name.removeprefix("custom_field_")))
        return not is_blank(has) if value == "*" else str(has) == value
    found = {
        "type": value == "ticket",
        "external_id": ticket.external_id == value,
        "tags": value in ticket.tags,
        "status": ticket.status == value,
        "form": str(ticket.form_id) == value,
    }
    return found.get(name, False)


ROUTES: list[Route[RouteContext]] = [
    ("GET", "account/settings", settings),
    ("GET", "incremental/tickets/cursor", export_tickets),
    ("GET", "search", search),
    ("GET", "search/count", count_found),
]
