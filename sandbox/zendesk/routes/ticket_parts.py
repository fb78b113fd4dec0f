"""Routes of what belongs to a ticket: audits, comments, tags, and what a macro would do to it."""

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import macros, withdrawing
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.fields import clean_tags
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import link, page


def audits(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    body = page(desk.account, request, "audits", _in_order(desk.engine.ticket(request.args[0]).audits, request))
    if "meta" in body:
        # Both shapes of a cursor are documented for audits.
        after, before = body["meta"]["after_cursor"], body["meta"]["before_cursor"]
        body["after_cursor"], body["before_cursor"] = after, before
        body["after_url"] = link(desk.account, request, **{"page[after]": after}) if after else None
        body["before_url"] = link(desk.account, request, **{"page[before]": before}) if before else None
    _users(desk, request, body, [row["author_id"] for row in body["audits"]])
    return ApiReply(200, body)


def audit(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    for row in desk.engine.ticket(request.args[0]).audits:
        if str(row["id"]) == request.args[1]:
            return ApiReply(200, {"audit": row})
    raise not_found()


def comments(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = _in_order(desk.engine.ticket(request.args[0]).comments, request)
    body = page(desk.account, request, "comments", rows)
    _users(desk, request, body, [row["author_id"] for row in body["comments"]])
    return ApiReply(200, body)


def _in_order(rows: list[Json], request: ApiRequest) -> list[Json]:
    """By moment, and of one second by id: what a recorded cursor of this list says."""
    newest_first = request.query.get("sort") == "-created_at" or request.query.get("sort_order") == "desc"
    return sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=newest_first)


def make_private(desk: RouteContext, request: ApiRequest) -> ApiReply:
    withdrawing.make_internal(desk.engine, request.args[0], request.args[1], agent(request))
    return ApiReply(204)


def redact(desk: RouteContext, request: ApiRequest) -> ApiReply:
    words = str((request.body or {}).get("text") or "")
    ticket_id, comment_id = request.args[:2]
    return ApiReply(200, {"comment": withdrawing.redact(desk.engine, ticket_id, comment_id, words, agent(request))})


def _users(desk: RouteContext, request: ApiRequest, body: Json, ids: list[int]) -> None:
    if "users" in request.query.get("include", "").split(","):
        users = desk.account.users
        body["users"] = [users[user_id].json(desk.account.base) for user_id in dict.fromkeys(ids)]


def tags(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"tags": list(desk.engine.ticket(request.args[0]).tags)})


def set_tags(desk: RouteContext, request: ApiRequest) -> ApiReply:
    return ApiReply(201, _with_tags(desk, request, "tags"))


def add_tags(desk: RouteContext, request: ApiRequest) -> ApiReply:
    return ApiReply(200, _with_tags(desk, request, "additional_tags"))


def remove_tags(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _with_tags(desk, request, "remove_tags")
    return ApiReply(204)


def _with_tags(desk: RouteContext, request: ApiRequest, how: str) -> Json:
    given = request.body if isinstance(request.body, dict) else {}
    wanted: Json = {how: clean_tags(given.get("tags"))}
    # A safe update is possible here too; a caller may write the flag as text.
    if str(given.get("safe_update", "")).lower() == "true":
        wanted |= {"safe_update": True, "updated_stamp": given.get("updated_stamp")}
    update = desk.engine.update(request.args[0], wanted, agent(request))
    return {"tags": list(update.ticket.tags)}


def after_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    ticket = desk.engine.ticket(request.args[0])
    macro = macros.find(desk.account, request.args[1])
    return ApiReply(200, {"result": {"ticket": macros.ticket_after(desk.account, macro, ticket, user)}})


ROUTES: list[Route[RouteContext]] = [
    ("GET", "tickets/*/audits", audits),
    ("GET", "tickets/*/audits/*", audit),
    ("GET", "tickets/*/comments", comments),
    ("PUT", "tickets/*/comments/*/make_private", make_private),
    ("PUT", "tickets/*/comments/*/redact", redact),
    ("GET", "tickets/*/tags", tags),
    ("POST", "tickets/*/tags", set_tags),
    ("PUT", "tickets/*/tags", add_tags),
    ("DELETE", "tickets/*/tags", remove_tags),
    ("GET", "tickets/*/macros/*/apply", after_macro),
]
