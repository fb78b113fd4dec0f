"""The apps beside an agent's ticket, as Zendesk has them there: a frame, what the ticket tells it, and the proxy.

The page speaks with an app by the messages of Zendesk's app framework (static/sidebar_host.js). Unlike Zendesk's,
the app's files come from the pages' own origin, and its SDK from here too, so that the demo needs nobody else.
"""

from __future__ import annotations

import json
import mimetypes
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.pages.visits import PageContext
from sandbox.zendesk.records.apps import MANIFEST, OwnApps
from sandbox.zendesk.records.records import Json

SDK: Final = b"https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"
OUR_SDK: Final = b"/static/zaf_sdk.js"
WAITS_S: Final = 15.0
MOST: Final = 1_000_000
_FRAMED: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


def routes(context: PageContext) -> list[Route]:
    async def served(request: Request) -> Response:
        return await run_in_threadpool(app_file, context, request.path_params["app"], request.path_params["path"])

    async def told(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(ticket_values, context, request.path_params["id"]))

    async def proxied(request: Request) -> Response:
        asked: Any = json.loads(await request.body() or b"null")
        return JSONResponse(await run_in_threadpool(proxy, context, request.path_params["id"], asked))

    return [
        Route("/apps/{app:int}/{path:path}", served),
        Route("/agent/tickets/{id:int}/app-values", told),
        Route("/agent/app-proxy/{id:int}", proxied, methods=["POST"]),
    ]


def apps_beside(context: PageContext) -> list[Json]:
    """The installed apps that stand beside a ticket: each with its page, and with what it may know of itself."""
    own, found = context.sandbox.zendesk.account.own_apps, []
    with context.sandbox.zendesk.lock:
        for row in own.installations.values():
            place = _manifest(own, row["app_id"]).get("location", {}).get("support", {}).get("ticket_sidebar")
            url = place.get("url") if isinstance(place, dict) else place
            if row["enabled"] and url:
                app = own.apps[row["app_id"]]
                about = {"appId": app["id"], "installationId": row["id"], "name": app["name"]}
                about |= {"version": app["version"], "settings": row["settings"]}
                found.append(
                    {"id": row["id"], "name": app["name"], "url": f"/apps/{app['id']}/{url}", "about": about}
                )
    return found


def _manifest(own: OwnApps, app_id: int) -> Json:
    found: Json = json.loads(own.files[app_id][MANIFEST])
    return found


def app_file(context: PageContext, app_id: int, path: str) -> Response:
    """A file of an app's package; its page takes the SDK from here."""
    content = context.sandbox.zendesk.account.own_apps.files.get(app_id, {}).get(path)
    if content is None:
        raise HTTPException(404)
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(content.replace(SDK, OUR_SDK), media_type=kind, headers={"Content-Security-Policy": _FRAMED})


def ticket_values(context: PageContext, ticket_id: int) -> Json:
    """What an app may ask of the ticket, by the paths of Zendesk's app framework."""
    zendesk = context.sandbox.zendesk
    with zendesk.lock:
        ticket = zendesk.ticket(ticket_id)
        fields = zendesk.account.custom_fields()
        return {
            "ticket.id": ticket_id,
            "ticket.tags": ticket["tags"],
            "ticketFields": [{"name": f"custom_field_{row['id']}", "label": row["title"]} for row in fields],
            "currentUser.locale": "en-US",
            **{f"ticket.customField:custom_field_{row['id']}": row["value"] for row in ticket["custom_fields"]},
        }


def proxy(context: PageContext, installation_id: int, asked: Any) -> Json:
    """Ask for an app what it may not ask itself, and put secure settings of the scope `header` into headers.

    Only of hosts that the app's manifest names; an address that leads on is not followed.
    """
    own = context.sandbox.zendesk.account.own_apps
    row = own.installations.get(installation_id)
    if row is None or not isinstance(asked, dict):
        raise HTTPException(404)
    manifest, url = _manifest(own, row["app_id"]), str(asked.get("url"))
    if str(asked.get("type", "GET")) != "GET" or urlsplit(url).hostname not in manifest.get("domainWhitelist", ()):
        return {"status": 403, "body": json.dumps({"error": "This is not asked for."})}
    secrets = _for_headers(manifest, own.secure.get(installation_id, {})) if asked.get("secure") is True else {}
    headers = {str(name): _filled(str(value), secrets) for name, value in dict(asked.get("headers") or {}).items()}
    try:
        with httpx.Client(trust_env=False, timeout=WAITS_S, verify=_trusted()) as client:
            answer = client.get(url, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return {"status": 502, "body": ""}
    return {"status": answer.status_code, "body": answer.text[:MOST]}


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the apps' services are to be vouched for by, which takes a while to read."""
    return httpx.create_ssl_context(trust_env=False)


def _for_headers(manifest: Json, secure: Mapping[str, str]) -> dict[str, str]:
    scoped = {row["name"] for row in manifest.get("parameters", []) if "header" in row.get("scopes", ())}
    return {name: value for name, value in secure.items() if name in scoped}


def _filled(value: str, secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        value = value.replace(f"{{{{setting.{name}}}}}", secret)
    return value
