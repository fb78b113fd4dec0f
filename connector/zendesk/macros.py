"""The text of a macro as Zendesk would say it on a ticket, without saying it."""

from __future__ import annotations

from typing import Final

from connector.errors import Permanent
from connector.reading import mapping, text, the_mapping
from connector.text import plain
from connector.zendesk.channel import Channel, body_of, reading
from escalation.plain import clean

_REFUSED: Final = ("gone", "missing", "invalid", "forbidden")


class Macros:
    """Previews by id. https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/#show-ticket-after-changes"""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def text(self, ticket_id: str, macro_id: int | None) -> str | None:
        """The comment that the macro would make on this ticket; None where it is gone or has no comment.

        One that is switched off still has the team's words; `parley doctor` tells of it.
        """
        if macro_id is None:
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
