"""Routes of dynamic content and its variants, and of the languages that the account has switched on."""

from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.dynamic_content import placeholder_of, users_of
from sandbox.zendesk.records.errors import forbidden, invalid
from sandbox.zendesk.records.records import LOCALE_IDS, Json
from sandbox.zendesk.routes.context import RouteContext, agent, by_id, caller, touched
from sandbox.zendesk.routes.paging import page


def _allowed(desk: RouteContext, request: ApiRequest) -> None:
    """By the plan, and then for those who may manage it: here admins."""
    user = agent(request)
    if not desk.account.features.dynamic_content:
        raise forbidden("Dynamic content is not available on this plan.")
    if user.role != "admin":
        raise forbidden()


def items(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _allowed(desk, request)
    return ApiReply(200, page(desk.account, request, "items", list(desk.account.dynamic_content.values())))


def show_item(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _allowed(desk, request)
    return ApiReply(200, {"item": by_id(desk.account.dynamic_content, request.args[0])})


def create_item(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The default language's variant has to be there, and no language that the account hasn't switched on."""
    _allowed(desk, request)
    given = request.json("item")
    name, variants = given.get("name"), given.get("variants") or []
    if not name:
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    placeholder = placeholder_of(name)
    _check_name(desk, name, placeholder)
    default = given.get("default_locale_id")
    _check_locale(desk, default, "default_locale_id")
    if default not in [one.get("locale_id") for one in variants]:
        raise invalid("variants", "Variants: the default locale has none", "BlankValue")
    item_id = desk.account.next_id()
    item: Json = {
        "id": item_id,
        "url": desk.account.url(f"dynamic_content/items/{item_id}"),
        "name": name,
        "placeholder": placeholder,
        "default_locale_id": default,
        "outdated": False,
        "variants": [],
        **desk.account.stamps(),
    }
    for one in variants:
        _add(desk, item, one, is_default=one.get("locale_id") == default)
    desk.account.dynamic_content[item_id] = item
    return ApiReply(201, {"item": item}, {"Location": str(item["url"])})


def _check_name(desk: RouteContext, name: str, placeholder: str) -> None:
    for one in desk.account.dynamic_content.values():
        if one["name"] == name or one["placeholder"] == placeholder:
            raise invalid("name", f"Name: {name} has already been taken", "DuplicateValue")


def _check_locale(desk: RouteContext, locale_id: Any, key: str) -> None:
    if locale_id not in desk.account.locale_ids:
        raise invalid(key, f"Locale: {locale_id} is not valid", "InvalidValue")


def _add(desk: RouteContext, item: Json, given: Json, *, is_default: bool = False) -> Json:
    locale_id, content = given.get("locale_id"), given.get("content")
    _check_locale(desk, locale_id, "locale_id")
    if not content:
        raise invalid("content", "Content: cannot be blank", "BlankValue")
    if locale_id in [one["locale_id"] for one in item["variants"]]:
        raise invalid("locale_id", f"Locale: {locale_id} has already been taken", "DuplicateValue")
    variant_id = desk.account.next_id()
    variant = {
        "id": variant_id,
        "url": desk.account.url(f"dynamic_content/items/{item['id']}/variants/{variant_id}"),
        "locale_id": locale_id,
        "content": content,
        "active": bool(given.get("active", True)),
        "default": is_default,
        "outdated": False,
        **desk.account.stamps(),
    }
    item["variants"].append(variant)
    return variant


def change_item(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """Only the name can be changed; the placeholder stays what it was."""
    _allowed(desk, request)
    item, given = by_id(desk.account.dynamic_content, request.args[0]), request.json("item")
    if given.get("name"):
        item["name"] = given["name"]
    return ApiReply(200, {"item": touched(desk, item)})


def delete_item(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """One that is in use stays. (What a real account does then is not confirmed; this is the stricter guess.)"""
    _allowed(desk, request)
    item = by_id(desk.account.dynamic_content, request.args[0])
    if list(users_of(desk.account, item["placeholder"])):
        raise invalid("base", "The dynamic content is in use", "InvalidValue")
    del desk.account.dynamic_content[item["id"]]
    return ApiReply(204)


def variants(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _allowed(desk, request)
    item = by_id(desk.account.dynamic_content, request.args[0])
    return ApiReply(200, page(desk.account, request, "variants", item["variants"]))


def create_variant(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _allowed(desk, request)
    item = by_id(desk.account.dynamic_content, request.args[0])
    return ApiReply(201, {"variant": _add(desk, item, request.json("variant"))})


def change_variant(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The default one can't be switched off."""
    variant, given = _variant(desk, request), request.json("variant")
    if variant["default"] and (given.get("active") is False or given.get("default") is False):
        raise invalid("base", "The default variant can't be switched off", "InvalidValue")
    for name in ("content", "active"):
        if name in given:
            variant[name] = given[name]
    return ApiReply(200, {"variant": touched(desk, variant)})


def delete_variant(desk: RouteContext, request: ApiRequest) -> ApiReply:
    variant = _variant(desk, request)
    if variant["default"]:
        raise invalid("base", "The default variant can't be deleted", "InvalidValue")
    by_id(desk.account.dynamic_content, request.args[0])["variants"].remove(variant)
    return ApiReply(204)


def _variant(desk: RouteContext, request: ApiRequest) -> Json:
    _allowed(desk, request)
    item = by_id(desk.account.dynamic_content, request.args[0])
    return by_id({one["id"]: one for one in item["variants"]}, request.args[1])


def locales(desk: RouteContext, request: ApiRequest) -> ApiReply:
    caller(request)
    tags = {locale_id: tag for tag, locale_id in LOCALE_IDS.items()}
    rows = [
        {
            "id": one,
            "url": desk.account.url(f"locales/{one}"),
            "locale": tags.get(one, f"xx-{one}"),
            "name": tags.get(one, f"xx-{one}"),
            **desk.account.stamps(),
        }
        for one in desk.account.locale_ids
    ]
    return ApiReply(200, {"locales": rows})


ROUTES: list[Route[RouteContext]] = [
    ("GET", "dynamic_content/items", items),
    ("POST", "dynamic_content/items", create_item),
    ("GET", "dynamic_content/items/*", show_item),
    ("PUT", "dynamic_content/items/*", change_item),
    ("DELETE", "dynamic_content/items/*", delete_item),
    ("GET", "dynamic_content/items/*/variants", variants),
    ("POST", "dynamic_content/items/*/variants", create_variant),
    ("PUT", "dynamic_content/items/*/variants/*", change_variant),
    ("DELETE", "dynamic_content/items/*/variants/*", delete_variant),
    ("GET", "locales", locales),
]
