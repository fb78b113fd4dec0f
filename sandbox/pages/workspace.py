"""The agents' form: what stands in it, also after a macro was applied, and what was changed in it."""

from __future__ import annotations

from typing import Any

from sandbox.pages import conversation
from sandbox.pages.conversation import DUE_FIELD
from sandbox.pages.visits import PageContext, Visit
from sandbox.pages.wording import CATEGORIES
from sandbox.zendesk.behaviour import macros
from sandbox.zendesk.people import FORM
from sandbox.zendesk.records.dynamic_content import filled
from sandbox.zendesk.records.records import Json

TAGS = (
    ("escalation_post_to_assignment", "Post this comment, with its files, to the assignment"),
    ("escalation_pause", "Pause the case"),
)
_MACRO_PREFIX = "Escalation::"


def form(context: PageContext, ticket_id: int, visit: Visit, agent: str) -> Json:
    """The form's values: what was typed, else what the macro of `?macro=` would make of it, else as it is."""
    zendesk = context.sandbox.zendesk
    with zendesk.lock:
        now = zendesk.ticket(ticket_id)
        after = _after_macro(context, ticket_id, visit.query.get("macro", ""), agent)
        comment = after.get("comment") or {}
        typed = visit.form is not None
        text = conversation.plain(comment["html_body"]) if comment.get("html_body") else comment.get("body", "")
        users = zendesk.account.users
        assignee = users.get(now["assignee_id"] or 0)
        return {
            "macros": _macros(context),
            "macro": visit.query.get("macro", ""),
            "macro_name": after.get("macro_name", ""),
            "comment": visit.get("comment") if typed else text,
            "public": visit.get("audience", "public") == "public" if typed else comment.get("public", True),
            "statuses": _statuses(context),
            "status": _value(visit, "status", _label(context, after or now)),
            "status_was": _label(context, now),
            "agents": [user.name for user in users.values() if user.role == "agent"],
            "assignee": _value(visit, "assignee", assignee.name if assignee else ""),
            "assignee_was": assignee.name if assignee else "",
            "tags": [_tag(visit, tag, name, now, after) for tag, name in TAGS],
            "more_tags": _more_tags(now, after),
            "fields": _fields(context, visit, now, after, for_agents=True),
            "request_fields": _fields(context, visit, now, after, for_agents=False),
            "closed": now["status"] == "closed" or now["deleted"],
        }


def _after_macro(context: PageContext, ticket_id: int, macro_id: str, agent: str) -> Json:
    zendesk = context.sandbox.zendesk
    macro = zendesk.account.macros.get(int(macro_id)) if macro_id.isdigit() else None
    if macro is None:
        return {}
    ticket = zendesk.engine.ticket(ticket_id)
    return {
        **macros.ticket_after(zendesk.account, macro, ticket, zendesk.agent(agent)),
        "macro_name": macro["title"].removeprefix(_MACRO_PREFIX),
    }


def _macros(context: PageContext) -> list[Json]:
    rows = [row for row in context.sandbox.zendesk.account.macros.values() if row["active"]]
    return [{"id": str(row["id"]), "name": row["title"].removeprefix(_MACRO_PREFIX)} for row in rows]


def _statuses(context: PageContext) -> list[tuple[str, list[str]]]:
    account = context.sandbox.zendesk.account
    rows = [row for row in account.statuses.values() if account.offers(row)]
    return [
        (name, [row["agent_label"] for row in rows if row["status_category"] == category])
        for category, name in CATEGORIES.items()
    ]


def _label(context: PageContext, shown: Json) -> str:
    account = context.sandbox.zendesk.account
    category = "solved" if shown["status"] == "closed" else shown["status"]
    status_id = shown.get("custom_status_id") or account.default_status(category)
    return str(account.statuses[status_id]["agent_label"])


def _value(visit: Visit, name: str, otherwise: str) -> str:
    return visit.get(name) if visit.form is not None else otherwise


def _tag(visit: Visit, tag: str, name: str, now: Json, after: Json) -> Json:
    was = tag in now["tags"]
    on = tag in visit.all("tags") if visit.form is not None else was or tag in after.get("tags", ())
    return {"tag": tag, "name": name, "was": was, "on": on}


def _more_tags(now: Json, after: Json) -> list[str]:
    """Tags that a macro adds and that no field or check box stands for."""
    own = {tag for tag, _ in TAGS}
    rows: list[Json] = after.get("custom_fields", [])
    mirrored = {tag for row in rows for tag in _listed(row["value"])}
    return [tag for tag in after.get("tags", []) if tag not in now["tags"] and tag not in own | mirrored]


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _fields(context: PageContext, visit: Visit, now: Json, after: Json, *, for_agents: bool) -> list[Json]:
    account, zendesk = context.sandbox.zendesk.account, context.sandbox.zendesk
    try:
        wanted = set(account.forms[zendesk.form_id(FORM)]["ticket_field_ids"])
    except LookupError:
        return []
    shown = after if "custom_fields" in after else now
    then = {row["id"]: row["value"] for row in shown["custom_fields"]}
    rows = [row for row in account.custom_fields() if row["id"] in wanted and row["title"] != DUE_FIELD]
    return [
        _field(visit, filled(account, row, "en-US", ()), now["by_title"].get(row["title"]), then.get(row["id"]))
        for row in rows
        if row["visible_in_portal"] is not for_agents and row["type"] != "multiselect"
    ]


def _field(visit: Visit, row: Json, was: Any, value: Any) -> Json:
    name = f"field-{row['id']}"
    checkbox = row["type"] == "checkbox"
    shown = ("1" if value else "") if checkbox else str(value or "")
    return {
        "name": name,
        "title": row["title"],
        "kind": row["type"],
        "hint": row.get("agent_description") or "",
        "options": [(option["value"], option["name"]) for option in row.get("custom_field_options", ())],
        "value": _value(visit, name, shown),
        "was": ("1" if was else "") if checkbox else str(was or ""),
    }


def changes(context: PageContext, visit: Visit) -> dict[str, Any]:
    """What differs from what the page had shown, as arguments of `agent_update`; empty where nothing does."""
    wanted: dict[str, Any] = {}
    if visit.get("comment").strip():
        wanted |= {"comment": visit.get("comment").strip(), "public": visit.get("audience") != "internal"}
    for name in ("status", "assignee"):
        if visit.get(name) != visit.get(f"{name}_was"):
            wanted[name] = visit.get(name)
    fields = _changed_fields(context, visit)
    if fields:
        wanted["fields"] = fields
    on, was = set(visit.all("tags")), set(visit.all("tags_was"))
    if on - was:
        wanted["add_tags"] = sorted(on - was)
    if was - on:
        wanted["remove_tags"] = sorted(was - on)
    return wanted


def _changed_fields(context: PageContext, visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with context.sandbox.zendesk.lock:
        for row in context.sandbox.zendesk.account.custom_fields():
            name = f"field-{row['id']}"
            if f"{name}_was" not in (visit.form or {}):
                continue
            value = visit.get(name).strip()
            if value != visit.get(f"{name}_was").strip():
                found[row["title"]] = bool(value) if row["type"] == "checkbox" else value or None
    return found
