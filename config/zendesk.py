"""Loads the Zendesk account as data: form, fields, statuses, macros, triggers and webhooks, checked as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from config.packaged import ConfigError, packaged
from config.zendesk_rules import problems
from config.zendesk_specs import (
    FORM_ID,
    AccountSpec,
    ConditionSpec,
    DiscoveredSpec,
    FieldSpec,
    FormSpec,
    MacroSpec,
    OptionSpec,
    StatusSpec,
    TagsSpec,
    TriggerSpec,
    WebhookSpec,
)

__all__ = [
    "FORM_ID",
    "AccountSpec",
    "ConditionSpec",
    "DiscoveredSpec",
    "FieldSpec",
    "FormSpec",
    "MacroSpec",
    "OptionSpec",
    "StatusSpec",
    "TagsSpec",
    "TriggerSpec",
    "WebhookSpec",
    "load_account",
    "problems",
]

T = TypeVar("T")


def load_account(read: Callable[[str], dict[str, Any]] = packaged) -> AccountSpec:
    """Return the account as the files of `config/zendesk/` describe it; raises ConfigError naming file and key."""
    fields, statuses, macros, triggers = (
        read(f"zendesk/{name}.toml") for name in ("fields", "statuses", "macros", "triggers")
    )
    account = AccountSpec(
        form=_part(FormSpec, "fields", fields, "form"),
        fields=_part(tuple[FieldSpec, ...], "fields", fields, "fields"),
        statuses=_part(tuple[StatusSpec, ...], "statuses", statuses, "statuses"),
        macros=_part(tuple[MacroSpec, ...], "macros", macros, "macros"),
        trigger_category=_part(dict[Literal["name"], str], "triggers", triggers, "trigger_category")["name"],
        triggers=_part(tuple[TriggerSpec, ...], "triggers", triggers, "triggers"),
        webhooks=_part(tuple[WebhookSpec, ...], "triggers", triggers, "webhooks"),
        tags=_part(TagsSpec, "triggers", triggers, "tags"),
    )
    for wrong in problems(account):
        raise ConfigError(f"config/zendesk/{wrong}")
    return account


def _part(kind: type[T], file: str, content: Mapping[str, Any], key: str) -> T:
    if key not in content:
        raise ConfigError(f"config/zendesk/{file}.toml has no {key}.")
    try:
        return TypeAdapter(kind).validate_python(content[key])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in (key, *first["loc"]))
        raise ConfigError(f"config/zendesk/{file}.toml: {place}: {first['msg'].lower()}.") from None
