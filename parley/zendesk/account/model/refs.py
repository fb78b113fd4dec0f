"""What stands for an id that is not known yet, and how ids are put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from parley.zendesk.account.model.sidebar import Sealed

PartKey = tuple[str, str]
"""The kind of a part, and its key within the kind."""
PartIds = Mapping[PartKey, str]

ONE: Final = "it"
"""The key of the only part of its kind: form, group, category."""
DYNAMIC: Final = "dynamic_content"
"""The kind of the texts in several languages. Others hold its placeholder, and not its id."""
SHARED: Final = "shared"
"""The key of a form that is not ours: what is remembered of it must not be taken for what ours was."""


@dataclass(frozen=True, slots=True)
class Ref:
    """What stands for another part, mostly its id. `form`: the text around it; `number` where Zendesk wants one."""

    kind: str
    key: str
    form: str = "{}"
    number: bool = False

    @property
    def part_key(self) -> PartKey:
        return self.kind, self.key


THE_FORM, THE_GROUP, THE_CATEGORY = Ref("form", ONE), Ref("group", ONE), Ref("category", ONE)


def resolved(value: Any, ids: PartIds) -> Any:
    """The value with ids put in, and what is sealed opened. What does not exist yet stands there as `<kind key>`,
    which equals no id."""
    if isinstance(value, Ref):
        found = ids.get(value.part_key)
        if found is None:
            return value.form.format(f"<{value.kind} {value.key}>")
        return int(found) if value.number else value.form.format(found)
    if isinstance(value, Sealed):
        return value.value
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
