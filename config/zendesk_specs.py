"""The parts of the Zendesk account as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

STRICT = ConfigDict(extra="forbid")
FORM_ID, GROUP_ID, STATUS_ID, FIELD_ID = "@form", "@group", "@status:", "@"
"""Values that stand for ids: the form's, the group's, a status' (followed by its key), a field's (by its key)."""

Category = Literal["new", "open", "pending", "hold", "solved"]
FieldType = Literal["text", "textarea", "regexp", "checkbox", "tagger", "multiselect"]


@dataclass(frozen=True, slots=True, config=STRICT)
class FormSpec:
    """The ticket form: its fields are the system's (by type), then ours in order; the statuses (keys) it allows.

    `told_by`: the field (its key) by which our tickets are told from others where the account has no form for them.
    """

    name: str
    system_fields: tuple[str, ...]
    statuses: tuple[str, ...]
    told_by: str


@dataclass(frozen=True, slots=True, config=STRICT)
class OptionSpec:
    """One option of a list field: the tag it sets, and the label that people read."""

    tag: str
    label: str


@dataclass(frozen=True, slots=True, config=STRICT)
class FieldSpec:
    """A ticket field. `requester`: shown and editable in the help center, where `required` makes it a must.

    `shared_description` takes the place of `description` on a form that other requests use too.
    """

    key: str
    title: str
    type: FieldType
    requester: bool = False
    required: bool = False
    regexp: str = ""
    description: str = ""
    shared_description: str = ""
    agent_description: str = ""
    prefix: str = ""
    options: tuple[OptionSpec, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class StatusSpec:
    """A custom status; its key is the state's name in the process."""

    key: str
    category: Category
    agent_label: str
    description: str
    end_user_label: str
    end_user_description: str


@dataclass(frozen=True, slots=True, config=STRICT)
class MacroSpec:
    """A macro: a text (its key) as public comment, a status (its key), a tier (its option tag), tags to add.

    `gaps` says which key of the policy fills each gap of the text.
    """

    key: str
    name: str
    description: str
    comment: str = ""
    gaps: Mapping[str, str] | None = None
    status: str = ""
    tier: str = ""
    add_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class ConditionSpec:
    """A condition; `field` and `value` may stand for an id, as FORM_ID and its like say."""

    field: str
    operator: str
    value: str

    @property
    def status(self) -> str:
        """The key of the status that it asks for; empty where it asks for none."""
        return self.value.removeprefix(STATUS_ID) if self.value.startswith(STATUS_ID) else ""


@dataclass(frozen=True, slots=True, config=STRICT)
class DiscoveredSpec:
    """Conditions whose API name is not published: `about` is the part of it that is sure, `title` what people read.

    All of its values are asked for. Titles are in the language of our user, so nothing is found by them.
    """

    about: str
    title: str
    operator: str


@dataclass(frozen=True, slots=True, config=STRICT)
class TriggerSpec:
    """A trigger: `all` must hold, and one of the `discovered` where given; then `webhook` (its key) gets `body`."""

    key: str
    title: str
    description: str
    all: tuple[ConditionSpec, ...]
    webhook: str
    body: str
    discovered: DiscoveredSpec | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class WebhookSpec:
    """A webhook to a path under PUBLIC_URL, for triggers or for event types."""

    key: str
    name: str
    path: str
    subscriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class GroupSpec:
    """The agents' group; its name is the policy's."""

    description: str


@dataclass(frozen=True, slots=True, config=STRICT)
class AutomationSpec:
    """An automation: where `all` hold and one of `any`, it adds tags and mails the group."""

    key: str
    title: str
    all: tuple[ConditionSpec, ...]
    add_tags: tuple[str, ...]
    subject: str
    body: str
    any: tuple[ConditionSpec, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class ViewSpec:
    """A view; `columns`, `group_by` and `sort_by` name system columns, or fields by `@` and their key.

    `without_status` takes the place of `all` in an account that can't have a status which `all` asks for.
    """

    key: str
    title: str
    description: str
    all: tuple[ConditionSpec, ...]
    columns: tuple[str, ...]
    any: tuple[ConditionSpec, ...] = ()
    without_status: tuple[ConditionSpec, ...] = ()
    group_by: str = ""
    sort_by: str = ""
    sort_order: Literal["asc", "desc"] = "asc"


@dataclass(frozen=True, slots=True, config=STRICT)
class TagsSpec:
    """The tags by which agents ask for something."""

    post: str
    pause: str


FILES: Mapping[str, tuple[str, ...]] = {
    "fields": ("form", "fields"),
    "statuses": ("statuses",),
    "macros": ("macros",),
    "triggers": ("tags", "trigger_category", "triggers", "webhooks"),
    "group": ("group",),
    "automations": ("automations",),
    "views": ("views",),
}
"""The files of `config/zendesk/`, and the keys of each, which together are those of AccountSpec."""


@dataclass(frozen=True, slots=True, config=STRICT)
class AccountSpec:
    """Everything that `parley zendesk apply` creates in the account, by the keys of the files."""

    form: FormSpec
    fields: tuple[FieldSpec, ...]
    statuses: tuple[StatusSpec, ...]
    macros: tuple[MacroSpec, ...]
    trigger_category: str
    triggers: tuple[TriggerSpec, ...]
    webhooks: tuple[WebhookSpec, ...]
    tags: TagsSpec
    group: GroupSpec
    automations: tuple[AutomationSpec, ...]
    views: tuple[ViewSpec, ...]

    def field(self, key: str) -> FieldSpec:
        """Return the field of that key; KeyError where there is none."""
        return {spec.key: spec for spec in self.fields}[key]

    def tables(self) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
        """Each list of rows that the files hold: its file, its key there, and the rows."""
        for file, keys in FILES.items():
            yield from ((file, key, rows) for key in keys if isinstance(rows := getattr(self, key), tuple))
