"""Logs that people and machines can read: pretty on a terminal, one JSON object a line otherwise.

Only fields on a list leave, each cut and without control characters; of an error its name and place only.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Any, Final, Literal

import structlog

from connector.text import excerpt

QUIET = (
    *("httpx", "httpcore", "urllib3", "zenpy", "kombu", "amqp", "uvicorn.access", "alembic", "sqlalchemy"),
    "opentelemetry",
)
"""Libraries whose own lines may hold addresses with secrets or people's data: warnings only."""

FIELDS: Final = frozenset(
    {
        *("event", "level", "logger", "timestamp", "exception", "dropped"),
        *(
            "dead",
            "effect_id",
            "error",
            "inbox_id",
            "key",
            "kind",
            "loop",
            "part",
            "path",
            "place",
            "reason",
            "where",
        ),
        *("attempts", "case_id", "count", "row_id", "seconds", "service", "state", "threads", "url", "why"),
        "unheard_ticket",
    }
)
"""What a line may say. A field that is not here is dropped, and the line says so."""

LONGEST: Final = 400
"""Characters of one field."""


def known_fields(_logger: object, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """Keep what is on the list, and name what was dropped."""
    kept = {name: _short(value) for name, value in line.items() if name in FIELDS}
    if unknown := sorted(name for name in line if name not in FIELDS):
        kept["dropped"] = _short(", ".join(unknown))
    return kept


def named_errors(_logger: object, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """Name an error and its place; its words and its lines of code may hold what came in."""
    found = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        line["exception"] = f"{type(error).__name__}{place}"
    return line


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else excerpt(str(value), LONGEST)


def set_up_logs(form: Literal["pretty", "json"] | None, level: str) -> None:
    """Send every log line, ours and the libraries', to standard error in one form."""
    pretty = form == "pretty" or (form is None and sys.stderr.isatty())
    before: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                named_errors,
                known_fields,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
