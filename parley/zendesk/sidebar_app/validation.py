"""What Zendesk would say of an app's package: the rules of its own offline validator, in its order.

They are those of zendesk_apps_support (version 4.52, github.com/zendesk/zendesk_apps_support), as far as a private
app of version 2 of the framework can meet them. Left out: what holds for the marketplace only, an app's
requirements (ours has none, and is refused with some), the size of a banner, and products other than Support.
"""

from __future__ import annotations

import json
from typing import Any, Final

from parley.zendesk.sidebar_app.app_package import MANIFEST, AppPackage
from parley.zendesk.sidebar_app.content_rules import CONTENT_RULES
from parley.zendesk.sidebar_app.location_rules import locations
from parley.zendesk.sidebar_app.manifest_rules import MANIFEST_RULES
from parley.zendesk.sidebar_app.parameter_rules import parameters
from parley.zendesk.sidebar_app.saying import AppFinding, error

__all__ = ["AppFinding", "validate"]

_RULES: Final = (*MANIFEST_RULES, locations, parameters, *CONTENT_RULES)


def validate(package: AppPackage) -> tuple[AppFinding, ...]:
    """Return what is wrong with a package, and what Zendesk would advise; empty where it says nothing."""
    try:
        manifest = _manifest(package)
    except ValueError as wrong:
        return (error(str(wrong)),)
    return tuple(said for rule in _RULES for said in rule(package, manifest))


def _manifest(package: AppPackage) -> dict[str, Any]:
    if MANIFEST not in package.files:
        raise ValueError("There is no manifest.json at the top of the package.")
    try:
        read = json.loads(package.files[MANIFEST].decode("utf-8"), object_pairs_hook=_named_once)
    except (json.JSONDecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"manifest.json is not JSON: {wrong}.") from wrong
    if not isinstance(read, dict):
        raise ValueError("manifest.json is not a JSON object.")
    return read


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"manifest.json names {', '.join(twice)} twice in one object.")
    return read
