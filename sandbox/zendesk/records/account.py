"""The account: everything that it holds, how its ids are given, and how settings are added to it."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from escalation.language.same_people import address_key
from sandbox.zendesk.records.apps import OwnApps
from sandbox.zendesk.records.ids import IdBlocks
from sandbox.zendesk.records.records import LOCALE_IDS, Conversation, Json, Mail, Ticket, User, stamp
from sandbox.zendesk.records.stored_files import Files

CATEGORIES = ("new", "open", "pending", "hold", "solved")
SWITCHED_ON = ("en-US", "es", "es-419", "de")
_ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(slots=True)
class Features:
    """What the account's plan and its Admin Center have switched on."""

    custom_statuses: bool = True
    on_hold: bool = True
    side_conversations: bool = True
    several_forms: bool = True
    dynamic_content: bool = True
    own_apps: bool = True


@dataclass(slots=True)
class AcceptedCredentials:
    """What a caller may identify with; API tokens go with the address of any agent.

    `oauth_scopes`: those that the OAuth client may ask for; None for all. `owner`: the address of the agent for
    whom bearer tokens stand; empty for the admin. `sign_in_…`: a second OAuth client, of the confidential kind, by
    which people allow an app in; it sends them back to one of `sign_in_redirect_uris`, each as it stands.
    """

    email: str = "admin@example.com"
    api_token: str = "sandbox-api-token"  # noqa: S105  known to everyone: it opens a stand-in
    oauth_token: str = "sandbox-oauth-token"  # noqa: S105  as the one above
    oauth_client_id: str = "parley"
    oauth_client_secret: str = "sandbox-oauth-secret"  # noqa: S105  as the ones above
    oauth_seconds: int = 1800
    oauth_scopes: frozenset[str] | None = None
    owner: str = ""
    sign_in_client_id: str = "parley_sign_in"
    sign_in_client_secret: str = "sandbox-sign-in-secret"  # noqa: S105  as the ones above
    sign_in_redirect_uris: list[str] = field(default_factory=list)


@dataclass
class Account:
    """Everything the account holds. Lists of settings are dicts by id, in the JSON that the API shows.

    `language`: what the API's sentences and the titles of system things are in, one of `tongues.LANGUAGES`.
    `locale_ids`: the languages that are switched on for its people.
    """

    clock: Callable[[], datetime]
    seed: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    base: str = "https://sandbox.zendesk.com"
    language: str = "pt-BR"
    account_id: int = 9_000_001
    locale_ids: list[int] = field(default_factory=lambda: [LOCALE_IDS[one] for one in SWITCHED_ON])
    side_conversation_subject: str = "ticket_side_conversation"
    features: Features = field(default_factory=Features)
    mails_are_scanned: bool = False
    credentials: AcceptedCredentials = field(default_factory=AcceptedCredentials)
    users: dict[int, User] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    groups: dict[int, Json] = field(default_factory=dict)
    statuses: dict[int, Json] = field(default_factory=dict)
    fields: dict[int, Json] = field(default_factory=dict)
    forms: dict[int, Json] = field(default_factory=dict)
    dynamic_content: dict[int, Json] = field(default_factory=dict)
    form_statuses: dict[int, list[Json]] = field(default_factory=dict)
    macros: dict[int, Json] = field(default_factory=dict)
    triggers: dict[int, Json] = field(default_factory=dict)
    trigger_categories: dict[int, Json] = field(default_factory=dict)
    automations: dict[int, Json] = field(default_factory=dict)
    views: dict[int, Json] = field(default_factory=dict)
    webhooks: dict[str, Json] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    files: Files = field(default_factory=Files)
    own_apps: OwnApps = field(default_factory=OwnApps)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  repeatable ids, no secrets of anyone
        dice = random.Random(f"ids {self.seed}")  # noqa: S311  as above; dice of their own: more ids change nothing else
        self._ids = IdBlocks(self.clock, dice, 360_000_000_000 + self.seed * 1_000_000)
        self._last_ticket = 0
        self._users_by_email: dict[str, int] = {}

    def next_id(self) -> int:
        return self._ids.next()

    def skip_ids(self, count: int) -> None:
        """Give ids as an account would that has had so many more before."""
        for _ in range(count):
            self._ids.next()

    def next_ticket_id(self) -> int:
        self._last_ticket += 1
        return self._last_ticket

    def ulid(self) -> str:
        """An id like a webhook's: the moment in ten letters, then sixteen at random."""
        millis = int(self.clock().timestamp() * 1000)
        head = "".join(_ULID_ALPHABET[(millis >> shift) & 31] for shift in range(45, -1, -5))
        return head + "".join(self.random.choices(_ULID_ALPHABET, k=16))

    def uuid(self) -> str:
        digits = f"{self.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def url(self, path: str) -> str:
        return f"{self.base}/api/v2/{path}.json"

    def stamps(self) -> Json:
        now = stamp(self.clock())
        return {"created_at": now, "updated_at": now}

    # People

    def add_user(self, name: str, email: str | None, role: str = "end-user", *, verified: bool = False) -> User:
        user = User(self.next_id(), name, email, role, self.clock(), verified=verified)
        if user.is_agent:
            user.default_group_id = next(iter(self.groups), None)
        self.users[user.id] = user
        if email:
            self._users_by_email[address_key(email)] = user.id
        return user

    def user_by_email(self, email: str) -> User | None:
        found = self._users_by_email.get(address_key(email))
        return None if found is None else self.users[found]

    def rename_email(self, user: User, email: str | None) -> None:
        if user.email:
            self._users_by_email.pop(address_key(user.email), None)
        user.email = email
        if email:
            self._users_by_email[address_key(email)] = user.id

    @property
    def admin(self) -> User:
        return next(user for user in self.users.values() if user.role == "admin")

    @property
    def token_owner(self) -> User:
        return self.user_by_email(self.credentials.owner) or self.admin

    # Statuses, fields, forms

    def default_status(self, category: str) -> int:
        for status in self.statuses.values():
            if status["status_category"] == category and status["default"]:
                return int(status["id"])
        raise KeyError(category)

    def offers(self, status: Json) -> bool:
        """Whether tickets may have a status now: without custom statuses the default one of each category only."""
        held_back = status["status_category"] == "hold" and not self.features.on_hold
        return bool(status["active"] and (self.features.custom_statuses or status["default"])) and not held_back

    def shown_status(self, ticket: Ticket) -> Json:
        """The status that people see: the ticket's own, or its category's where there are no custom ones."""
        if self.features.custom_statuses:
            return self.statuses.get(ticket.custom_status_id, {})
        category = "solved" if ticket.status == "closed" else ticket.status
        return self.statuses[self.default_status(category)]

    def default_form(self) -> int:
        return next(form_id for form_id, form in self.forms.items() if form["default"])

    def custom_fields(self) -> list[Json]:
        return [found for found in self.fields.values() if found["removable"]]


