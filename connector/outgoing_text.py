"""Checks the texts that people outside will read, before they leave."""

from __future__ import annotations

from connector.errors import Permanent
from escalation.model.audience import WrongAudience, require_public


def check_outgoing_text(*texts: object) -> None:
    """Raises Permanent where a text was not made to be public."""
    try:
        for text in texts:
            require_public(text)
    except WrongAudience as error:
        raise Permanent("invalid", f"{error} Nothing was sent.") from error
