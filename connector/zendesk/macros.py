"""The text of a macro as Zendesk would say it on a ticket, without saying it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from connector.errors import Permanent
from connector.reading import mapping, text, the_mapping
from connector.text import clean, plain
from connector.zendesk.channel import Channel, body_of, reading

REMEMBERED: Final = timedelta(minutes=1)
"""How long it is believed that a macro is there and switched on."""

_REFUSED: Final = ("gone", "missing", "invalid", "forbidden")


class Macros:
    """Previews by id. https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/#show-ticket-after-changes"""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._active: dict[int, tuple[datetime, bool]] = {}

    def text(self, ticket_id: str, macro_id: int | None) -> str | None:
        """The comment that the macro would make on this ticket; None where it is gone, off or has no comment."""
        if macro_id is None or not self._is_active(macro_id):
            return None
        try:
            with reading():
                body = body_of(self._channel.get(f"tickets/{ticket_id}/macros/{macro_id}/apply"))
                result = the_mapping(body.get("result"), "the macro's result")
                return _comment(mapping(result.get("ticket")).get("comment"))
        except Permanent as refusal:
            if refusal.code in _REFUSED:
                return None
            raise

    def _is_active(self, macro_id: int) -> bool:
        now = self._channel.now()
        with self._lock:
            known = self._active.get(macro_id)
        if known is not None and now < known[0]:
            return known[1]
        active = self._asked(macro_id)
        with self._lock:
            self._active[macro_id] = (now + REMEMBERED, active)
        return active

    def _asked(self, macro_id: int) -> bool:
        try:
            with reading():
                answer = self._channel.zenpy_read(lambda zenpy: zenpy.macros(id=macro_id))
                return the_mapping(body_of(answer).get("macro"), "the macro").get("active") is not False
        except Permanent as refusal:
            if refusal.code in _REFUSED:
                return False
            raise


def _comment(comment: object) -> str | None:
    """The comment's words: plain, else from its HTML, else those meant for all channels."""
    if isinstance(comment, str):
        return clean(comment).strip() or None
    parts = mapping(comment)
    said = text(parts.get("body")).strip() or plain(text(parts.get("html_body")))
    if not said and isinstance(scoped := parts.get("scoped_body"), list):
        said = next((_scoped(one) for one in scoped if _scoped(one)), "")
    return said or None


def _scoped(part: object) -> str:
    if isinstance(part, list) and len(part) == 2 and part[0] in ("channel:all", "channel:email"):
        return text(part[1]).strip()
    return ""
