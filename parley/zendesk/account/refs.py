"""What stands for an id that is not known yet, and how ids are put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.zendesk.account.setup import Kind

Ids = Mapping[tuple[Kind, str], str]
"""Ids by kind and key."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of another part. `form` is the text around it; `number` where Zendesk wants a number."""

    kind: Kind
    key: str
    form: str = "{}"
    number: bool = False

    @property
    def what(self) -> tuple[Kind, str]:
        return self.kind, self.key


def resolved(value: Any, ids: Ids) -> Any:
    """The value with ids put in. What does not exist yet stands there as `<kind key>`, which equals no id."""
    if isinstance(value, Ref):
        found = ids.get(value.what)
        if found is None:
            return value.form.format(f"<{value.kind} {value.key}>")
        return int(found) if value.number else value.form.format(found)
    if isinstance(value, Mapping):
        return {key: resolved(one, ids) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(one, ids) for one in value]
    return value


def refs_in(value: Any) -> Iterator[Ref]:
    """Every part that a value waits for."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from refs_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from refs_in(one)
