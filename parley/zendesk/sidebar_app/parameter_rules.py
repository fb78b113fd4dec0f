"""What an app may ask an administrator for, as its settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from parley.zendesk.sidebar_app.app_package import AppPackage
from parley.zendesk.sidebar_app.saying import AppFinding, Manifest, advice, error

TYPES: Final = ("text", "checkbox", "url", "number", "multiline", "hidden", "oauth", "mtls")
SCOPES: Final = (
    "header",
    "body",
    "url",
    "jwt_secret_key",
    "jwt_claim",
    "basic_auth_username",
    "basic_auth_password",
)
LONGEST_DOMAIN: Final = 253
_TO_BE_HIDDEN: Final = re.compile("token|key|pwd|password", re.IGNORECASE)


def parameters(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    asked = manifest.get("parameters", [])
    if not isinstance(asked, list) or not all(isinstance(one, dict) for one in asked):
        yield error("manifest.json: parameters has to be a list of objects.")
        return
    names = Counter(one["name"] for one in asked if isinstance(one.get("name"), str))
    for name in (name for name, times in names.items() if times > 1):
        yield error(f"manifest.json: there are several parameters {name}.")
    if sum(one.get("type") == "oauth" for one in asked) > 1:
        yield error("manifest.json: there may be one parameter of the type oauth at most.")
    for one in asked:
        yield from _refused(one)
        yield from _advised(one)


def _refused(one: dict[str, Any]) -> Iterator[AppFinding]:
    name, kind = one.get("name"), one.get("type", "text")
    if not isinstance(name, str) or not name:
        yield error("manifest.json: a parameter lacks its name.")
        return
    if name == "name":
        yield error("manifest.json: no parameter may be called name.")
    if kind not in TYPES:
        yield error(f"manifest.json: the parameter {name} has the type {kind}; known are {', '.join(TYPES)}.")
    for key in ("required", "secure"):
        if key in one and not isinstance(one[key], bool):
            yield error(f"manifest.json: {key} of the parameter {name} has to be true or false.")
    if kind == "hidden" and one.get("required"):
        yield error(
            f"manifest.json: the parameter {name} is hidden, so nobody can fill it in: it can't be required."
        )
    if kind == "oauth" and one.get("secure"):
        yield error(f"manifest.json: the parameter {name} is of the type oauth, which can't be secure.")
    domain = one.get("allowed_domain", "")
    if not isinstance(domain, str) or len(domain) > LONGEST_DOMAIN:
        yield error(f"manifest.json: allowed_domain of {name} may have {LONGEST_DOMAIN} signs at most.")
    yield from _scopes(name, one)


def _scopes(name: str, one: dict[str, Any]) -> Iterator[AppFinding]:
    if "scopes" not in one:
        return
    scopes = one["scopes"]
    if one.get("secure") is not True:
        yield error(f"manifest.json: the parameter {name} has scopes, which only a secure one may have.")
    if not isinstance(scopes, list) or not scopes or any(scope not in SCOPES for scope in scopes):
        yield error(f"manifest.json: the scopes of {name} may be {', '.join(SCOPES)}.")


def _advised(one: dict[str, Any]) -> Iterator[AppFinding]:
    name, kind, secure = str(one.get("name", "")), one.get("type", "text"), one.get("secure") is True
    if secure and "scopes" not in one:
        yield advice(f"manifest.json: the secure parameter {name} has no scopes, so it may be put anywhere.")
    if "default" in one and (secure or kind == "hidden"):
        yield advice(f"manifest.json: the parameter {name} has a default that everybody can read.")
    if kind == "text" and not secure and _TO_BE_HIDDEN.search(name):
        yield advice(f"manifest.json: the parameter {name} looks like something to be kept: make it secure.")
