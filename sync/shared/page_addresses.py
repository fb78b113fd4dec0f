"""The addresses of requesters' pages: who gives them out, and how they are kept out of everything that is stored.

Whoever has an address may read its page, and it stands in comments and mails, which people answer and quote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

from escalation.model.effects import UpdateTicket

PATH: Final = "/p/"
LAST_PART: Final = r"[A-Za-z0-9]{22}"
"""The end of an address: who has it may read. No sign of it means anything to Markdown, or ends an address."""
_SLASH: Final = "(?:/|%(?:25)*2[Ff])"
_ADDRESS: Final = re.compile(f"({_SLASH}p{_SLASH}){LAST_PART}(?![A-Za-z0-9])")


class PageAddresses(Protocol):
    """Gives the address that an update is to tell its requester, empty where there is none to tell."""

    def address_for(self, update: UpdateTicket) -> str: ...


class NoPages:
    """Where there are no pages."""

    def address_for(self, update: UpdateTicket) -> str:  # noqa: ARG002
        return ""


NO_PAGES: Final = NoPages()


def without_addresses(text: str) -> str:
    """The text with the end of each such address taken out, however a mail system has wrapped it."""
    return _ADDRESS.sub(r"\1…", text) if _may_hold(text) else text


def all_without_addresses(value: Any) -> Any:
    """A JSON value with that done to each of its texts."""
    if isinstance(value, str):
        return without_addresses(value)
    if isinstance(value, Mapping):
        return {name: all_without_addresses(inner) for name, inner in value.items()}
    return [all_without_addresses(inner) for inner in value] if isinstance(value, list | tuple) else value


def _may_hold(text: str) -> bool:
    return PATH in text or ("%" in text and "p%" in text)
