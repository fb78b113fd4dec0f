"""The category that our triggers stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import Part, Sources
from parley.zendesk.account.model.refs import ONE


def _parts(sources: Sources) -> Iterator[Part]:
    name = sources.spec.trigger_category
    yield Part("category", ONE, name, {"name": name})


CATEGORY: Final = AccountKind(
    Resource("category", "trigger_categories", "trigger_category", "name", change="PATCH"),
    "trigger category",
    _parts,
    compared=("name",),
)
