"""Builds of apps, which Zendesk makes in its own time, and what an installation shows of its settings."""

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.apps import AppBuild, BadPackage, OwnApps, unpacked
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json, stamp


def queue(account: Account, name: str, upload_id: object, app_id: int = 0) -> AppBuild:
    """Let an app be built of a package that was handed in. Raises 422 where there is no such package."""
    own, text = account.own_apps, str(upload_id)
    package = own.uploads.get(int(text)) if text.isdigit() else None
    if package is None:
        raise invalid("upload_id", "Upload: is invalid", "InvalidValue")
    job = AppBuild(f"{account.random.getrandbits(128):032x}", name, package, app_id, own.builds_after)
    own.jobs[job.id] = job
    return job


def look(account: Account) -> None:
    """Somebody looks: each build is one step further."""
    for job in account.own_apps.jobs.values():
        if job.status in ("queued", "working"):
            job.looks_left -= 1
            job.status = "working"
            if job.looks_left < 0:
                _finish(account, job)


def _finish(account: Account, job: AppBuild) -> None:
    try:
        manifest, files = unpacked(job.package)
    except BadPackage as wrong:
        job.status, job.message = "failed", str(wrong)
        return
    own = account.own_apps
    app_id = job.app_id or account.next_id()
    before = own.apps.get(app_id, {})
    own.files[app_id] = files
    own.apps[app_id] = {
        "id": app_id,
        "name": job.name or before.get("name") or manifest.get("name", ""),
        "version": manifest.get("version"),
        "framework_version": manifest["frameworkVersion"],
        "default_locale": manifest["defaultLocale"],
        "single_install": bool(manifest.get("singleInstall")),
        "parameters": [_parameter(app_id, place, row) for place, row in enumerate(manifest.get("parameters", []))],
        "visibility": "private",
        "state": "published",
        "installable": True,
        "obsolete": False,
        "deprecated": False,
        "created_at": before.get("created_at", stamp(account.clock())),
        "updated_at": stamp(account.clock()),
    }
    job.status, job.app_id, job.message = "completed", app_id, f"Completed at {stamp(account.clock())}"


def _parameter(app_id: int, place: int, row: Json) -> Json:
    return {
        "app_id": app_id,
        "position": place,
        "name": row["name"],
        "kind": row["type"],
        "required": bool(row.get("required")),
        "secure": bool(row.get("secure")),
        "default_value": row.get("default"),
    }


def put_settings(own: OwnApps, installation: Json, given: Json) -> None:
    """Take the settings that are given over; others stay. Raises 422 where one that is required is empty."""
    parameters = {row["name"]: row for row in own.parameters(installation["app_id"])}
    kept = own.secure.get(installation["id"], {})
    settings = dict(installation["settings"])
    secure = {**kept, **{name: str(value) for name, value in given.items() if _is_secure(parameters, name)}}
    for name, value in given.items():
        if name in ("name", "title"):
            settings |= {"name": value, "title": value}
        elif name in parameters and name not in secure:
            settings[name] = None if value is None else str(value)
    for name, row in parameters.items():
        if row["required"] and not (secure if row["secure"] else settings).get(name, row["default_value"]):
            raise invalid(name, f"{name}: cannot be blank", "BlankValue")
    installation["settings"] = settings
    own.secure[installation["id"]] = secure
    shown = {**settings, **dict.fromkeys(secure)}
    installation["settings_objects"] = [{"name": name, "value": value} for name, value in shown.items()]


def _is_secure(parameters: dict[str, Json], name: str) -> bool:
    return bool(parameters.get(name, {}).get("secure"))
