"""Routes of users, groups, and requests as end users see them."""

from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import requests_of
from sandbox.zendesk.records.errors import bad_request, invalid, not_found
from sandbox.zendesk.records.records import Json, User
from sandbox.zendesk.records.views_of import request_json
from sandbox.zendesk.routes.context import RouteContext, agent, by_id, caller, touched
from sandbox.zendesk.routes.paging import page


def me(desk: RouteContext, request: ApiRequest) -> ApiReply:
    if not isinstance(request.user, User):
        # An anonymous caller is told so, and not refused.
        return ApiReply(200, {"user": {"id": None, "name": "Anonymous user", "role": "end-user", "email": None}})
    return ApiReply(200, {"user": {**request.user.json(desk.account.base), "authenticity_token": "sandbox"}})


BRAND = 360000009000


def list_users(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = list(desk.account.users.values())
    roles = [request.query[key] for key in ("role", "role[]") if key in request.query]
    if roles:
        rows = [row for row in rows if row.role in roles]
    return ApiReply(200, page(desk.account, request, "users", [row.json(desk.account.base) for row in rows]))


def show_user(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"user": _user(desk, request.args[0]).json(desk.account.base)})


def show_many_users(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    ids = [int(part) for part in request.query.get("ids", "").split(",") if part.isdigit()]
    rows = [desk.account.users[user_id].json(desk.account.base) for user_id in ids if user_id in desk.account.users]
    return ApiReply(200, page(desk.account, request, "users", rows))


def list_brands(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Every account has one brand at least."""
    agent(request)
    return ApiReply(
        200, page(desk.account, request, "brands", [{"id": BRAND, "name": "WorkMarket", "active": True}])
    )


def show_many_organizations(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The stand-in's people belong to none."""
    agent(request)
    return ApiReply(200, page(desk.account, request, "organizations", []))


def search_users(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    words = request.query.get("query", "").casefold().replace('"', "")
    for prefix in ("email:", "user:"):
        words = words.removeprefix(prefix)
    rows = [
        row.json(desk.account.base)
        for row in desk.account.users.values()
        if words and (words in (row.email or "").casefold() or words in row.name.casefold())
    ]
    return ApiReply(200, page(desk.account, request, "users", rows))


def create_user(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("user")
    if given.get("email") and desk.account.user_by_email(given["email"]):
        raise invalid("email", f"Email: {given['email']} is already being used by another user", "DuplicateValue")
    return ApiReply(201, {"user": _new_user(desk, given).json(desk.account.base)})


def create_or_update_user(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("user")
    known = desk.account.user_by_email(given["email"]) if given.get("email") else None
    if known is None and given.get("external_id"):
        known = next((row for row in desk.account.users.values() if row.external_id == given["external_id"]), None)
    if known is None:
        return ApiReply(201, {"user": _new_user(desk, given).json(desk.account.base)})
    _write(desk, known, given)
    return ApiReply(200, {"user": known.json(desk.account.base)})


def change_user(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    user = _user(desk, request.args[0])
    _write(desk, user, request.json("user"))
    return ApiReply(200, {"user": user.json(desk.account.base)})


def _user(desk: RouteContext, given: str) -> User:
    found = desk.account.users.get(int(given)) if given.isdigit() else None
    if found is None:
        raise not_found()
    return found


def _new_user(desk: RouteContext, given: Json) -> User:
    if not given.get("name"):
        raise invalid("name", "Name: is too short (minimum one character)", "BlankValue")
    user = desk.account.add_user(given["name"], given.get("email"), given.get("role") or "end-user")
    _write(desk, user, given)
    return user


def _write(desk: RouteContext, user: User, given: Json) -> None:
    for name in ("name", "role", "external_id", "phone", "default_group_id"):
        if given.get(name) is not None:
            setattr(user, name, given[name])
    for name in ("verified", "suspended"):
        if name in given:
            setattr(user, name, bool(given[name]))
    if given.get("email") and given["email"] != user.email:
        desk.account.rename_email(user, given["email"])
    user.updated_at = desk.account.clock()


def list_groups_of(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Those that an agent is in: https://developer.zendesk.com/api-reference/ticketing/groups/groups/#list-groups"""
    agent(request)
    user = _user(desk, request.args[0])
    ids = {user.default_group_id, *user.group_ids} if user.is_agent else set()
    rows = [one for group_id, one in desk.account.groups.items() if group_id in ids]
    return ApiReply(200, page(desk.account, request, "groups", rows))


def list_groups(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, page(desk.account, request, "groups", list(desk.account.groups.values())))


def show_group(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"group": by_id(desk.account.groups, request.args[0])})


def create_group(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("group")
    if not given.get("name"):
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    group_id = desk.account.next_id()
    group: Json = {
        "id": group_id,
        "url": desk.account.url(f"groups/{group_id}"),
        "name": given["name"],
        "description": given.get("description") or "",
        "default": False,
        "deleted": False,
        "is_public": True,
        **desk.account.stamps(),
    }
    desk.account.groups[group_id] = group
    return ApiReply(201, {"group": group})


def change_group(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    group, given = by_id(desk.account.groups, request.args[0]), request.json("group")
    if not given.get("name", group["name"]):
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    group.update({key: given[key] for key in ("name", "description") if key in given})
    return ApiReply(200, {"group": touched(desk, group)})


def delete_group(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The default group stays."""
    agent(request)
    group = by_id(desk.account.groups, request.args[0])
    if group["default"]:
        raise invalid("base", "The default group can't be deleted", "InvalidValue")
    del desk.account.groups[group["id"]]
    return ApiReply(204)


def create_request(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Anonymous with a requester, or as an end user; only what the portal shows may be filled in."""
    ticket = requests_of.submit(desk.engine, request.json("request"), request.user)
    return ApiReply(201, {"request": request_json(desk.account, ticket)})


def show_request(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = caller(request)
    ticket = desk.engine.ticket(request.args[0])
    if not user.is_agent and ticket.requester_id != user.id:
        raise not_found()
    return ApiReply(200, {"request": request_json(desk.account, ticket)})


def change_request(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The requester comments, or marks the request as solved."""
    user = caller(request)
    ticket = desk.engine.ticket(request.args[0])
    if ticket.requester_id != user.id:
        raise not_found()
    given = request.json("request")
    wanted: Json = {}
    if given.get("comment"):
        wanted["comment"] = given["comment"]
    if given.get("solved"):
        if ticket.assignee_id is None:
            raise invalid("base", "Assignee: is required when solving a ticket", "RequiredValue")
        wanted["status"] = "solved"
    if not wanted:
        raise bad_request("InvalidRequest", "A request takes a comment or solved")
    update = requests_of.answer(desk.engine, ticket, wanted, user)
    return ApiReply(200, {"request": request_json(desk.account, update.ticket)})


def list_requests(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = caller(request)
    rows: list[Any] = [
        request_json(desk.account, row)
        for row in desk.account.tickets.values()
        if row.deleted_at is None and row.requester_id == user.id
    ]
    return ApiReply(200, page(desk.account, request, "requests", rows))


ROUTES: list[Route[RouteContext]] = [
    ("GET", "users", list_users),
    ("POST", "users", create_user),
    ("GET", "users/me", me),
    ("GET", "users/search", search_users),
    ("GET", "users/show_many", show_many_users),
    ("POST", "users/create_or_update", create_or_update_user),
    ("GET", "users/*", show_user),
    ("PUT", "users/*", change_user),
    ("GET", "brands", list_brands),
    ("GET", "organizations/show_many", show_many_organizations),
    ("GET", "users/*/groups", list_groups_of),
    ("GET", "groups", list_groups),
    ("POST", "groups", create_group),
    ("GET", "groups/*", show_group),
    ("PUT", "groups/*", change_group),
    ("DELETE", "groups/*", delete_group),
    ("GET", "requests", list_requests),
    ("POST", "requests", create_request),
    ("GET", "requests/*", show_request),
    ("PUT", "requests/*", change_request),
]
