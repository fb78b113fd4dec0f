"""Writes the settings into a `.env` that explains itself, and that nobody else on the machine can read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import Final

from pydantic_settings import BaseSettings, DotEnvSettingsSource

from config.settings import settings_table

HEADINGS: Final[Mapping[str, str]] = {
    "ZENDESK_SUBDOMAIN": "Zendesk",
    "WORKMARKET_URL": "WorkMarket",
    "PUBLIC_URL": "Where the desk is reached, and where it keeps what it knows",
    "HTTPS_PROXY": "The way out, and the policy",
    "CLOCK_INTERVAL": "How often, and how much: what stands here fits most accounts",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "Traces",
}
"""Before which setting a new part begins, in the order of the settings' table."""
BEGINNING: Final = """\
# The settings of Parley, written by `parley init`. It holds secrets: keep it from others and from version control.
# A line that begins with # is a comment; the settings that are commented out have the value that is shown.
# The environment wins over this file. `parley doctor` says what is missing.
"""
WIDTH: Final = 116
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+=,?&~-]+")
_PART: Final = re.compile(r"\[([^\]]+)\]\(#[^)]+\)")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_CHANGED: Final = re.compile(r"[\x00-\x1f]|\$\{")


def env_text(values: Mapping[str, str], notes: Mapping[str, str] | None = None) -> str:
    """Return the text of a `.env` with every setting: those of `values` set, all others commented out. `notes`:
    what is said of some settings besides what they mean."""
    return BEGINNING + "".join(_lines(values, notes or {}))


def values_in(path: Path) -> dict[str, str]:
    """Return the variables that a file sets; none where there is no such file, or it can't be read."""
    try:
        found = DotEnvSettingsSource(BaseSettings, env_file=path, case_sensitive=True).env_vars
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: value for name, value in found.items() if value}


def unwritable(values: Mapping[str, str]) -> list[str]:
    """Return the names of settings whose value would be read otherwise than it was written."""
    return [name for name, value in values.items() if _CHANGED.search(value)]


def write_private(path: Path, text: str, *, overwrite: bool) -> None:
    """Write a file that only its owner can read, whole or not at all. Raises FileExistsError unless `overwrite`."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        if overwrite:
            new.replace(path)
        else:
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)


def _lines(values: Mapping[str, str], notes: Mapping[str, str]) -> Iterator[str]:
    for name, default, meaning in settings_table():
        if name in HEADINGS:
            yield f"\n# --- {HEADINGS[name]} ---\n"
        yield "\n"
        said = _without_links(f"{meaning[:1].upper()}{meaning[1:]}. {notes.get(name, '')}")
        yield from (f"# {line}\n" for line in wrap(said, WIDTH))
        yield f"{name}={_quoted(values[name])}\n" if name in values else f"# {name}={_shown(default)}\n"


def _without_links(said: str) -> str:
    """A meaning as it is read where no link leads anywhere: it names the README's part, or the file."""
    return _LINK.sub(r"\1 (\2)", _PART.sub(r"“\1” in the README", said))


def _shown(default: str) -> str:
    """A default as it would be written; nothing where it is described in words."""
    return default.strip("`") if default.startswith("`") and default.count("`") == 2 else ""


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    # As python-dotenv, systemd's EnvironmentFile and shells read it.
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
