"""A trigger or an automation as values, read leniently from Zendesk's JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

RuleKind = Literal["trigger", "automation", "macro"]
"""A macro fires on nothing: of these only their texts are looked at."""

UNREAD: Final = "?"
"""The field of a condition or an action that could not be read; nothing is known of it."""

_KNOWN: Final = frozenset(
    {"id", "title", "active", "default", "position", "category_id", "conditions", "all", "any", "actions"}
)
HOURS: Final = frozenset(
    {"NEW", "OPEN", "PENDING", "HOLD", "SOLVED", "CLOSED", "assigned_at", "updated_at"}
    | {"requester_updated_at", "assignee_updated_at", "due_date", "until_due_date"}
)
"""Conditions about the time since something happened."""

PREFIX: Final = "custom_fields_"
"""What begins the name of a custom field's condition or action; its id follows."""

OLD_PREFIX: Final = "ticket_fields_"

_TAGS: Final = frozenset({"current_tags", "set_tags", "remove_tags"})


@dataclass(frozen=True, slots=True)
class Condition:
    """Values are strings: booleans as `true` and `false`, nothing as the empty string, tags one by one."""

    field: str
    operator: str
    values: tuple[str, ...]

    @property
    def wants_change(self) -> bool:
        """Whether it asks for something to have changed in this very update."""
        return self.operator in ("changed", "changed_to", "changed_from", "value", "value_previous")


@dataclass(frozen=True, slots=True)
class RuleAction:
    """What a rule does; a notification's values are its recipient, then its texts."""

    field: str
    values: tuple[str, ...]

    @property
    def value(self) -> str:
        """The first value; empty where there is none."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True, slots=True)
class BusinessRule:
    """`all` must hold and, where there are any, one of `any`. `more` keeps what is not understood here."""

    id: str
    kind: RuleKind
    title: str
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    actions: tuple[RuleAction, ...] = ()
    active: bool = True
    default: bool = False
    position: int = 0
    category: str = ""
    more: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def conditions(self) -> Iterator[Condition]:
        yield from self.all
        yield from self.any

    @property
    def path(self) -> str:
        """Where people find it, under the account's address."""
        return f"/admin/objects-rules/rules/{self.kind}s/{self.id}"

    @property
    def tags_added(self) -> frozenset[str]:
        added = (action.values for action in self.actions if action.field in ("current_tags", "set_tags"))
        return frozenset(tag for values in added for tag in values)

    @property
    def fires_once(self) -> bool:
        """Whether it adds a tag whose absence it asks for."""
        absent = {tag for one in self.all if _lacks_tags(one) for tag in one.values}
        return bool(absent & self.tags_added)


def _lacks_tags(condition: Condition) -> bool:
    return condition.field == "current_tags" and condition.operator == "not_includes"


def read_rule(kind: RuleKind, raw: Mapping[str, object]) -> BusinessRule:
    """Read what there is; a condition or an action without a shape is kept, and nothing is known of it.

    https://developer.zendesk.com/documentation/ticketing/reference-guides/conditions-reference/
    """
    conditions = raw.get("conditions")
    source: Mapping[str, object] = conditions if isinstance(conditions, Mapping) else raw
    position = raw.get("position")
    return BusinessRule(
        id=_text(raw.get("id")),
        kind=kind,
        title=_text(raw.get("title")) or f"(a {kind} without a title)",
        all=tuple(_condition(one) for one in _list(source.get("all"))),
        any=tuple(_condition(one) for one in _list(source.get("any"))),
        actions=tuple(_action(one) for one in _list(raw.get("actions"))),
        active=raw.get("active") is not False,
        default=raw.get("default") is True,
        position=position if isinstance(position, int) else 0,
        category=_text(raw.get("category_id")),
        more={key: value for key, value in raw.items() if key not in _KNOWN},
    )


def _condition(raw: object) -> Condition:
    if not isinstance(raw, Mapping):
        return Condition(UNREAD, "", ())
    name = _name(raw.get("field") or raw.get("source"))
    return Condition(name, _text(raw.get("operator")) or "is", _values(name, raw.get("value")))


def _action(raw: object) -> RuleAction:
    if not isinstance(raw, Mapping):
        return RuleAction(UNREAD, ())
    name = _name(raw.get("field"))
    return RuleAction(name, _values(name, raw.get("value")))


def _name(raw: object) -> str:
    """Older rules name custom fields otherwise."""
    name = _text(raw) or UNREAD
    return f"{PREFIX}{name.removeprefix(OLD_PREFIX)}" if name.startswith(OLD_PREFIX) else name


def _values(name: str, raw: object) -> tuple[str, ...]:
    values = tuple(_text(one) for one in raw) if isinstance(raw, list) else (_text(raw),)
    if name in _TAGS:
        return tuple(tag.lower() for value in values for tag in value.replace(",", " ").split())
    return values


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip()


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
