"""Files: on a ticket, on an assignment, and what became of those that a case took from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scan(StrEnum):
    """What Zendesk's look for malware has said of a file so far."""

    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"
    NOT_YET = "not_yet"


class Direction(StrEnum):
    """Which way a file goes."""

    TO_TICKET = "to_ticket"
    TO_ASSIGNMENT = "to_assignment"


class FileState(StrEnum):
    """Where a file stands on its way. `same`: what it holds is there already, or came from there."""

    ON_WAY = "on_way"
    DONE = "done"
    SAME = "same"
    REFUSED = "refused"
    UNSENT = "unsent"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A file of a comment: `size` in bytes; `url` gives what it holds."""

    id: str
    name: str
    size: int
    url: str = ""
    scan: Scan = Scan.NOT_YET


@dataclass(frozen=True, slots=True)
class AssignmentFile:
    """A file on an assignment; `size` in bytes where it is told. Who put it there is told to nobody."""

    uuid: str
    name: str
    description: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file that a case took, or takes, from one side to the other; `sha256` once what it holds was read."""

    name: str
    direction: Direction
    state: FileState = FileState.ON_WAY
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file for the assignment that waits: for a pause to end, or, being the requester's `own`, for tier 1."""

    file: TicketFile
    comment_id: str
    own: bool = False


def kind_of(name: str) -> str:
    """The ending of a file's name, in lower case: `jpg`; empty where it has none."""
    stem, dot, ending = name.strip().rpartition(".")
    return ending.lower() if dot and stem else ""


def size_label(size: int) -> str:
    """Bytes as people read them: `2.3 MB`, `14 kB`."""
    for unit, bytes_ in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= bytes_:
            return f"{size / bytes_:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"
