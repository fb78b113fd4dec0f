"""Reading JSON that nobody promised: small helpers that give a typed value or say that there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connector.calls import ServiceName, called
from connector.errors import Transient, Unclear, UnreadableAnswer
from connector.text import excerpt
from escalation.model.plain import clean

Json = dict[str, object]
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")


def mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The cleaned string; a whole number as its digits; anything else as nothing."""
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number(value: object) -> int | None:
    """A whole number, also where it came as a string of digits (none of them a zero ahead) or as `12.0`."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) else None


def moment(value: object) -> datetime | None:
    """An aware UTC moment from ISO 8601; a missing zone is read as UTC."""
    if not isinstance(value, str) or len(value) > 60:
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def unix_moment(value: object) -> datetime | None:
    """An aware UTC moment from Unix seconds; over 1e11 they are read as milliseconds; ISO 8601 too."""
    seconds = float(value) if isinstance(value, float) else number(value)
    if seconds is None:
        return moment(value)
    if abs(seconds) > 1e11:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def http_date(value: str | None) -> datetime | None:
    """The moment of a `Date` header."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except (ValueError, TypeError, OverflowError):
        return None


@contextmanager
def checked_answer(service: ServiceName, *, is_write: bool = False) -> Iterator[None]:
    """Turns an answer that cannot be read into "try again", or for a write into "not known"."""
    try:
        yield
    except (
        UnreadableAnswer,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        detail = excerpt(str(error), 120) if isinstance(error, UnreadableAnswer) else type(error).__name__
        reason = f"{called(service)} answered something unreadable ({detail})."
        found = Unclear(reason) if is_write else Transient(reason)
        found.service = service
        raise found from error


def the_mapping(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise UnreadableAnswer(f"{what} is missing")
    return value


def the_items(value: object, what: str) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise UnreadableAnswer(f"{what} is not a list of records")
    return value


def the_number(value: object, what: str) -> int:
    read = number(value)
    if read is None:
        raise UnreadableAnswer(f"{what} is not a number")
    return read


def the_id(value: object, what: str) -> int:
    read = the_number(value, what)
    if read <= 0:
        raise UnreadableAnswer(f"{what} is none")
    return read


def the_moment(value: object, what: str) -> datetime:
    read = moment(value)
    if read is None:
        raise UnreadableAnswer(f"{what} is not a moment")
    return read


def truth(value: object) -> bool | None:
    """A yes or a no, as a boolean or as a word: settings come both ways. None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
