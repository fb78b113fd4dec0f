"""The account's settings: what there is by name, and what is made, changed and deleted, for `parley zendesk`.

All of it goes past zenpy: it lacks categories, form statuses and cursor pages, and reads each answer a dozen times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from connector.errors import Permanent, UnreadableAnswer
from connector.reading import Json, items, mapping, number, text, the_items, truth
from connector.zendesk.access.channel import Calls, body_of, reading, writing
from connector.zendesk.account.app_builds import AppJob, build_app, job_of, upload_app

PAGE: Final = 100
MOST_PAGES: Final = 60
VARIANTS_OF: Final = "dynamic_content/items"


@dataclass(frozen=True, slots=True)
class Resource:
    """How one kind of thing is listed and changed: its keys in the JSON, the name's key, its pages, the verb of a
    change. `many` is the path too; where the list stands under another key than that, `listed` is the key. Without
    `one` a thing stands under no key of its own. Of a name of two keys (`settings.name`) the second is below the
    first."""

    kind: str
    many: str
    one: str
    name: str
    paged: bool = True
    change: Literal["PUT", "PATCH"] = "PUT"
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something the account has. Ids are strings here; webhooks' ids are no numbers."""

    kind: str
    id: str
    name: str
    details: Mapping[str, Any]

    @property
    def active(self) -> bool:
        return truth(self.details.get("active")) is not False and self.details.get("status") != "inactive"


@dataclass(frozen=True, slots=True)
class AccountFeatures:
    """What is switched on; None where the account does not say. `locales`: its languages, by Zendesk's ids."""

    custom_statuses: bool
    on_hold: bool | None
    several_forms: bool | None = None
    dynamic_content: bool | None = None
    locales: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """What a condition or an action may be about, by its API name and by the titles that people read."""

    name: str
    title: str
    operators: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Definitions:
    """The conditions and actions that the account takes, by API name; empty where it does not say."""

    conditions: Mapping[str, RuleSubject]
    actions: Mapping[str, RuleSubject]


