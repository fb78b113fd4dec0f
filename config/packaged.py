"""Reads the packaged TOML files, and says in one sentence what is wrong with one that can't be read."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Final

ALWAYS_OPEN: Final = Path(__file__).with_name("always_open.toml")
"""A policy file for a desk that is tried, at whatever hour that is."""


class ConfigError(Exception):
    """A file of the configuration can't be used; the message is one sentence naming file and place."""


def packaged(name: str) -> dict[str, Any]:
    """Return a TOML file that ships with the package, for example `texts/en.toml`; raises ConfigError."""
    file = resources.files("config").joinpath(name)
    try:
        return parsed(file.read_bytes(), f"config/{name}")
    except OSError as error:
        raise ConfigError(f"There is no file config/{name} in the package.") from error


def packaged_text(name: str) -> str:
    """Return the text of a file that ships with the package, to say on which line something stands."""
    return resources.files("config").joinpath(name).read_text(encoding="utf-8-sig")


def from_file(path: Path) -> dict[str, Any]:
    """Return a TOML file of the operator's; raises ConfigError."""
    try:
        return parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigError(f"The file {path} can't be read: {error.strerror or error}.") from error


def parsed(content: bytes, name: str) -> dict[str, Any]:
    """Return TOML as a mapping; raises ConfigError naming the file and, where TOML tells it, the line."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}, line {line}: this is not UTF-8 text; save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is not valid TOML: {str(error)[:1].lower()}{str(error)[1:]}.") from error
