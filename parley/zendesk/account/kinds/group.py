"""The agents' group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.refs import ONE


def _parts(sources: Sources) -> Iterator[AccountPart]:
    name = sources.desired.group
    yield AccountPart("group", ONE, name, {"name": name, "description": sources.spec.group.description})


GROUP: Final = AccountKind(
    Resource("group", "groups", "group", "name"),
    "group",
    _parts,
    compared=("name", "description"),
    texts=("description",),
    shown_by_name=True,
)
