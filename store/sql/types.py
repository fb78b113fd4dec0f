"""Column types: moments as sortable text, JSON as text, words without what PostgreSQL refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a row is due that waits for nothing: a moment of no clock, so that none that is wrong can park it."""


def moment_to_text(moment: datetime) -> str:
    """Aware moment → 27 characters of UTC (`2026-11-20T12:00:00.000000Z`) that sort as time does."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def moment_from_text(text: str) -> datetime:
    """The inverse of moment_to_text."""
    return datetime.fromisoformat(text)


def clean(text: str) -> str:
    """Text without NUL (PostgreSQL refuses it) and with lone surrogates replaced (UTF-8 has none)."""
    text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _clean_all(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean_all(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_all(inner) for inner in value]
    return value


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_json(value: Any) -> str:
    """JSON text of a value, cleaned as `clean` does; NaN and unknown types are refused."""
    text = _ENCODER.encode(value)
    # ensure_ascii=False lets lone surrogates through and still escapes NUL: both are rare, so look first.
    if "\\u0000" not in text and _has_no_lone_surrogate(text):
        return text
    return _ENCODER.encode(_clean_all(value))


def _has_no_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, stored as `moment_to_text` writes it."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else moment_to_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else moment_from_text(value)


class CleanText(TypeDecorator[str]):
    """Text, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value)


class NotJson(dict[str, Any]):
    """What is no JSON any more, or no object where one is kept, as a broken disk or a hand leaves it; who needs it
    fails, nobody else."""


class JsonText(TypeDecorator[Any]):
    """Any JSON value as text; None is NULL. One that cannot be read is `NotJson`, and hides none beside it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ARG002
        try:
            return None if value is None else json.loads(value)
        except (ValueError, RecursionError):
            return NotJson()


class BodyText(JsonText):
    """A JSON object: what is none is `NotJson`, too."""

    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:
        found = super().process_result_value(value, dialect)
        return found if isinstance(found, dict) else NotJson()