def add_status(account: Account, category: str, label: str, **more: object) -> Json:
    status_id = account.next_id()
    texts = {
        "agent_label": label,
        "end_user_label": more.get("end_user_label") or label,
        "description": more.get("description") or "",
        "end_user_description": more.get("end_user_description") or "",
    }
    status = {
        "id": status_id,
        "url": account.url(f"custom_statuses/{status_id}"),
        "status_category": category,
        **texts,
        **{f"raw_{key}": value for key, value in texts.items()},
        "active": more.get("active", True),
        "default": bool(more.get("default", False)),
        **account.stamps(),
    }
    account.statuses[status_id] = status
    return status


def add_field(account: Account, given: Json, *, removable: bool = True) -> Json:
    field_id = account.next_id()
    title = given["title"]
    portal = given.get("title_in_portal") or title
    description = given.get("description") or ""
    record: Json = {
        "id": field_id,
        "url": account.url(f"ticket_fields/{field_id}"),
        "type": given["type"],
        "title": title,
        "raw_title": title,
        "title_in_portal": portal,
        "raw_title_in_portal": portal,
        "description": description,
        "raw_description": description,
        "agent_description": given.get("agent_description"),
        "active": given.get("active", True),
        "position": given.get("position", len(account.fields)),
        "required": bool(given.get("required", False)),
        "required_in_portal": bool(given.get("required_in_portal", False)),
        "visible_in_portal": bool(given.get("visible_in_portal", not removable)),
        "editable_in_portal": bool(given.get("editable_in_portal", not removable)),
        "collapsed_for_agents": bool(given.get("collapsed_for_agents", False)),
        "regexp_for_validation": given.get("regexp_for_validation"),
        "tag": given.get("tag"),
        "removable": removable,
        "agent_can_edit": True,
        **account.stamps(),
    }
    account.fields[field_id] = record
    return record


def add_form(account: Account, given: Json, *, default: bool = False) -> Json:
    form_id = account.next_id()
    name = given["name"]
    display = given.get("display_name") or name
    system = [field_id for field_id, found in account.fields.items() if not found["removable"]]
    form: Json = {
        "id": form_id,
        "url": account.url(f"ticket_forms/{form_id}"),
        "name": name,
        "raw_name": name,
        "display_name": display,
        "raw_display_name": display,
        "end_user_visible": bool(given.get("end_user_visible", default)),
        "active": bool(given.get("active", True)),
        "default": default,
        "position": given.get("position", len(account.forms)),
        "ticket_field_ids": given.get("ticket_field_ids") or system,
        "in_all_brands": given.get("in_all_brands", True),
        "restricted_brand_ids": [],
        "agent_conditions": given.get("agent_conditions") or [],
        "end_user_conditions": given.get("end_user_conditions") or [],
        **account.stamps(),
    }
    account.forms[form_id] = form
    return form
