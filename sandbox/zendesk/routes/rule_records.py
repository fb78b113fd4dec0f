"""What macros, triggers, automations and views have in common as records."""

from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.tongues import titled
from sandbox.zendesk.routes.context import RouteContext
from sandbox.zendesk.rules.actions import offered_actions


def new_record(desk: RouteContext, kind: str, given: Json) -> Json:
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


def changed_record(desk: RouteContext, record: Json, given: Json, more: tuple[str, ...] = ()) -> Json:
    for name in ("title", "description", "active", "position", *more):
        if name in given:
            record[name] = given[name]
    record["raw_title"] = record["title"]
    record["updated_at"] = desk.account.stamps()["updated_at"]
    return record


def action_definitions(desk: RouteContext, known: dict[str, str]) -> list[Json]:
    names = {name: known[name] for name in offered_actions(desk.account, known)}
    names.update({f"custom_fields_{row['id']}": str(row["title"]) for row in desk.account.custom_fields()})
    rows = [
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
    return [titled(desk.account.language, row) for row in rows]
