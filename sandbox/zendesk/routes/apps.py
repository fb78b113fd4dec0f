"""Routes of the account's own apps and of installations.

A created app is a job, a job that failed answers 404 with its message, and an installation stands under no key:
https://developer.zendesk.com/api-reference/ticketing/apps/apps/
That an account whose plan has no apps of its own answers 403 is assumed.
"""

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.behaviour import app_builds
from sandbox.zendesk.records.errors import forbidden, invalid, not_found
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.routes.context import RouteContext, agent, by_id, touched

_PART = b"\r\n\r\n"


def _apps_on(desk: RouteContext, request: ApiRequest) -> None:
    agent(request)
    if not desk.account.features.own_apps:
        raise forbidden()
    app_builds.look(desk.account)


def upload(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """A form with the zip in `uploaded_data`. Zendesk's page answers with 200, its own client with 201."""
    _apps_on(desk, request)
    package = _uploaded(request)
    if package is None:
        raise invalid("uploaded_data", "Uploaded data: cannot be blank", "BlankValue")
    upload_id = desk.account.next_id()
    desk.account.own_apps.uploads[upload_id] = package
    return ApiReply(201, {"id": upload_id})


def _uploaded(request: ApiRequest) -> bytes | None:
    kind, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if not kind.lower().startswith("multipart/form-data") or not boundary:
        return None
    for part in request.raw.split(b"--" + boundary.strip('"').encode())[1:-1]:
        head, _, body = part.partition(_PART)
        if b'name="uploaded_data"' in head:
            return body.removesuffix(b"\r\n")
    return None


def create(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    given = _given(request)
    if not given.get("name"):
        raise invalid("name", "Name: cannot be blank", "BlankValue")
    return ApiReply(200, {"job_id": app_builds.queue(desk.account, given["name"], given.get("upload_id")).id})


def change(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    app, given = by_id(desk.account.own_apps.apps, request.args[0]), _given(request)
    job = app_builds.queue(desk.account, given.get("name", ""), given.get("upload_id"), app["id"])
    return ApiReply(200, {"job_id": job.id})


def job(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    found = desk.account.own_apps.jobs.get(request.args[0])
    if found is None:
        raise not_found()
    shown: Json = {
        "id": found.id,
        "url": desk.account.url(f"apps/job_statuses/{found.id}"),
        "status": found.status,
        "message": found.message,
        "progress": None,
        "total": None,
        "retry_in": 3,
    }
    if found.status == "completed":
        shown |= {"app_id": found.app_id, "app_url": desk.account.url(f"apps/{found.app_id}")}
    return ApiReply(404 if found.status == "failed" else 200, shown)


def owned(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    return ApiReply(200, {"apps": list(desk.account.own_apps.apps.values())})


def delete(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    own = desk.account.own_apps
    app_id = by_id(own.apps, request.args[0])["id"]
    del own.apps[app_id]
    for row in [row for row in own.installations.values() if row["app_id"] == app_id]:
        del own.installations[row["id"]]
    return ApiReply(204)


def installations(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    app_builds.look(desk.account)
    return ApiReply(200, {"installations": list(desk.account.own_apps.installations.values())})


def install(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """An app that says `singleInstall` is installed once only."""
    _apps_on(desk, request)
    own, given = desk.account.own_apps, _given(request)
    app = by_id(own.apps, str(given.get("app_id")))
    if app["single_install"] and any(row["app_id"] == app["id"] for row in own.installations.values()):
        raise invalid("app_id", "App: is already installed", "DuplicateValue")
    installation: Json = {
        "id": desk.account.next_id(),
        "app_id": app["id"],
        "product": "support",
        "enabled": bool(given.get("enabled", True)),
        "settings": {},
        "settings_objects": [],
        "group_restrictions": [],
        "role_restrictions": None,
        **desk.account.stamps(),
    }
    app_builds.put_settings(own, installation, _settings(given))
    own.installations[installation["id"]] = installation
    return ApiReply(200, installation)


def configure(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    own, given = desk.account.own_apps, _given(request)
    installation = by_id(own.installations, request.args[0])
    if "settings" in given:
        app_builds.put_settings(own, installation, _settings(given))
    if "enabled" in given:
        installation["enabled"] = bool(given["enabled"])
    return ApiReply(200, touched(desk, installation))


def uninstall(desk: RouteContext, request: ApiRequest) -> ApiReply:
    _apps_on(desk, request)
    del desk.account.own_apps.installations[by_id(desk.account.own_apps.installations, request.args[0])["id"]]
    return ApiReply(204)


def _given(request: ApiRequest) -> Json:
    return request.body if isinstance(request.body, dict) else {}


def _settings(given: Json) -> Json:
    settings = given.get("settings")
    if not isinstance(settings, dict) or not settings:
        raise invalid("settings", "Settings: cannot be blank", "BlankValue")
    return settings


ROUTES: list[Route[RouteContext]] = [
    ("POST", "apps/uploads", upload),
    ("POST", "apps", create),
    ("PUT", "apps/*", change),
    ("DELETE", "apps/*", delete),
    ("GET", "apps/job_statuses/*", job),
    ("GET", "apps/owned", owned),
    ("GET", "apps/installations", installations),
    ("POST", "apps/installations", install),
    ("PUT", "apps/installations/*", configure),
    ("DELETE", "apps/installations/*", uninstall),
]
