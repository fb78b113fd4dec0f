"""Routes of automations and views. Automations run when the stand-in is told to; views are kept only."""

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.tongues import titled
from sandbox.zendesk.routes.context import RouteContext, agent, by_id
from sandbox.zendesk.routes.paging import page
from sandbox.zendesk.routes.rule_records import action_definitions, changed_record, new_record
from sandbox.zendesk.rules import timed as timed_rules
from sandbox.zendesk.rules.actions import TRIGGER_ACTIONS, check_actions


def list_automations(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, page(desk.account, request, "automations", list(desk.account.automations.values())))


def show_automation(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"automation": by_id(desk.account.automations, request.args[0])})


def create_automation(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("automation")
    record = new_record(desk, "automations", given)
    record["actions"] = check_actions(desk.account, given.get("actions"), TRIGGER_ACTIONS)
    record["conditions"] = timed_rules.check(desk.account, _conditions(given), actions=record["actions"])
    del record["description"]
    desk.account.automations[record["id"]] = record
    return ApiReply(201, {"automation": record})


def change_automation(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Conditions and actions are replaced as a whole, never merged."""
    agent(request)
    record, given = by_id(desk.account.automations, request.args[0]), request.json("automation")
    actions, conditions = record["actions"], record["conditions"]
    if "actions" in given:
        actions = check_actions(desk.account, given["actions"], TRIGGER_ACTIONS)
    if "conditions" in given or "all" in given:
        conditions = _conditions(given)
    record["conditions"] = timed_rules.check(desk.account, conditions, actions=actions)
    record["actions"] = actions
    return ApiReply(200, {"automation": changed_record(desk, record, given)})


def delete_automation(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    del desk.account.automations[by_id(desk.account.automations, request.args[0])["id"]]
    return ApiReply(204)


def _conditions(given: Json) -> Json:
    return given.get("conditions") or {"all": given.get("all") or [], "any": given.get("any") or []}


def automation_definitions(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"definitions": _definitions(desk)})


def view_definitions(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"definitions": {**_definitions(desk), "actions": []}})


def _definitions(desk: RouteContext) -> Json:
    language = desk.account.language
    conditions = [titled(language, subject.json()) for subject in timed_rules.subjects(desk.account).values()]
    actions = action_definitions(desk, TRIGGER_ACTIONS)
    return {"actions": actions, "conditions_all": conditions, "conditions_any": conditions}


def list_views(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, page(desk.account, request, "views", list(desk.account.views.values())))


def show_view(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"view": by_id(desk.account.views, request.args[0])})


def create_view(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """`all` and `any` come without a wrapper here, and are shown within one."""
    agent(request)
    given = request.json("view")
    record = new_record(desk, "views", given)
    record["conditions"] = timed_rules.check(desk.account, given)
    record["execution"] = timed_rules.output(given.get("output"))
    record["restriction"] = given.get("restriction")
    desk.account.views[record["id"]] = record
    return ApiReply(201, {"view": record})


def change_view(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    record, given = by_id(desk.account.views, request.args[0]), request.json("view")
    if "all" in given or "any" in given:
        record["conditions"] = timed_rules.check(desk.account, {**record["conditions"], **given})
    if "output" in given:
        record["execution"] = timed_rules.output(given["output"])
    return ApiReply(200, {"view": changed_record(desk, record, given, ("restriction",))})


def delete_view(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    del desk.account.views[by_id(desk.account.views, request.args[0])["id"]]
    return ApiReply(204)


ROUTES: list[Route[RouteContext]] = [
    ("GET", "automations", list_automations),
    ("GET", "automations/definitions", automation_definitions),
    ("POST", "automations", create_automation),
    ("GET", "automations/*", show_automation),
    ("PUT", "automations/*", change_automation),
    ("DELETE", "automations/*", delete_automation),
    ("GET", "views", list_views),
    ("GET", "views/definitions", view_definitions),
    ("POST", "views", create_view),
    ("GET", "views/*", show_view),
    ("PUT", "views/*", change_view),
    ("DELETE", "views/*", delete_view),
]
