"""How the rules of an app's package say what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from parley.zendesk.sidebar_app.app_package import AppPackage


@dataclass(frozen=True, slots=True)
class AppFinding:
    """What Zendesk would say of a package: with `refused` it takes none of it, else it is advice."""

    refused: bool
    said: str


Manifest = dict[str, Any]
AppRule = Callable[[AppPackage, Manifest], Iterator[AppFinding]]


def error(said: str) -> AppFinding:
    return AppFinding(True, said)


def advice(said: str) -> AppFinding:
    return AppFinding(False, said)


def is_web_address(text: object) -> bool:
    """Whether it is an address of the web, with a host."""
    if not isinstance(text, str):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
