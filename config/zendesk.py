"""Loads the Zendesk account as data, checked as a whole; what is wrong is told with file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from config.lines import line_of
from config.packaged import ConfigError, packaged, packaged_text
from config.zendesk_rules import Wrong, problems
from config.zendesk_specs import (
    FIELD_ID,
    FORM_ID,
    GROUP_ID,
    STATUS_ID,
    AccountSpec,
    AutomationSpec,
    ConditionSpec,
    DiscoveredSpec,
    FieldSpec,
    FormSpec,
    GroupSpec,
    MacroSpec,
    OptionSpec,
    StatusSpec,
    TagsSpec,
    TriggerSpec,
    ViewSpec,
    WebhookSpec,
)

__all__ = [
    "FIELD_ID",
    "FORM_ID",
    "GROUP_ID",
    "STATUS_ID",
    "AccountSpec",
    "AutomationSpec",
    "ConditionSpec",
    "DiscoveredSpec",
    "FieldSpec",
    "FormSpec",
    "GroupSpec",
    "MacroSpec",
    "OptionSpec",
    "StatusSpec",
    "TagsSpec",
    "TriggerSpec",
    "ViewSpec",
    "WebhookSpec",
    "load_account",
    "problems",
]

T = TypeVar("T")
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
FILES = {
    "fields": ("form", "fields"),
    "statuses": ("statuses",),
    "macros": ("macros",),
    "triggers": ("tags", "trigger_category", "triggers", "webhooks"),
    "group": ("group",),
    "automations": ("automations",),
    "views": ("views",),
}


def load_account(
    read: Callable[[str], dict[str, Any]] = packaged, text: Callable[[str], str] = packaged_text
) -> AccountSpec:
    """Return the account as the files of `config/zendesk/` describe it.

    Raises ConfigError naming file, line and key; `text` gives a file's lines for that.
    """
    files = _Files({name: read(f"zendesk/{name}.toml") for name in FILES}, text)
    files.only_known_keys()
    account = AccountSpec(
        form=files.part(FormSpec, "fields", "form"),
        fields=files.part(tuple[FieldSpec, ...], "fields", "fields"),
        statuses=files.part(tuple[StatusSpec, ...], "statuses", "statuses"),
        macros=files.part(tuple[MacroSpec, ...], "macros", "macros"),
        trigger_category=files.part(dict[Literal["name"], str], "triggers", "trigger_category")["name"],
        triggers=files.part(tuple[TriggerSpec, ...], "triggers", "triggers"),
        webhooks=files.part(tuple[WebhookSpec, ...], "triggers", "webhooks"),
        tags=files.part(TagsSpec, "triggers", "tags"),
        group=files.part(GroupSpec, "group", "group"),
        automations=files.part(tuple[AutomationSpec, ...], "automations", "automations"),
        views=files.part(tuple[ViewSpec, ...], "views", "views"),
    )
    for wrong in problems(account):
        raise files.error(wrong)
    return account


class _Files:
    """The parsed files by name, and how what is wrong in one is told."""

    def __init__(self, parsed: Mapping[str, Mapping[str, Any]], text: Callable[[str], str]) -> None:
        self._parsed = parsed
        self._text = text

    def only_known_keys(self) -> None:
        for name, content in self._parsed.items():
            for key in content:
                if key not in FILES[name]:
                    raise self.error(Wrong(name, (key,), f"{key}: unexpected; known are {', '.join(FILES[name])}."))

    def part(self, kind: type[T], file: str, key: str) -> T:
        content = self._parsed[file]
        if key not in content:
            raise ConfigError(f"config/zendesk/{file}.toml has no {key}.")
        try:
            return TypeAdapter(kind).validate_python(content[key])
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            # A key that is misspelt is missing as well, which would be told first.
            first = next((one for one in found if one["type"] in UNKNOWN), found[0])
            said = "there is no such key" if first["type"] in UNKNOWN else first["msg"].lower()
            place = (key, *first["loc"])
            raise self.error(Wrong(file, place, f"{_dotted(place)}: {said}.")) from None

    def error(self, wrong: Wrong) -> ConfigError:
        line = line_of(self._text(f"zendesk/{wrong.file}.toml"), wrong.place)
        return ConfigError(f"config/zendesk/{wrong.file}.toml, line {line}: {wrong.said}")


def _dotted(place: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in place)
