"""Routes of custom statuses, and of the statuses that a form allows."""

from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.account import CATEGORIES, add_status
from sandbox.zendesk.records.dynamic_content import filled
from sandbox.zendesk.records.errors import forbidden, invalid
from sandbox.zendesk.records.records import Json, User
from sandbox.zendesk.records.tongues import title
from sandbox.zendesk.routes.context import RouteContext, agent, by_id, touched

_LABELS = ("agent_label", "end_user_label", "description", "end_user_description")


def _statuses_on(desk: RouteContext) -> None:
    if not desk.account.features.custom_statuses:
        raise forbidden("Custom ticket statuses are not activated for this account.")


def _shown(desk: RouteContext, status: Json, user: User) -> Json:
    """A status as the API shows it: Zendesk's own have labels in the account's language, and dynamic content is
    filled in for whoever calls. `raw_…` can't be written here."""
    if not status["default"]:
        return filled(desk.account, status, user.locale, _LABELS)
    labels = {name: title(desk.account.language, str(status[name])) for name in _LABELS[:2]}
    return {**status, **labels}


def statuses(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    _statuses_on(desk)
    rows = list(desk.account.statuses.values())
    wanted = request.query.get("status_categories")
    if wanted:
        rows = [row for row in rows if row["status_category"] in wanted.split(",")]
    for name in ("active", "default"):
        if name in request.query:
            rows = [row for row in rows if row[name] == (request.query[name] == "true")]
    return ApiReply(200, {"custom_statuses": [_shown(desk, row, user) for row in rows]})


def create_status(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    _statuses_on(desk)
    given = request.json("custom_status")
    category = given.get("status_category")
    if category not in CATEGORIES or (category == "hold" and not desk.account.features.on_hold):
        raise invalid("status_category", f"Status category: {category} is not valid", "InvalidValue")
    _check_labels(given, required=True)
    more = {key: given.get(key) for key in _LABELS[1:]}
    status = add_status(
        desk.account, category, given["agent_label"], active=bool(given.get("active", True)), **more
    )
    return ApiReply(201, {"custom_status": _shown(desk, status, user)})


def change_status(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    _statuses_on(desk)
    status, given = by_id(desk.account.statuses, request.args[0]), request.json("custom_status")
    _check_labels(given, required=False)
    if given.get("active") is False and status["default"]:
        raise invalid("active", "Active: a default status can't be deactivated", "InvalidValue")
    for name in _LABELS:
        if name in given:
            status[name] = status[f"raw_{name}"] = given[name]
    if "active" in given:
        status["active"] = bool(given["active"])
    return ApiReply(200, {"custom_status": _shown(desk, touched(desk, status), user)})


def show_status(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    _statuses_on(desk)
    return ApiReply(200, {"custom_status": _shown(desk, by_id(desk.account.statuses, request.args[0]), user)})


def _check_labels(given: Json, *, required: bool) -> None:
    if required and not given.get("agent_label"):
        raise invalid("agent_label", "Agent label: cannot be blank", "BlankValue")
    for name in ("agent_label", "end_user_label"):
        if len(given.get(name) or "") > 48:
            raise invalid(name, f"{name}: is too long (maximum is 48 characters)", "TooLong")


def form_statuses(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    _statuses_on(desk)
    form = by_id(desk.account.forms, request.args[0])
    return ApiReply(200, {"ticket_form_statuses": desk.account.form_statuses.get(form["id"], [])})


def set_form_statuses(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    _statuses_on(desk)
    form = by_id(desk.account.forms, request.args[0])
    given: Any = request.body.get("ticket_form_status") if isinstance(request.body, dict) else None
    kept = list(desk.account.form_statuses.get(form["id"], [])) if request.method == "POST" else []
    for row in given or []:
        status = by_id(desk.account.statuses, str(row.get("custom_status_id")))
        if status["id"] not in {other["custom_status_id"] for other in kept}:
            row_id = desk.account.ulid()
            kept.append({"id": row_id, "ticket_form_id": form["id"], "custom_status_id": status["id"]})
    desk.account.form_statuses[form["id"]] = kept
    return ApiReply(200, {"ticket_form_statuses": kept})


def clear_form_statuses(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    _statuses_on(desk)
    desk.account.form_statuses.pop(by_id(desk.account.forms, request.args[0])["id"], None)
    return ApiReply(204)


ROUTES: list[Route[RouteContext]] = [
    ("GET", "custom_statuses", statuses),
    ("POST", "custom_statuses", create_status),
    ("GET", "custom_statuses/*", show_status),
    ("PUT", "custom_statuses/*", change_status),
    ("GET", "ticket_forms/*/ticket_form_statuses", form_statuses),
    ("POST", "ticket_forms/*/ticket_form_statuses", set_form_statuses),
    ("PUT", "ticket_forms/*/ticket_form_statuses", set_form_statuses),
    ("DELETE", "ticket_forms/*/ticket_form_statuses", clear_form_statuses),
]
