"""The text of a macro as Zendesk would say it on a ticket, without saying it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connector.errors import ConnectorError, Permanent
from connector.reading import mapping, text, the_mapping
from connector.text import plain
from connector.zendesk.access.channel import Channel, body_of, reading
from escalation.model.audience import Public, teams_comment

_REFUSED: Final = ("gone", "missing", "invalid", "forbidden")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a macro would say: `said` to the requester, or else words that are `withheld` from them."""

    said: Public | None = None
    withheld: bool = False


NOTHING: Final = Preview()


class Macros:
    """Previews by id. https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/#show-ticket-after-changes"""

    def __init__(self, channel: Channel, for_agents: Callable[[str], bool]) -> None:
        self._channel = channel
        self._for_agents = for_agents

    def preview(self, ticket_id: str, macro_id: int | None) -> Preview:
        """The comment that the macro would make on this ticket; nothing where it is gone or has no comment.

        One that is switched off still has the team's words; `parley doctor` tells of it.
        """
        if macro_id is None:
            return NOTHING
        try:
            with reading():
                body = body_of(self._channel.get(f"tickets/{ticket_id}/macros/{macro_id}/apply"))
                result = the_mapping(body.get("result"), "the macro's result")
                found = _preview(mapping(result.get("ticket")).get("comment"))
        except Permanent as refusal:
            if refusal.code in _REFUSED:
                return NOTHING
            raise
        # A placeholder such as {{ticket.latest_comment}} is filled with internal notes too.
        return Preview(withheld=True) if found.said and self._for_agents(found.said) else found

    def title(self, macro_id: int) -> str:
        """What people call the macro; its number where that can't be read."""
        try:
            with reading():
                macro = mapping(body_of(self._channel.get(f"macros/{macro_id}")).get("macro"))
                return text(macro.get("title")).strip() or str(macro_id)
        except ConnectorError:
            return str(macro_id)


def _preview(comment: object) -> Preview:
    said = comment if isinstance(comment, str) else _words(comment)
    if not said.strip():
        return NOTHING
    public = mapping(comment).get("public")
    if not is_public(public):
        return Preview(withheld=True)
    return Preview(teams_comment(said, public=True))


def is_public(mode: object) -> bool:
    """Whether a comment is said to be public: the mode comes as a boolean or in words, and silence is no yes.

    Recorded macros have `comment_mode_is_public` both ways; a preview says `comment.public`.
    """
    return mode is True or (isinstance(mode, str) and mode.strip().lower() == "true")


def _words(comment: object) -> str:
    """The comment's words: plain, else from its HTML, else those meant for all channels."""
    parts = mapping(comment)
    said = text(parts.get("body")).strip() or plain(text(parts.get("html_body")))
    if not said and isinstance(scoped := parts.get("scoped_body"), list):
        said = next((_scoped(one) for one in scoped if _scoped(one)), "")
    return said


def _scoped(part: object) -> str:
    if isinstance(part, list) and len(part) == 2 and part[0] in ("channel:all", "channel:email"):
        return text(part[1]).strip()
    return ""
