"""The files of the sidebar app, and the zip that Zendesk takes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final
from urllib.parse import urlsplit

MANIFEST: Final = "manifest.json"
# The earliest moment that a zip can name: none of ours may depend on when or where it was made.
_MADE: Final = (1980, 1, 1, 0, 0, 0)
THIS_MACHINE: Final = ("localhost", "127.0.0.1")
"""Zendesk takes plain http of no other host."""
_UNIX, _READABLE = 3, 0o100644 << 16


class BadAddress(ValueError):
    """The desk's address can't be written into the app; the message says why."""


@dataclass(frozen=True, slots=True)
class AppPackage:
    """The app's files by their paths in the zip; `links` are the paths that are symbolic links."""

    files: Mapping[str, bytes]
    links: frozenset[str] = field(default=frozenset())

    def zipped(self) -> bytes:
        """Return the zip: the same bytes for the same files, on every machine.

        Files are stored and not compressed, since what a compressor writes depends on its version.
        """
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(self.files):
                entry = zipfile.ZipInfo(path, _MADE)
                entry.create_system, entry.external_attr = _UNIX, _READABLE
                archive.writestr(entry, self.files[path])
        return out.getvalue()


def sidebar_package(address: str) -> AppPackage:
    """Return the sidebar app for a desk at an address, such as `https://parley.example.com`. A stand-in's desk may
    be at http:// on this machine.

    Zendesk's proxy fills in a secure setting only for hosts that the manifest names
    (developer.zendesk.com, Manifest reference, domainWhitelist). Raises BadAddress.
    """
    files = dict(_files(resources.files("sidebar"), ""))
    files[MANIFEST] = _addressed(json.loads(files[MANIFEST]), address)
    return AppPackage(files)


def version_of(package: AppPackage) -> str:
    """What the app's manifest says of its version."""
    return str(json.loads(package.files[MANIFEST])["version"])


def _addressed(manifest: dict[str, Any], address: str) -> bytes:
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in THIS_MACHINE
    if (
        not (parts.scheme == "https" or here)
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
    ):
        raise BadAddress(f"{address} can't be the desk's address: it begins with https:// and names a host.")
    manifest["domainWhitelist"] = [parts.hostname]
    for parameter in manifest["parameters"]:
        if parameter["name"] == "desk_address":
            parameter["default"] = address.rstrip("/")
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def _files(folder: Traversable, under: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__")):
            continue
        path = f"{under}{entry.name}"
        found += _files(entry, f"{path}/") if entry.is_dir() else [(path, entry.read_bytes())]
    return found
