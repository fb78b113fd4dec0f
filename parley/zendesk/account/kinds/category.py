"""The category that our triggers stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.refs import ONE


def _parts(sources: Sources) -> Iterator[AccountPart]:
    name = sources.spec.trigger_category
    yield AccountPart("category", ONE, name, {"name": name})


CATEGORY: Final = AccountKind(
    Resource("category", "trigger_categories", "trigger_category", "name", change="PATCH"),
    "trigger category",
    _parts,
    compared=("name",),
)
