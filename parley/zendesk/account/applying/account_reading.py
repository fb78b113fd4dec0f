"""Reads everything of each kind that the account has, once, one call a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connector.errors import Permanent
from connector.reading import truth
from connector.zendesk.account.setup import Thing
from parley.zendesk.account.kinds import FORM, ORDER, STATUS, TRIGGER, WEBHOOK, AccountKind
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
        progress(f"Reading: {plural(kind.noun)}")
        listed[kind.kind] = list_things(calls, kind)
    features = calls.features(listed[STATUS.kind])
    things = {kind: found or () for kind, found in listed.items()}
    ours = {desired.spec.form.name, *(webhook.name for webhook in desired.spec.webhooks)}
    ids = {entry.id for (kind, _), entry in entries.items() if kind in (FORM.kind, WEBHOOK.kind)}

    def is_ours(thing: Thing) -> bool:
        return thing.name in ours or thing.id in ids

    things[FORM.kind] = tuple(
        with_statuses(calls, form) if is_ours(form) or features.several_forms is False else form
        for form in things[FORM.kind]
    )
    secrets = {hook.id: calls.signing_secret(hook.id) for hook in things[WEBHOOK.kind] if is_ours(hook)}
    return ActualAccount(things, features, calls.definitions(TRIGGER.resource), calls.own_user(), secrets)


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
