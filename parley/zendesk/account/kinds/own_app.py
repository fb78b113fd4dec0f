"""The sidebar app, of which the account keeps the version and never shows the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.zendesk.account.setup import Resource
from parley.zendesk.account.model.comparison import Details, Properties
from parley.zendesk.account.model.kind import AccountKind
from parley.zendesk.account.model.part import AccountPart, Sources
from parley.zendesk.account.model.refs import ONE
from parley.zendesk.account.model.sidebar import Sealed, fingerprint

PACKAGE: Final = "package"


def _parts(sources: Sources) -> Iterator[AccountPart]:
    app = sources.desired.sidebar
    if app is not None and not sources.missing.no_apps:
        body = {"name": app.name, "version": app.version, PACKAGE: Sealed(app.package)}
        yield AccountPart("app", ONE, app.name, body)


def _package(details: Details) -> Properties:
    return {PACKAGE: fingerprint(details[PACKAGE])} if PACKAGE in details else {}


APP: Final = AccountKind(
    Resource("app", "apps/owned", "", "name", paged=False, listed="apps"),
    "sidebar app",
    _parts,
    compared=("version",),
    more=_package,
    unreadable=frozenset({PACKAGE}),
    built=True,
    optional=True,
    by_ids=True,
    listed_everywhere=False,
)
