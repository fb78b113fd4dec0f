"""Whether what stands as somebody's name is one that they can be greeted or told by."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 60
NO_NAME: Final = re.compile(r"[@/\\<>{}\[\]|:;*#\"`~=]|\w\.\w\w")
"""What stands in addresses, links and markup; a full stop within a word does, but for initials."""


def name_to_tell(name: str) -> str:
    """Return a name as one line; empty where it is none, such as an address."""
    flat = " ".join(name.split())
    fits = len(flat) <= LONGEST and any(map(str.isalpha, flat)) and not NO_NAME.search(flat)
    return flat if fits else ""
