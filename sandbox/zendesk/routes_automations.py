"""Routes of automations and views: both are kept, and neither is run."""

from sandbox.http import Reply, Request, Route
from sandbox.zendesk.actions import TRIGGER_ACTIONS, check_actions
from sandbox.zendesk.desk import Desk, agent, by_id
from sandbox.zendesk.paging import page
from sandbox.zendesk.rule_records import changed_record, new_record


def list_automations(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, page(desk.account, request, "automations", list(desk.account.automations.values())))


def show_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"automation": by_id(desk.account.automations, request.args[0])})


def create_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    given = request.json("automation")
    record = new_record(desk, "automations", given)
    record["conditions"] = given.get("conditions") or {"all": given.get("all") or [], "any": given.get("any") or []}
    record["actions"] = check_actions(desk.account, given.get("actions"), TRIGGER_ACTIONS)
    desk.account.automations[record["id"]] = record
    return Reply(201, {"automation": record})


def change_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    record = by_id(desk.account.automations, request.args[0])
    return Reply(
        200, {"automation": changed_record(desk, record, request.json("automation"), ("conditions", "actions"))}
    )


def delete_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    del desk.account.automations[by_id(desk.account.automations, request.args[0])["id"]]
    return Reply(204)


def list_views(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, page(desk.account, request, "views", list(desk.account.views.values())))


def show_view(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"view": by_id(desk.account.views, request.args[0])})


def create_view(desk: Desk, request: Request) -> Reply:
    """`all` and `any` come without a wrapper here, and are shown within one."""
    agent(request)
    given = request.json("view")
    record = new_record(desk, "views", given)
    record["conditions"] = {"all": given.get("all") or [], "any": given.get("any") or []}
    record["execution"] = given.get("output") or {}
    record["restriction"] = given.get("restriction")
    desk.account.views[record["id"]] = record
    return Reply(201, {"view": record})


def change_view(desk: Desk, request: Request) -> Reply:
    agent(request)
    record, given = by_id(desk.account.views, request.args[0]), request.json("view")
    for name in ("all", "any"):
        if name in given:
            record["conditions"][name] = given[name]
    if "output" in given:
        record["execution"] = given["output"]
    return Reply(200, {"view": changed_record(desk, record, given, ("restriction",))})


def delete_view(desk: Desk, request: Request) -> Reply:
    agent(request)
    del desk.account.views[by_id(desk.account.views, request.args[0])["id"]]
    return Reply(204)


ROUTES: list[Route[Desk]] = [
    ("GET", "automations", list_automations),
    ("POST", "automations", create_automation),
    ("GET", "automations/*", show_automation),
    ("PUT", "automations/*", change_automation),
    ("DELETE", "automations/*", delete_automation),
    ("GET", "views", list_views),
    ("POST", "views", create_view),
    ("GET", "views/*", show_view),
    ("PUT", "views/*", change_view),
    ("DELETE", "views/*", delete_view),
]