class Setup:
    """Writes are one attempt each and raise Unclear where their outcome is not known: then list again first."""

    def __init__(self, channel: Calls) -> None:
        self._channel = channel

    def all(self, resource: Resource) -> tuple[Thing, ...]:
        """Everything of a kind, switched off or on."""
        with reading():
            return tuple(_thing(resource, row) for row in self._listed(resource))

    def create(self, resource: Resource, payload: Mapping[str, object]) -> Thing:
        answer = self._channel.send("POST", resource.many, _under(resource, payload))
        with writing():
            body = body_of(answer)
            return _thing(resource, mapping(body.get(resource.one)) if resource.one else body)

    def change(self, resource: Resource, thing_id: str, payload: Mapping[str, object]) -> None:
        """Lists in it replace those that were there. Doing it twice changes nothing more."""
        self._channel.send(resource.change, f"{resource.many}/{thing_id}", _under(resource, payload))

    def delete(self, resource: Resource, thing_id: str) -> None:
        """Raises Permanent with the code `gone` where it is not there any more."""
        self._channel.send("DELETE", f"{resource.many}/{thing_id}", {})

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
            answer = self._channel.get(f"webhooks/{webhook_id}/signing_secret")
            secret = text(mapping(body_of(answer).get("signing_secret")).get("secret"))
            if not secret:
                raise UnreadableAnswer("the webhook has no signing secret")
            return secret

    def features(self, statuses: Sequence[Thing] | None) -> AccountFeatures:
        """Custom and on-hold statuses, and forms; no call switches them on, so the Admin Center has to.

        `statuses`: what the account lists; None where it refuses to.
        """
        try:
            with reading():
                settings = mapping(body_of(self._channel.get("account/settings")).get("settings"))
        except Permanent:
            settings = {}
        tickets, active = mapping(settings.get("tickets")), mapping(settings.get("active_features"))
        said = (active.get("on_hold_status"), tickets.get("status_hold"))
        on_hold = next((one for one in map(truth, said) if one is not None), None)
        categories = {text(one.details.get("status_category")) for one in statuses or () if one.active}
        return AccountFeatures(
            custom_statuses=statuses is not None and truth(tickets.get("custom_statuses_enabled")) is not False,
            on_hold=True if on_hold is None and "hold" in categories else on_hold,
            several_forms=truth(active.get("ticket_forms")),
            dynamic_content=truth(active.get("dynamic_contents")),
            locales=_numbers(mapping(settings.get("localization")).get("locale_ids")),
        )

    def locales(self) -> Mapping[int, str]:
        """The languages that the account has switched on, as Zendesk calls them (`es-419`), by their ids."""
        with reading():
            rows = [
                row for body in self._numbered("locales") for row in the_items(body.get("locales"), "the languages")
            ]
            return {found: text(row.get("locale")) for row in rows if (found := number(row.get("id"))) is not None}

    def add_variant(self, item_id: str, variant: Mapping[str, object]) -> None:
        """Add a language to an item of dynamic content; one that is there already is refused.

        https://developer.zendesk.com/api-reference/ticketing/ticket-management/dynamic_content_item_variants/#create-variant
        """
        self._channel.send("POST", f"{VARIANTS_OF}/{item_id}/variants", {"variant": dict(variant)})

    def change_variant(self, item_id: str, variant_id: str, content: str) -> None:
        self._channel.send(
            "PUT", f"{VARIANTS_OF}/{item_id}/variants/{variant_id}", {"variant": {"content": content}}
        )

    def definitions(self, resource: Resource) -> Definitions:
        """What the account's rules of a kind may ask and do; titles come in the language of our user.

        Zendesk documents those of triggers and macros; where an account has none for automations, it says nothing:
        https://developer.zendesk.com/api-reference/ticketing/business-rules/triggers/#list-trigger-action-and-condition-definitions
        """
        try:
            with reading():
                body = body_of(self._channel.get(f"{resource.many}/definitions"))
        except Permanent as refusal:
            if refusal.code in ("gone", "missing"):
                return Definitions({}, {})
            raise
        found = mapping(body.get("definitions"))
        conditions = [*items(found.get("conditions_all")), *items(found.get("conditions_any"))]
        return Definitions(_subjects(conditions), _subjects(items(found.get("actions"))))

    def tickets_with(self, field_id: str) -> int:
        """How many tickets have a value in a field, by the search index, which is some minutes behind.

        https://support.zendesk.com/hc/en-us/articles/4408886879258 (`custom_field_{id}:*`)
        """
        with reading():
            answer = self._channel.get("search/count", query=f"type:ticket custom_field_{field_id}:*")
            found = number(body_of(answer).get("count"))
            if found is None:
                raise UnreadableAnswer("there is no count")
            return found

    def own_user(self) -> int:
        with reading():
            answer = self._channel.get("users/me")
            found = number(mapping(body_of(answer).get("user")).get("id"))
            if found is None:
                raise UnreadableAnswer("our user has no id")
            return found

    def upload_app(self, package: bytes) -> str:
        """Hand a zip in; the upload's id. One that nothing uses does no harm. Raises Transient and Permanent."""
        return upload_app(self._channel, package)

    def build_app(self, upload_id: str, name: str, app_id: str = "") -> str:
        """Let an app be built, or built anew where its id is given; the job's id."""
        return build_app(self._channel, upload_id, name, app_id)

    def app_job(self, job_id: str) -> AppJob:
        """How a build stands now. Raises Transient."""
        return job_of(self._channel, job_id)

    def _listed(self, resource: Resource) -> list[Json]:
        many = resource.many
        if resource.paged:
            pages = [body for body, _ in self._channel.pages(many, {"page[size]": PAGE})]
        else:
            pages = list(self._numbered(many))
        return [
            one for body in pages for one in the_items(body.get(resource.listed or many), f"the list of {many}")
        ]

    def _numbered(self, path: str) -> Iterator[Json]:
        """The pages of a list that knows no cursors; most such lists have one only."""
        for page in range(1, MOST_PAGES):
            body = body_of(self._channel.get(path, **({"page": page} if page > 1 else {})))
            yield body
            if not body.get("next_page"):
                return
        raise UnreadableAnswer("it has more pages than can be")


def _thing(resource: Resource, row: Json) -> Thing:
    found = text(row.get("id"))
    if not found:
        raise UnreadableAnswer(f"a {resource.kind} has no id")
    return Thing(resource.kind, found, name_in(resource, row), row)


def name_in(resource: Resource, row: Json) -> str:
    """What a thing is called, as its kind says it."""
    below, _, key = resource.name.rpartition(".")
    return text((mapping(row.get(below)) if below else row).get(key)).strip()


def _under(resource: Resource, payload: Mapping[str, object]) -> Mapping[str, object]:
    return {resource.one: payload} if resource.one else payload


def _numbers(listed: object) -> tuple[int, ...]:
    found = (number(one) for one in listed) if isinstance(listed, list) else ()
    return tuple(one for one in found if one is not None)


def _subjects(listed: Sequence[Json]) -> dict[str, RuleSubject]:
    found: dict[str, RuleSubject] = {}
    for one in listed:
        name = text(one.get("subject")) or text(one.get("value"))  # macros' lists name it as a value
        if not name:
            continue
        found.setdefault(
            name,
            RuleSubject(name, text(one.get("title")), _titles(one.get("operators")), _titles(one.get("values"))),
        )
    return found


def _titles(value: object) -> dict[str, str]:
    """API values by their titles in lower case."""
    return {text(one.get("title")).strip().lower(): text(one.get("value")) for one in items(value)}
