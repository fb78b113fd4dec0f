"""The door for texts that people outside will read."""

from __future__ import annotations

from connector.errors import Permanent
from escalation.model.audience import WrongAudience, require_public


def leaving(*texts: object) -> None:
    """Raises Permanent where a text was not made to be public."""
    try:
        for one in texts:
            require_public(one)
    except WrongAudience as error:
        raise Permanent("invalid", f"{error} Nothing was sent.") from error
