"""Routes of macros."""

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import macros
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import page
from sandbox.zendesk.routes.rule_records import action_definitions, changed_record, new_record
from sandbox.zendesk.rules.actions import MACRO_ACTIONS, check_actions, is_public


def _listed(macro: Json) -> Json:
    """A macro as lists show it: recorded lists have the comment's mode as a boolean, single macros in words."""
    actions = [
        {**action, "value": is_public(action["value"])} if action["field"] == "comment_mode_is_public" else action
        for action in macro["actions"]
    ]
    return {**macro, "actions": actions}


def list_macros(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = list(desk.account.macros.values())
    if "active" in request.query:
        rows = [row for row in rows if row["active"] == (request.query["active"] == "true")]
    return ApiReply(200, page(desk.account, request, "macros", [_listed(row) for row in rows]))


def active_macros(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = [row for row in desk.account.macros.values() if row["active"]]
    return ApiReply(200, page(desk.account, request, "macros", [_listed(row) for row in rows]))


def show_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"macro": macros.find(desk.account, request.args[0])})


def create_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("macro")
    record = new_record(desk, "macros", given)
    record["actions"] = check_actions(desk.account, given.get("actions"), MACRO_ACTIONS)
    record["restriction"] = given.get("restriction")
    desk.account.macros[record["id"]] = record
    return ApiReply(201, {"macro": record})


def change_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    macro, given = macros.find(desk.account, request.args[0]), request.json("macro")
    if "actions" in given:
        macro["actions"] = check_actions(desk.account, given["actions"], MACRO_ACTIONS)
    return ApiReply(200, {"macro": changed_record(desk, macro, given, ("restriction",))})


def delete_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    del desk.account.macros[macros.find(desk.account, request.args[0])["id"]]
    return ApiReply(204)


def macro_definitions(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"definitions": {"actions": action_definitions(desk, MACRO_ACTIONS)}})


def macro_actions(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"actions": action_definitions(desk, MACRO_ACTIONS)})


def apply_macro(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    macro = macros.find(desk.account, request.args[0])
    return ApiReply(200, {"result": {"ticket": macros.changes_only(desk.account, macro, user)}})


ROUTES: list[Route[RouteContext]] = [
    ("GET", "macros", list_macros),
    ("GET", "macros/active", active_macros),
    ("GET", "macros/definitions", macro_definitions),
    ("GET", "macros/actions", macro_actions),
    ("POST", "macros", create_macro),
    ("GET", "macros/*", show_macro),
    ("PUT", "macros/*", change_macro),
    ("DELETE", "macros/*", delete_macro),
    ("GET", "macros/*/apply", apply_macro),
]
