"""Routes of macros, triggers and their categories, automations and views."""

from sandbox.http import Reply, Request, Route
from sandbox.zendesk import macros, rules
from sandbox.zendesk.actions import MACRO_ACTIONS, TRIGGER_ACTIONS, check_actions
from sandbox.zendesk.desk import Desk, agent
from sandbox.zendesk.errors import invalid
from sandbox.zendesk.paging import page
from sandbox.zendesk.records import Json
from sandbox.zendesk.routes_settings import by_id

# Macros


def list_macros(desk: Desk, request: Request) -> Reply:
    agent(request)
    rows = list(desk.account.macros.values())
    if "active" in request.query:
        rows = [row for row in rows if row["active"] == (request.query["active"] == "true")]
    return Reply(200, page(desk.account, request, "macros", rows))


def active_macros(desk: Desk, request: Request) -> Reply:
    agent(request)
    rows = [row for row in desk.account.macros.values() if row["active"]]
    return Reply(200, page(desk.account, request, "macros", rows))


def show_macro(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"macro": macros.find(desk.account, request.args[0])})


def create_macro(desk: Desk, request: Request) -> Reply:
    agent(request)
    given = request.json("macro")
    record = _record(desk, "macros", given)
    record["actions"] = check_actions(desk.account, given.get("actions"), MACRO_ACTIONS)
    record["restriction"] = given.get("restriction")
    desk.account.macros[record["id"]] = record
    return Reply(201, {"macro": record})


def change_macro(desk: Desk, request: Request) -> Reply:
    agent(request)
    macro, given = macros.find(desk.account, request.args[0]), request.json("macro")
    if "actions" in given:
        macro["actions"] = check_actions(desk.account, given["actions"], MACRO_ACTIONS)
    return Reply(200, {"macro": _changed(desk, macro, given, ("restriction",))})


def delete_macro(desk: Desk, request: Request) -> Reply:
    agent(request)
    del desk.account.macros[macros.find(desk.account, request.args[0])["id"]]
    return Reply(204)


def macro_definitions(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"definitions": {"actions": _action_definitions(desk, MACRO_ACTIONS)}})


def macro_actions(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"actions": _action_definitions(desk, MACRO_ACTIONS)})


def apply_macro(desk: Desk, request: Request) -> Reply:
    user = agent(request)
    macro = macros.find(desk.account, request.args[0])
    return Reply(200, {"result": {"ticket": macros.changes_only(desk.account, macro, user)}})


# Triggers


def list_triggers(desk: Desk, request: Request) -> Reply:
    agent(request)
    rows = sorted(desk.account.triggers.values(), key=lambda row: (row["position"], row["id"]))
    if "active" in request.query:
        rows = [row for row in rows if row["active"] == (request.query["active"] == "true")]
    if "category_id" in request.query:
        rows = [row for row in rows if row["category_id"] == request.query["category_id"]]
    return Reply(200, page(desk.account, request, "triggers", rows))


def show_trigger(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"trigger": by_id(desk.account.triggers, request.args[0])})


def create_trigger(desk: Desk, request: Request) -> Reply:
    agent(request)
    given = request.json("trigger")
    record = _record(desk, "triggers", given)
    record["category_id"] = _category(desk, given) or str(next(iter(desk.account.trigger_categories)))
    record["conditions"] = rules.check_conditions(desk.account, given.get("conditions"))
    record["actions"] = check_actions(desk.account, given.get("actions"), TRIGGER_ACTIONS)
    desk.account.triggers[record["id"]] = record
    return Reply(201, {"trigger": record}, {"Location": str(record["url"])})


def change_trigger(desk: Desk, request: Request) -> Reply:
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
    return Reply(200, {"trigger": _changed(desk, trigger, given)})


def delete_trigger(desk: Desk, request: Request) -> Reply:
    agent(request)
    del desk.account.triggers[by_id(desk.account.triggers, request.args[0])["id"]]
    return Reply(204)


def trigger_definitions(desk: Desk, request: Request) -> Reply:
    agent(request)
    conditions = [subject.json() for subject in rules.subjects(desk.account).values()]
    definitions = {
        "actions": _action_definitions(desk, TRIGGER_ACTIONS),
        "conditions_all": conditions,
        "conditions_any": conditions,
    }
    return Reply(200, {"definitions": definitions})


def _category(desk: Desk, given: Json) -> str | None:
    wanted = given.get("category_id")
    if wanted is None:
        return None
    if not str(wanted).isdigit() or int(wanted) not in desk.account.trigger_categories:
        raise invalid("category_id", f"Category: {wanted} does not exist", "InvalidValue")
    return str(wanted)


