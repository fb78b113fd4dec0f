"""What the account has: everything of each kind, read once, one call a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from connector.errors import Permanent
from connector.reading import truth
from connector.zendesk.account.setup import Definitions, Features, Judged, Kind, Thing
from parley.zendesk.account.desired import Wanted
from parley.zendesk.account.kinds import KINDS, ORDER
from parley.zendesk.account.memory import Made, What
from parley.zendesk.account.payloads import ONE
from parley.zendesk.account.properties import ALLOWED


class AccountError(Exception):
    """What a person has to settle in the account first, in plain words."""


class Setup(Protocol):
    """The verbs of `connector.zendesk.account.setup.Setup`."""

    def all(self, kind: Kind) -> tuple[Thing, ...]: ...
    def create(self, kind: Kind, payload: Mapping[str, object]) -> Thing: ...
    def change(self, kind: Kind, thing_id: str, payload: Mapping[str, object]) -> None: ...
    def delete(self, kind: Kind, thing_id: str) -> None: ...
    def form_statuses(self, form_id: str) -> frozenset[str]: ...
    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None: ...
    def signing_secret(self, webhook_id: str) -> str: ...
    def features(self, statuses: Sequence[Thing] | None) -> Features: ...
    def definitions(self, kind: Judged) -> Definitions: ...
    def tickets_with(self, field_id: str) -> int: ...
    def own_user(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Live:
    """The account at one moment. `secrets` by the ids of our webhooks; they are never shown."""

    things: Mapping[Kind, tuple[Thing, ...]]
    features: Features
    triggers: Definitions
    user: int
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def named(self, kind: Kind, name: str) -> list[Thing]:
        return [thing for thing in self.things[kind] if thing.name == name]

    def shared_form(self, ours: str, made: Mapping[What, Made]) -> str | None:
        """The name of the only form that the account can have; None where it has ours, or can."""
        mine = made.get(("form", ONE))
        if self.features.several_forms is not False or self.named("form", ours) or self._still_there(mine):
            return None
        return next(
            (one.name for one in self.things["form"] if truth(one.details.get("default")) or one.active), ""
        )

    def _still_there(self, made: Made | None) -> bool:
        return made is not None and self.by_id("form", made.id) is not None

    def by_id(self, kind: Kind, thing_id: str) -> Thing | None:
        return next((thing for thing in self.things[kind] if thing.id == thing_id), None)


def read_account(
    setup: Setup, wanted: Wanted, made: Mapping[What, Made], progress: Callable[[str], object]
) -> Live:
    """Read everything; `made` is what we remember. Raises the connector's errors."""
    things: dict[Kind, tuple[Thing, ...]] = {}
    statuses: tuple[Thing, ...] | None = None
    for kind in ORDER:
        progress(f"Reading: {plural(KINDS[kind].noun)}")
        if kind == "status":
            statuses = custom_statuses(setup)
            things[kind] = statuses or ()
        else:
            things[kind] = tuple(one for one in setup.all(kind) if not _is_deleted(one))
    features = setup.features(statuses)
    ours = {wanted.spec.form.name, *(webhook.name for webhook in wanted.spec.webhooks)}
    ids = {one.id for (kind, _), one in made.items() if kind in ("form", "webhook")}
    things["form"] = tuple(
        _with_statuses(setup, one) if one.name in ours or one.id in ids or features.several_forms is False else one
        for one in things["form"]
    )
    secrets = {
        one.id: setup.signing_secret(one.id) for one in things["webhook"] if one.name in ours or one.id in ids
    }
    return Live(things, features, setup.definitions("trigger"), setup.own_user(), secrets)


def custom_statuses(setup: Setup) -> tuple[Thing, ...] | None:
    """None in an account that has no custom statuses."""
    try:
        return setup.all("status")
    except Permanent as refusal:
        if refusal.code in ("gone", "missing", "forbidden"):
            return None
        raise


def _is_deleted(thing: Thing) -> bool:
    return truth(thing.details.get("deleted")) is True or bool(thing.details.get("deleted_at"))


def _with_statuses(setup: Setup, form: Thing) -> Thing:
    """A form without a list of statuses takes them all, and stays without one."""
    allowed = setup.form_statuses(form.id)
    return replace(form, details={**form.details, ALLOWED: sorted(allowed)}) if allowed else form


def plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith("s") else "s")
