"""Which dead letters an address asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from parley.pages.desk.visit import DeskVisit
from sync.operator.causes import KEY
from sync.operator.dead import LetterSelection

NARROWINGS: Final = ("kind", "since", "ticket", "cause")
LONGEST: Final = 60
_TICKET: Final = re.compile(r"#?([0-9]{1,20})")


@dataclass(frozen=True, slots=True)
class AskedLetters:
    """`given` is what narrows, by its name in the address and as it stands there; `problems` are sentences about
    what can't be meant, with which nothing is chosen."""

    wanted: LetterSelection
    given: Mapping[str, str]
    problems: tuple[str, ...] = ()

    def address(self, root: str, **changes: str) -> str:
        """The address at which this is asked for, with changes; an empty value leaves a name out."""
        asked = {name: value for name, value in {**self.given, **changes}.items() if value}
        return f"{root}?{urlencode(asked)}" if asked else root


def asked_of(visit: DeskVisit, zone: str) -> AskedLetters:
    """Read an address; a moment without an offset is meant in the policy's zone."""
    told = {name: visit.asked(name).strip() for name in NARROWINGS}
    given = {name: value for name, value in told.items() if value}
    problems = [
        f"No letter has such a {name}: it is too long, or has signs that nobody sees."
        for name, value in given.items()
        if len(value) > LONGEST or not value.isprintable()
    ]
    if problems:
        return AskedLetters(LetterSelection(), {}, tuple(problems))
    ticket, since = _TICKET.fullmatch(given.get("ticket", "")), _moment(given.get("since", ""), zone)
    if "ticket" in given and ticket is None:
        problems.append("A ticket is looked for by its number, such as 4711.")
    if "since" in given and since is None:
        problems.append("“Since” is a day and a time, such as 2026-12-01T15:00.")
    if "cause" in given and not KEY.fullmatch(given["cause"]):
        problems.append("The address names no cause: choose one from the list.")
    if ticket is not None:
        given["ticket"] = ticket[1]
    if since is not None:
        given["since"] = shown_since(since, zone)
    wanted = LetterSelection(given.get("kind"), since, given.get("ticket"), given.get("cause"))
    return AskedLetters(wanted, given, tuple(problems))


def shown_since(at: datetime, zone: str) -> str:
    """A moment as a field for a day and a time holds it."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")


def _moment(text: str, zone: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
        at = (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).replace(second=0, microsecond=0)
        at.astimezone(ZoneInfo(zone))  # some moments have no day there
        return at.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset may lead out of all years
        return None
