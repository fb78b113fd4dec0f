"""Routes of ticket fields and ticket forms."""

from collections.abc import Iterable

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.account import add_field, add_form
from sandbox.zendesk.records.dynamic_content import filled
from sandbox.zendesk.records.errors import ApiError, forbidden, invalid
from sandbox.zendesk.records.fields import option_tags
from sandbox.zendesk.records.records import Json, User
from sandbox.zendesk.records.tongues import titled
from sandbox.zendesk.routes.context import RouteContext, agent, by_id, touched
from sandbox.zendesk.routes.paging import page

FIELD_TYPES = (
    "text",
    "textarea",
    "checkbox",
    "date",
    "integer",
    "decimal",
    "regexp",
    "partialcreditcard",
    "multiselect",
    "tagger",
    "lookup",
)


_FIXED = ("id", "url", "type", "removable", "custom_field_options")
FIELD_TEXTS = ("title", "title_in_portal", "description")
FORM_TEXTS = ("name", "display_name")


def _shown(desk: RouteContext, field: Json, user: User) -> Json:
    """A field as the API shows it: those of Zendesk's own have titles in its language, and dynamic content
    is filled in for whoever calls."""
    if not field["removable"]:
        return titled(desk.account.language, field)
    return filled(desk.account, field, user.locale, FIELD_TEXTS)


def _form(desk: RouteContext, form: Json, user: User) -> Json:
    return filled(desk.account, form, user.locale, FORM_TEXTS)


def _written(given: Json, names: Iterable[str]) -> Json:
    """What is sent under `raw_…` is what is kept, whatever stands beside it."""
    return {**given, **{name: given[f"raw_{name}"] for name in names if given.get(f"raw_{name}")}}


def fields(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    rows = [_shown(desk, field, user) for field in desk.account.fields.values()]
    return ApiReply(200, page(desk.account, request, "ticket_fields", rows))


def show_field(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    return ApiReply(200, {"ticket_field": _shown(desk, by_id(desk.account.fields, request.args[0]), user)})


def create_field(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    given = _written(request.json("ticket_field"), FIELD_TEXTS)
    if given.get("type") not in FIELD_TYPES:
        raise invalid("type", f"Type: {given.get('type')} is not valid", "InvalidValue")
    if not given.get("title"):
        raise invalid("title", "Title: cannot be blank", "BlankValue")
    if given["type"] == "regexp" and not given.get("regexp_for_validation"):
        raise invalid("regexp_for_validation", "Regexp for validation: cannot be blank", "BlankValue")
    options = _options(desk, given, None)
    field = add_field(desk.account, given)
    if options is not None:
        field["custom_field_options"] = options
    return ApiReply(201, {"ticket_field": _shown(desk, field, user)}, {"Location": str(field["url"])})


def change_field(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user, field = agent(request), by_id(desk.account.fields, request.args[0])
    given = _written(request.json("ticket_field"), FIELD_TEXTS)
    if given.get("type", field["type"]) != field["type"]:
        raise invalid("type", "Type: can't be changed", "InvalidValue")
    options = _options(desk, {**given, "type": field["type"]}, field)
    if options is not None:
        field["custom_field_options"] = options
    for name, value in given.items():
        if name in field and name not in _FIXED and not name.startswith("raw_"):
            field[name] = value
            if f"raw_{name}" in field:
                field[f"raw_{name}"] = value
    return ApiReply(200, {"ticket_field": _shown(desk, touched(desk, field), user)})


def _options(desk: RouteContext, given: Json, field: Json | None) -> list[Json] | None:
    """The options with ids, or None where they are not spoken of. Raises 422 for a tag used elsewhere."""
    if given["type"] not in ("tagger", "multiselect"):
        return None
    if given.get("custom_field_options") is None:
        if field is None:
            raise invalid("custom_field_options", "Custom field options: cannot be blank", "BlankValue")
        return None
    taken = {
        tag: other["title"]
        for other in desk.account.custom_fields()
        if field is None or other["id"] != field["id"]
        for tag in [*option_tags(other), *([other["tag"]] if other["tag"] else [])]
    }
    known = {row["value"]: row["id"] for row in (field or {}).get("custom_field_options", ())}
    found: list[Json] = []
    for position, option in enumerate(given["custom_field_options"]):
        tag = option.get("value")
        if not tag or not option.get("name"):
            raise invalid("custom_field_options", "Custom field options: need a name and a value", "BlankValue")
        if tag in taken or tag in {row["value"] for row in found}:
            where = taken.get(tag, "this field")
            raise invalid("custom_field_options", f"Tag: {tag} is already used in {where}", "DuplicateValue")
        found.append(
            {
                "id": known.get(tag) or desk.account.next_id(),
                "name": option["name"],
                "raw_name": option["name"],
                "value": tag,
                "position": position,
                "default": False,
            }
        )
    return found


def delete_field(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    field = by_id(desk.account.fields, request.args[0])
    if not field["removable"]:
        raise ApiError(403, {"error": "Forbidden", "description": "A system field can't be deleted"})
    del desk.account.fields[field["id"]]
    for form in desk.account.forms.values():
        form["ticket_field_ids"] = [row for row in form["ticket_field_ids"] if row != field["id"]]
    return ApiReply(204)


# Ticket forms


def _forms_on(desk: RouteContext) -> None:
    if not desk.account.features.several_forms:
        raise forbidden("This account has one ticket form only.")


def forms(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    rows = [_form(desk, form, user) for form in desk.account.forms.values()]
    return ApiReply(200, page(desk.account, request, "ticket_forms", rows))


def show_form(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    return ApiReply(200, {"ticket_form": _form(desk, by_id(desk.account.forms, request.args[0]), user)})


def create_form(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user = agent(request)
    _forms_on(desk)
    given = _written(request.json("ticket_form"), FORM_TEXTS)
    if not given.get("name"):
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    _check_fields(desk, given)
    return ApiReply(201, {"ticket_form": _form(desk, add_form(desk.account, given), user)})


def change_form(desk: RouteContext, request: ApiRequest) -> ApiReply:
    user, form = agent(request), by_id(desk.account.forms, request.args[0])
    given = _written(request.json("ticket_form"), FORM_TEXTS)
    _check_fields(desk, given)
    for name, value in given.items():
        if name in form and name not in ("id", "url", "default") and not name.startswith("raw_"):
            form[name] = value
            if f"raw_{name}" in form:
                form[f"raw_{name}"] = value
    return ApiReply(200, {"ticket_form": _form(desk, touched(desk, form), user)})


def _check_fields(desk: RouteContext, given: Json) -> None:
    for field_id in given.get("ticket_field_ids") or []:
        if int(field_id) not in desk.account.fields:
            raise invalid("ticket_field_ids", f"Ticket field {field_id} does not exist", "InvalidValue")


def delete_form(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    form = by_id(desk.account.forms, request.args[0])
    if form["default"]:
        raise invalid("base", "The default ticket form can't be deleted", "InvalidValue")
    del desk.account.forms[form["id"]]
    return ApiReply(204)


ROUTES: list[Route[RouteContext]] = [
    ("GET", "ticket_fields", fields),
    ("POST", "ticket_fields", create_field),
    ("GET", "ticket_fields/*", show_field),
    ("PUT", "ticket_fields/*", change_field),
    ("DELETE", "ticket_fields/*", delete_field),
    ("GET", "ticket_forms", forms),
    ("POST", "ticket_forms", create_form),
    ("GET", "ticket_forms/*", show_form),
    ("PUT", "ticket_forms/*", change_form),
    ("DELETE", "ticket_forms/*", delete_form),
]