# Trigger categories: their ids are strings, and a wrong call answers with a list of errors.


def list_categories(desk: Desk, request: Request) -> Reply:
    agent(request)
    rows = sorted(desk.account.trigger_categories.values(), key=lambda row: row["position"])
    return Reply(200, page(desk.account, request, "trigger_categories", rows))


def show_category(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"trigger_category": by_id(desk.account.trigger_categories, request.args[0])})


def create_category(desk: Desk, request: Request) -> Reply:
    agent(request)
    given = request.json("trigger_category")
    if not given.get("name"):
        error = {"code": "InvalidTriggerCategory", "title": "Name can't be blank", "status": "400"}
        return Reply(400, {"errors": [error]})
    category_id = desk.account.next_id()
    record: Json = {
        "id": str(category_id),
        "name": given["name"],
        "position": given.get("position", len(desk.account.trigger_categories)),
        **desk.account.stamps(),
    }
    desk.account.trigger_categories[category_id] = record
    return Reply(201, {"trigger_category": record})


def change_category(desk: Desk, request: Request) -> Reply:
    agent(request)
    record = by_id(desk.account.trigger_categories, request.args[0])
    record.update({k: v for k, v in request.json("trigger_category").items() if k in ("name", "position")})
    return Reply(200, {"trigger_category": record})


def delete_category(desk: Desk, request: Request) -> Reply:
    agent(request)
    record = by_id(desk.account.trigger_categories, request.args[0])
    if any(row["category_id"] == record["id"] for row in desk.account.triggers.values()):
        error = {"code": "CategoryNotEmpty", "title": "The category still holds triggers", "status": "400"}
        return Reply(400, {"errors": [error]})
    del desk.account.trigger_categories[int(record["id"])]
    return Reply(204)


# Automations and views: kept, not run.


def list_automations(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, page(desk.account, request, "automations", list(desk.account.automations.values())))


def show_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    return Reply(200, {"automation": by_id(desk.account.automations, request.args[0])})


def create_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    given = request.json("automation")
    record = _record(desk, "automations", given)
    record["conditions"] = given.get("conditions") or {"all": given.get("all") or [], "any": given.get("any") or []}
    record["actions"] = check_actions(desk.account, given.get("actions"), TRIGGER_ACTIONS)
    desk.account.automations[record["id"]] = record
    return Reply(201, {"automation": record})


def change_automation(desk: Desk, request: Request) -> Reply:
    agent(request)
    record = by_id(desk.account.automations, request.args[0])
    return Reply(200, {"automation": _changed(desk, record, request.json("automation"), ("conditions", "actions"))})


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
    record = _record(desk, "views", given)
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
    return Reply(200, {"view": _changed(desk, record, given, ("restriction",))})


def delete_view(desk: Desk, request: Request) -> Reply:
    agent(request)
    del desk.account.views[by_id(desk.account.views, request.args[0])["id"]]
    return Reply(204)


# What they share


def _record(desk: Desk, kind: str, given: Json) -> Json:
    if not given.get("title"):
        raise invalid("title", "Title: cannot be blank", "BlankValue")
    record_id = desk.account.next_id()
    return {
        "id": record_id,
        "url": desk.account.url(f"{kind}/{record_id}"),
        "title": given["title"],
        "raw_title": given["title"],
        "description": given.get("description"),
        "active": bool(given.get("active", True)),
        "default": False,
        "position": given.get("position", 9999),
        **desk.account.stamps(),
    }


def _changed(desk: Desk, record: Json, given: Json, more: tuple[str, ...] = ()) -> Json:
    for name in ("title", "description", "active", "position", *more):
        if name in given:
            record[name] = given[name]
    record["raw_title"] = record["title"]
    record["updated_at"] = desk.account.stamps()["updated_at"]
    return record


def _action_definitions(desk: Desk, known: dict[str, str]) -> list[Json]:
    names = dict(known)
    names.update({f"custom_fields_{row['id']}": str(row["title"]) for row in desk.account.custom_fields()})
    return [
        {
            "subject": name,
            "title": title,
            "type": "list",
            "group": "ticket",
            "nullable": False,
            "repeatable": False,
            "values": [],
        }
        for name, title in names.items()
    ]


ROUTES: list[Route[Desk]] = [
    ("GET", "macros", list_macros),
    ("GET", "macros/active", active_macros),
    ("GET", "macros/definitions", macro_definitions),
    ("GET", "macros/actions", macro_actions),
    ("POST", "macros", create_macro),
    ("GET", "macros/*", show_macro),
    ("PUT", "macros/*", change_macro),
    ("DELETE", "macros/*", delete_macro),
    ("GET", "macros/*/apply", apply_macro),
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
