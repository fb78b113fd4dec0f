"""Routes of webhooks: records, secrets, tests and what became of each call."""

from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour.webhooks import TRIGGER_EVENTS
from sandbox.zendesk.records.errors import bad_request, not_found
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.routes.context import RouteContext, agent
from sandbox.zendesk.routes.paging import page

_CHANGEABLE = (
    "name",
    "description",
    "status",
    "endpoint",
    "http_method",
    "request_format",
    "authentication",
    "custom_headers",
)


def _webhook(desk: RouteContext, webhook_id: str) -> Json:
    found = desk.account.webhooks.get(webhook_id)
    if found is None:
        raise not_found()
    return found


def _public(webhook: Json) -> Json:
    """Secrets of the authentication are never shown again."""
    shown = dict(webhook)
    authentication = shown.get("authentication")
    if authentication:
        shown["authentication"] = {key: value for key, value in authentication.items() if key != "data"}
    return shown


def list_webhooks(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    part = request.query.get("filter[name_contains]", "").casefold()
    rows: list[Any] = [_public(row) for row in desk.account.webhooks.values() if part in row["name"].casefold()]
    size = {"page[size]": "100", **{k: v for k, v in request.query.items() if k.startswith("page[")}}
    request.query = {**request.query, **size}
    return ApiReply(200, page(desk.account, request, "webhooks", rows))


def create(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(201, {"webhook": _public(desk.webhooks.add(request.json("webhook")))})


def show(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    return ApiReply(200, {"webhook": _public(_webhook(desk, request.args[0]))})


def change(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """What a webhook subscribes to can't cross between triggers and event types."""
    agent(request)
    webhook, given = _webhook(desk, request.args[0]), request.json("webhook")
    wanted = given.get("subscriptions")
    if wanted is not None:
        if (TRIGGER_EVENTS in wanted) != (TRIGGER_EVENTS in webhook["subscriptions"]):
            raise bad_request("InvalidWebhook", "The kind of subscription can't be changed")
        webhook["subscriptions"] = list(wanted)
    webhook.update({name: given[name] for name in _CHANGEABLE if name in given})
    webhook["updated_at"] = desk.account.stamps()["updated_at"]
    return ApiReply(204)


def delete(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    del desk.account.webhooks[_webhook(desk, request.args[0])["id"]]
    return ApiReply(204)


def secret(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    webhook = _webhook(desk, request.args[0])
    return ApiReply(200, _secret(desk.webhooks.secret(webhook["id"])))


def reset_secret(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    webhook = _webhook(desk, request.args[0])
    return ApiReply(201, _secret(desk.webhooks.reset_secret(webhook["id"])))


def _secret(value: str) -> Json:
    return {"signing_secret": {"algorithm": "SHA256", "secret": value}}


def send_test(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    webhook = _webhook(desk, request.query.get("webhook_id", ""))
    return ApiReply(200, {"response": desk.webhooks.send_test(webhook, request.json("request"))})


def invocations(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    webhook = _webhook(desk, request.args[0])
    rows = [
        {key: value for key, value in row.items() if key != "attempts"}
        for row in reversed(desk.webhooks.invocations)
        if row["webhook_id"] == webhook["id"]
    ]
    request.query.setdefault("page[size]", "100")
    return ApiReply(200, page(desk.account, request, "invocations", rows))


def attempts(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    for row in desk.webhooks.invocations:
        if (row["webhook_id"], row["id"]) == request.args:
            return ApiReply(200, {"attempts": row["attempts"]})
    raise not_found()


ROUTES: list[Route[RouteContext]] = [
    ("GET", "webhooks", list_webhooks),
    ("POST", "webhooks", create),
    ("POST", "webhooks/test", send_test),
    ("GET", "webhooks/*", show),
    ("PUT", "webhooks/*", change),
    ("PATCH", "webhooks/*", change),
    ("DELETE", "webhooks/*", delete),
    ("GET", "webhooks/*/signing_secret", secret),
    ("POST", "webhooks/*/signing_secret", reset_secret),
    ("GET", "webhooks/*/invocations", invocations),
    ("GET", "webhooks/*/invocations/*/attempts", attempts),
]
