"""Reads everything of each kind that the account has, once, one call a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from connector.errors import Permanent
from connector.reading import truth
from connector.zendesk.account.ids import LOCALES
from connector.zendesk.account.setup import AccountFeatures, Thing
from parley.zendesk.account.kinds import (
    APP,
    APP_INSTALLATION,
    DYNAMIC_CONTENT,
    FORM,
    ORDER,
    STATUS,
    TRIGGER,
    WEBHOOK,
    AccountKind,
)
from parley.zendesk.account.kinds.app_installation import of_our_apps
from parley.zendesk.account.kinds.dynamic_content import with_tags
from parley.zendesk.account.kinds.form import with_statuses
from parley.zendesk.account.model.part import DesiredAccount
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.refs import PartKey
from parley.zendesk.account.planning.actual import ActualAccount
from parley.zendesk.account.planning.known_state import StateEntry


def read_actual(
    calls: AccountPort,
    desired: DesiredAccount,
    entries: Mapping[PartKey, StateEntry],
    progress: Callable[[str], object],
) -> ActualAccount:
    """Read everything; `entries` are the parts as we left them. Raises the connector's errors."""
    listed: dict[str, tuple[Thing, ...] | None] = {}
    for kind in ORDER:
        if kind in (APP, APP_INSTALLATION) and desired.sidebar is None:
            listed[kind.kind] = None
        elif kind is not DYNAMIC_CONTENT:
            progress(f"Reading: {plural(kind.noun)}")
            listed[kind.kind] = list_things(calls, kind)
    features = calls.features(listed[STATUS.kind])
    if desired.is_translated or any(kind == DYNAMIC_CONTENT.kind for kind, _ in entries):
        progress(f"Reading: {plural(DYNAMIC_CONTENT.noun)}")
        features, languages, listed[DYNAMIC_CONTENT.kind] = _dynamic_content(calls, features)
    else:
        languages, listed[DYNAMIC_CONTENT.kind] = {}, None
    apps = listed[APP.kind] is not None and listed[APP_INSTALLATION.kind] is not None
    things = {kind: found or () for kind, found in listed.items()}
    things[APP_INSTALLATION.kind] = of_our_apps(things[APP_INSTALLATION.kind], things[APP.kind])
    ours = {desired.spec.form.name, *(webhook.name for webhook in desired.spec.webhooks)}
    ids = {entry.id for (kind, _), entry in entries.items() if kind in (FORM.kind, WEBHOOK.kind)}

    def is_ours(thing: Thing) -> bool:
        return thing.name in ours or thing.id in ids

    things[FORM.kind] = tuple(
        with_statuses(calls, form) if is_ours(form) or features.several_forms is False else form
        for form in things[FORM.kind]
    )
    secrets = {hook.id: calls.signing_secret(hook.id) for hook in things[WEBHOOK.kind] if is_ours(hook)}
    triggers, user = calls.definitions(TRIGGER.resource), calls.own_user()
    return ActualAccount(things, features, triggers, user, secrets, languages, apps)


def _dynamic_content(
    calls: AccountPort, features: AccountFeatures
) -> tuple[AccountFeatures, Mapping[int, str], tuple[Thing, ...] | None]:
    """The account's items and languages; neither where its plan has none. One that has it and won't show it is
    not taken for one that has none: that would turn every text back to English."""
    if features.dynamic_content is False:
        return features, {}, None
    found = calls.all(DYNAMIC_CONTENT.resource) if features.dynamic_content else list_things(calls, DYNAMIC_CONTENT)
    if found is None:
        return replace(features, dynamic_content=False), {}, None
    known = features.locales and all(one in LOCALES for one in features.locales)
    languages = {one: LOCALES[one] for one in features.locales} if known else calls.locales()
    return features, languages, tuple(with_tags(one, languages) for one in found)


def list_things(calls: AccountPort, kind: AccountKind) -> tuple[Thing, ...] | None:
    """Everything of a kind; None in an account that has no such things."""
    try:
        return tuple(thing for thing in calls.all(kind.resource) if not _is_deleted(thing))
    except Permanent as refusal:
        if not kind.listed_everywhere and refusal.code in ("gone", "missing", "forbidden"):
            return None
        raise


def _is_deleted(thing: Thing) -> bool:
    return truth(thing.details.get("deleted")) is True or bool(thing.details.get("deleted_at"))


def plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith("s") else "s")
