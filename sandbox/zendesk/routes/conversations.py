"""Routes of side conversations."""

from datetime import datetime
from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import conversations
from sandbox.zendesk.records.records import Conversation, Json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import page


def _body(request: ApiRequest) -> Json:
    return request.body if isinstance(request.body, dict) else {}


def _shown(request: ApiRequest, found: list[Conversation]) -> Json:
    """`include=events` adds the events beside the conversations."""
    if "events" not in request.query.get("include", "").split(","):
        return {}
    return {"events": [event for row in found for event in row.events]}


def create(desk: RouteContext, request: ApiRequest) -> ApiReply:
    found = conversations.start(desk.engine, request.args[0], _body(request), agent(request))
    return ApiReply(201, {"side_conversation": found.json(desk.account.base)})


def list_all(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    found = conversations.of_ticket(desk.engine, request.args[0])
    body = page(desk.account, request, "side_conversations", [row.json(desk.account.base) for row in found])
    ids = {row["id"] for row in body["side_conversations"]}
    return ApiReply(200, {**body, **_shown(request, [row for row in found if row.id in ids])})


def show(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    found = conversations.find(desk.engine, *request.args)
    return ApiReply(200, {"side_conversation": found.json(desk.account.base), **_shown(request, [found])})


def change(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    found = conversations.find(desk.engine, *request.args)
    conversations.change(desk.engine, found, request.json("side_conversation"), user)
    return ApiReply(200, {"side_conversation": found.json(desk.account.base)})


def reply(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    found = conversations.find(desk.engine, *request.args)
    conversations.reply(desk.engine, found, _body(request), user)
    return ApiReply(201, {"side_conversation": found.json(desk.account.base)})


def events(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    found = conversations.find(desk.engine, *request.args)
    return ApiReply(200, page(desk.account, request, "events", list(found.events)))


def all_events(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Events of every ticket, oldest first; `start_time` in Unix seconds."""
    agent(request)
    rows: list[Any] = [event for row in desk.account.conversations.values() for event in row.events]
    start = request.query.get("start_time", "")
    if start.isdigit():
        rows = [row for row in rows if datetime.fromisoformat(row["created_at"]).timestamp() >= int(start)]
    rows.sort(key=lambda row: str(row["created_at"]))
    return ApiReply(200, page(desk.account, request, "events", rows))


ROUTES: list[Route[RouteContext]] = [
    ("GET", "tickets/side_conversations/events", all_events),
    ("GET", "tickets/*/side_conversations", list_all),
    ("POST", "tickets/*/side_conversations", create),
    ("GET", "tickets/*/side_conversations/*", show),
    ("PUT", "tickets/*/side_conversations/*", change),
    ("POST", "tickets/*/side_conversations/*/reply", reply),
    ("GET", "tickets/*/side_conversations/*/events", events),
]
