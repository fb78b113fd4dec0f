"""The account's own apps: packages handed in, builds that take a while, apps, and their installations.

The calls, the shapes and who may make them are documented:
https://developer.zendesk.com/api-reference/ticketing/apps/apps/
That page does not say, so these are assumptions: that two apps may have one name; that a build is seen in the list
of apps only once it is done; that a secure setting is never shown again and stays when an update does not name it;
that an app is installed once only where it says `singleInstall`; and what an account answers whose plan has no apps
of its own.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.zendesk.records.records import Json

MANIFEST: Final = "manifest.json"
NEEDED: Final = ("author", "defaultLocale", "location", "frameworkVersion")


class BadPackage(ValueError):
    """No app can be made of it; the message is what the job says."""


@dataclass(slots=True)
class AppBuild:
    """A job. `looks_left`: how often somebody looks at apps before it is done; `app_id` 0: a new app is made."""

    id: str
    name: str
    package: bytes
    app_id: int
    looks_left: int
    status: str = "queued"
    message: str = ""


@dataclass(slots=True)
class OwnApps:
    """`builds_after`: how many looks a build takes. `secure`: what the proxy fills in, by installation: no call
    shows it. `files`: what the account serves of each app."""

    builds_after: int = 2
    uploads: dict[int, bytes] = field(default_factory=dict)
    jobs: dict[str, AppBuild] = field(default_factory=dict)
    apps: dict[int, Json] = field(default_factory=dict)
    files: dict[int, Mapping[str, bytes]] = field(default_factory=dict)
    installations: dict[int, Json] = field(default_factory=dict)
    secure: dict[int, dict[str, str]] = field(default_factory=dict)

    def parameters(self, app_id: int) -> list[Json]:
        rows: list[Json] = self.apps[app_id]["parameters"]
        return rows


def unpacked(package: bytes) -> tuple[Json, Mapping[str, bytes]]:
    """A package's manifest and its files. Raises BadPackage."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError) as wrong:
        raise BadPackage("Cannot unzip the package") from wrong
    try:
        manifest: Any = json.loads(files[MANIFEST])
    except (KeyError, ValueError) as wrong:
        raise BadPackage("Could not find manifest.json") from wrong
    lacking = [key for key in NEEDED if not manifest.get(key)]
    if lacking:
        raise BadPackage(f"Missing required fields in manifest: {', '.join(lacking)}")
    return manifest, files
