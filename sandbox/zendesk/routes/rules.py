"""Routes of triggers and their categories."""

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.tongues import titled
from sandbox.zendesk.routes.context import RouteContext, agent, by_id
from sandbox.zendesk.routes.paging import page
from sandbox.zendesk.routes.rule_records import action_definitions, changed_record, new_record
from sandbox.zendesk.rules import conditions as rules
from sandbox.zendesk.rules.actions import TRIGGER_ACTIONS, check_actions


def list_triggers(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = sorted(desk.account.triggers.values(), key=lambda row: (row["position"], row["id"]))
    if "active" in request.query:
        rows = [row for row in rows if row["active"] == (request.query["active"] == "true")]
    if "category_id" in request.query:
        rows = [row for row in rows if row["category_id"] == request.query["category_id"]]
    return ApiReply(200, page(desk.account, request, "triggers", rows))


def show_trigger(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"trigger": by_id(desk.account.triggers, request.args[0])})


def create_trigger(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("trigger")
    record = new_record(desk, "triggers", given)
    record["category_id"] = _category(desk, given) or str(next(iter(desk.account.trigger_categories)))
    record["conditions"] = rules.check_conditions(desk.account, given.get("conditions"))
    record["actions"] = check_actions(desk.account, given.get("actions"), TRIGGER_ACTIONS)
    desk.account.triggers[record["id"]] = record
    return ApiReply(201, {"trigger": record}, {"Location": str(record["url"])})


def change_trigger(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Conditions and actions are replaced as a whole, never merged."""
    agent(request)
    trigger, given = by_id(desk.account.triggers, request.args[0]), request.json("trigger")
    if "conditions" in given:
        trigger["conditions"] = rules.check_conditions(desk.account, given["conditions"])
    if "actions" in given:
        trigger["actions"] = check_actions(desk.account, given["actions"], TRIGGER_ACTIONS)
    category = _category(desk, given)
    if category is not None:
        trigger["category_id"] = category
    return ApiReply(200, {"trigger": changed_record(desk, trigger, given)})


def delete_trigger(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    del desk.account.triggers[by_id(desk.account.triggers, request.args[0])["id"]]
    return ApiReply(204)


def trigger_definitions(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    language = desk.account.language
    conditions = [titled(language, subject.json()) for subject in rules.subjects(desk.account).values()]
    definitions = {
        "actions": action_definitions(desk, TRIGGER_ACTIONS),
        "conditions_all": conditions,
        "conditions_any": conditions,
    }
    return ApiReply(200, {"definitions": definitions})


def _category(desk: RouteContext, given: Json) -> str | None:
    wanted = given.get("category_id")
    if wanted is None:
        return None
    if not str(wanted).isdigit() or int(wanted) not in desk.account.trigger_categories:
        raise invalid("category_id", f"Category: {wanted} does not exist", "InvalidValue")
    return str(wanted)


# Trigger categories: their ids are strings, and a wrong call answers with a list of errors.


def list_categories(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    rows = sorted(desk.account.trigger_categories.values(), key=lambda row: row["position"])
    return ApiReply(200, page(desk.account, request, "trigger_categories", rows))


def show_category(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"trigger_category": by_id(desk.account.trigger_categories, request.args[0])})


def create_category(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    given = request.json("trigger_category")
    if not given.get("name"):
        error = {"code": "InvalidTriggerCategory", "title": "Name can't be blank", "status": "400"}
        return ApiReply(400, {"errors": [error]})
    category_id = desk.account.next_id()
    record: Json = {
        "id": str(category_id),
        "name": given["name"],
        "position": given.get("position", len(desk.account.trigger_categories)),
        **desk.account.stamps(),
    }
    desk.account.trigger_categories[category_id] = record
    return ApiReply(201, {"trigger_category": record})


def change_category(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    record = by_id(desk.account.trigger_categories, request.args[0])
    record.update({k: v for k, v in request.json("trigger_category").items() if k in ("name", "position")})
    return ApiReply(200, {"trigger_category": record})


def delete_category(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    record = by_id(desk.account.trigger_categories, request.args[0])
    if any(row["category_id"] == record["id"] for row in desk.account.triggers.values()):
        error = {"code": "CategoryNotEmpty", "title": "The category still holds triggers", "status": "400"}
        return ApiReply(400, {"errors": [error]})
    del desk.account.trigger_categories[int(record["id"])]
    return ApiReply(204)


ROUTES: list[Route[RouteContext]] = [
    ("GET", "triggers", list_triggers),
    ("GET", "triggers/definitions", trigger_definitions),
    ("POST", "triggers", create_trigger),
    ("GET", "triggers/*", show_trigger),
    ("PUT", "triggers/*", change_trigger),
    ("DELETE", "triggers/*", delete_trigger),
    ("GET", "trigger_categories", list_categories),
    ("POST", "trigger_categories", create_category),
    ("GET", "trigger_categories/*", show_category),
    ("PATCH", "trigger_categories/*", change_category),
    ("DELETE", "trigger_categories/*", delete_category),
]
