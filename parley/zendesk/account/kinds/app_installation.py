"""The installation of the sidebar app: its settings, one of which is never shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from connector.reading import Json, mapping
from connector.zendesk.account.ids import CASE_KEY
from connector.zendesk.account.setup import Resource, Thing
from parley.zendesk.account.model.comparison import Details, Properties, likened
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.refs import ONE, Ref
from parley.zendesk.account.model.sidebar import SECRET, Sealed, fingerprint

SETTING: Final = "setting "
NAME: Final = f"{SETTING}name"


def _parts(sources: Sources) -> Iterator[AccountPart]:
    app = sources.desired.sidebar
    if app is None or sources.missing.no_apps:
        return
    settings = {
        "name": app.name,
        "desk_address": app.address,
        SECRET: Sealed(app.key),
        "case_field": Ref("field", CASE_KEY),
        "due_field": Ref("field", "next_update_due"),
    }
    yield AccountPart(
        "app_installation", ONE, app.name, {"app_id": Ref("app", ONE), "enabled": True, "settings": settings}
    )


def _settings(details: Details) -> Properties:
    settings = mapping(details.get("settings"))
    shown = {
        f"{SETTING}{name}": likened(value) for name, value in settings.items() if name not in (SECRET, "title")
    }
    return {**shown, f"{SETTING}{SECRET}": fingerprint(settings[SECRET])} if settings.get(SECRET) else shown


def _change(body: Details, there: Details, names: Collection[str]) -> Json:
    """All settings go along, since it is not documented whether an update keeps those that it does not name."""
    if not any(name.startswith(SETTING) for name in names):
        return {}
    has, ours = mapping(there.get("settings")), mapping(body.get("settings"))
    called = ours.get("name") if NAME in names else has.get("name", ours.get("name"))
    return {"settings": {**ours, "name": called}}


def _of_the_app(there: Details, body: Details) -> bool:
    return str(there.get("app_id")) == str(body.get("app_id"))


def of_our_apps(installations: Sequence[Thing], apps: Sequence[Thing]) -> tuple[Thing, ...]:
    """The installations of the account's own apps, each called as its app is, whatever people call it."""
    names = {app.id: app.name for app in apps}
    known = [(one, names.get(str(one.details.get("app_id")))) for one in installations]
    return tuple(replace(one, name=name) for one, name in known if name is not None)


APP_INSTALLATION: Final = AccountKind(
    Resource("app_installation", "apps/installations", "", "settings.name", paged=False, listed="installations"),
    "installation of the sidebar app",
    _parts,
    compared=("enabled",),
    more=_settings,
    texts=(NAME,),
    change=_change,
    unreadable=frozenset({f"{SETTING}{SECRET}"}),
    same=_of_the_app,
    optional=True,
    by_ids=True,
    off={"enabled": False},
    listed_everywhere=False,
)
