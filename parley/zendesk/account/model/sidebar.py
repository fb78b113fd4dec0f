"""The sidebar app as a deployment wants it: the package, and what its installation is set to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

SECRET: Final = "installation_key"  # noqa: S105  its name
"""The setting that Zendesk never shows again."""
_SHOWN: Final = 16


@dataclass(frozen=True, slots=True)
class SidebarApp:
    """The package as a zip, and the installation's key, which is never shown."""

    name: str
    version: str
    package: bytes = field(repr=False)
    address: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value that is sent and never shown."""

    value: object = field(repr=False)


def fingerprint(value: object) -> str:
    """By what it is known that a value is another one: keys have 32 signs or more, so none is found by it."""
    content = value if isinstance(value, bytes) else str(value).encode()
    return hashlib.sha256(b"parley sidebar " + content).hexdigest()[:_SHOWN]
