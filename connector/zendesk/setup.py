"""The account's settings: what there is by name, and what can be made, for `parley zendesk apply` and `doctor`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from zenpy.lib import api_objects

from connector.errors import Permanent, Unreadable
from connector.reading import Json, items, mapping, number, text, the_items
from connector.zendesk.channel import Channel, body_of, reading, writing

Kind = Literal["field", "form", "status", "macro", "category", "trigger", "webhook"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something the account has. Ids are strings here; webhooks' ids are no numbers."""

    kind: Kind
    id: str
    name: str
    details: Mapping[str, Any]

    @property
    def active(self) -> bool:
        return self.details.get("active", True) is not False and self.details.get("status") != "inactive"


@dataclass(frozen=True, slots=True)
class Features:
    """What is switched on; None where the account does not say."""

    custom_statuses: bool
    on_hold: bool | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a trigger's condition may be about, by its API name and by the titles that people read."""

    name: str
    title: str
    operators: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _How:
    """How one kind is listed and made: its keys in the JSON, the name's key, and zenpy's part for it."""

    many: str
    one: str
    name: str
    zenpy: str = ""
    made_of: str = ""


_KINDS: Final[dict[Kind, _How]] = {
    "field": _How("ticket_fields", "ticket_field", "title", "ticket_fields", "TicketField"),
    "form": _How("ticket_forms", "ticket_form", "name", "ticket_forms", "TicketForm"),
    "status": _How("custom_statuses", "custom_status", "agent_label", "custom_statuses", "CustomStatus"),
    "macro": _How("macros", "macro", "title", "macros", "Macro"),
    "trigger": _How("triggers", "trigger", "title", "triggers", "Trigger"),
    "webhook": _How("webhooks", "webhook", "name", "webhooks", "Webhook"),
    "category": _How("trigger_categories", "trigger_category", "name"),
}


class Setup:
    """Writes are one attempt each and raise Unclear where their outcome is not known: then list again first."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def all(self, kind: Kind) -> tuple[Thing, ...]:
        """Everything of a kind, switched off or on."""
        how = _KINDS[kind]
        with reading():
            return tuple(_thing(kind, how, one) for one in self._listed(how))

    def create(self, kind: Kind, payload: Mapping[str, object]) -> Thing:
        how = _KINDS[kind]
        if not how.zenpy:
            answer = self._channel.send("POST", how.many, {how.one: payload})
        else:
            made = getattr(api_objects, how.made_of)(**payload)
            with writing():
                answer = self._channel.zenpy(lambda zenpy: getattr(zenpy, how.zenpy).create(made))
        with writing():
            return _thing(kind, how, mapping(body_of(answer).get(how.one)))

    def add_options(self, field: Thing, options: Sequence[Mapping[str, str]]) -> None:
        """Adds options (`name`, `value`) to a list field; those it has are sent along, or Zendesk drops them.

        https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_fields/#updating-drop-down-field-options
        """
        had = [
            {key: one[key] for key in ("id", "name", "value") if key in one}
            for one in items(field.details.get("custom_field_options"))
        ]
        with writing():
            changed = api_objects.TicketField(id=int(field.id), custom_field_options=[*had, *options])
            self._channel.zenpy(lambda zenpy: zenpy.ticket_fields.update(changed))

    def form_statuses(self, form_id: str) -> frozenset[str]:
        """The custom statuses that a form is limited to; empty where it takes all, or where there are no limits."""
        try:
            with reading():
                body = body_of(self._channel.get(f"ticket_forms/{form_id}/ticket_form_statuses"))
                rows = the_items(body.get("ticket_form_statuses"), "the form's statuses")
                return frozenset(text(row.get("custom_status_id")) for row in rows)
        except Permanent as refusal:
            if refusal.code in ("gone", "missing", "forbidden"):
                return frozenset()
            raise

    def add_form_statuses(self, form_id: str, status_ids: Sequence[str]) -> None:
        rows = [{"custom_status_id": int(one)} for one in status_ids]
        self._channel.send("POST", f"ticket_forms/{form_id}/ticket_form_statuses", {"ticket_form_status": rows})

    def signing_secret(self, webhook_id: str) -> str:
        with reading():
            answer = self._channel.zenpy_read(lambda zenpy: zenpy.webhooks.show_secret(webhook_id))
            secret = text(mapping(body_of(answer).get("signing_secret")).get("secret"))
            if not secret:
                raise Unreadable("the webhook has no signing secret")
            return secret

    def features(self) -> Features:
        """Custom and on-hold statuses; no call switches them on, so the Admin Center has to."""
        try:
            held = self.all("status")
        except Permanent as refusal:
            if refusal.code in ("gone", "missing", "forbidden"):
                return Features(custom_statuses=False, on_hold=None)
            raise
        try:
            with reading():
                settings = mapping(body_of(self._channel.get("account/settings")).get("settings"))
        except Permanent:
            settings = {}
        tickets = mapping(settings.get("tickets"))
        said = (mapping(settings.get("active_features")).get("on_hold_status"), tickets.get("status_hold"))
        on_hold = next((one for one in said if isinstance(one, bool)), None)
        categories = {text(one.details.get("status_category")) for one in held if one.active}
        return Features(
            custom_statuses=tickets.get("custom_statuses_enabled") is not False,
            on_hold=True if on_hold is None and "hold" in categories else on_hold,
        )

    def subjects(self) -> tuple[Subject, ...]:
        """What triggers may ask about; titles come in the language of our user."""
        with reading():
            definitions = mapping(body_of(self._channel.get("triggers/definitions")).get("definitions"))
            listed = items(definitions.get("conditions_any")) or items(definitions.get("conditions_all"))
            return tuple(
                Subject(
                    name=text(one.get("subject")),
                    title=text(one.get("title")),
                    operators=_titles(one.get("operators")),
                    values=_titles(one.get("values")),
                )
                for one in listed
            )

    def own_user(self) -> int:
        with reading():
            answer = self._channel.zenpy_read(lambda zenpy: zenpy.users.me())
            found = number(mapping(body_of(answer).get("user")).get("id"))
            if found is None:
                raise Unreadable("our user has no id")
            return found

    def _listed(self, how: _How) -> list[Json]:
        if not how.zenpy:
            pages = [body for body, _ in self._channel.pages(how.many, {"page[size]": 100})]
        else:
            pages = [body_of(answer) for answer in self._channel.zenpy_pages(_lister(how))]
        return [one for body in pages for one in the_items(body.get(how.many), f"the list of {how.many}")]


def _lister(how: _How) -> Callable[[Any], object]:
    if how.zenpy == "webhooks":
        return lambda zenpy: list(zenpy.webhooks.list())
    return lambda zenpy: list(getattr(zenpy, how.zenpy)())


def _thing(kind: Kind, how: _How, one: Json) -> Thing:
    found = text(one.get("id"))
    if not found:
        raise Unreadable(f"a {kind} has no id")
    return Thing(kind, found, text(one.get(how.name)).strip(), one)


def _titles(value: object) -> dict[str, str]:
    """API values by their titles in lower case."""
    return {text(one.get("title")).strip().lower(): text(one.get("value")) for one in items(value)}
