"""`parley zendesk app`: the sidebar app as a package that Zendesk takes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from config.settings import SettingsError, load_settings, read_settings
from parley.commands.common import fail, sentences
from parley.commands.terminal import say
from parley.zendesk.sidebar_app import BadAddress, sidebar_package, validate

KEYLESS: Final = (
    "SIDEBAR_SECRETS is not set, so the desk answers no such app yet: set it to a secret of 32 letters and digits "
    "or more, and give the app the same as its installation key."
)


def sidebar_app(
    package: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the zip.")],
    address: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the desk is reached; PUBLIC_URL where it is not given.")
    ] = None,
) -> None:
    """Write the sidebar app as a zip for the Admin Center, checked as Zendesk checks it."""
    try:
        made = sidebar_package(address or _public_url())
    except BadAddress as wrong:
        fail(str(wrong))
    found = validate(made)
    for advised in (one.said for one in found if not one.refused):
        say(advised, err=True, style="yellow")
    if refused := [one.said for one in found if one.refused]:
        fail(*refused)
    zipped = made.zipped()
    try:
        package.write_bytes(zipped)
    except OSError as wrong:
        fail(f"{package} can't be written: {wrong.strerror or wrong}.")
    say(f"{package}: {len(made.files)} files, {len(zipped)} bytes.", err=True)
    if not _has_a_key():
        say(KEYLESS, err=True, style="yellow")


def _has_a_key() -> bool:
    """Whether the desk will answer the app; wrong settings are for other commands to tell."""
    with suppress(SettingsError):
        return read_settings()[0].sidebar_secrets is not None
    return True


def _public_url() -> str:
    with sentences():
        found = load_settings().public_url
    if not found:
        fail("Where the desk is reached is not known: give --address, or set PUBLIC_URL.")
    return found
