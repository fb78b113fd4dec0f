"""Sessions that come back to an engine that was disposed of meanwhile."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine, event


def close_late_returns(engine: Engine) -> None:
    """Close what was lent while the engine was disposed of, once it comes back: its pool is nobody's by then, and
    would leave it open."""
    disposed = threading.Event()

    @event.listens_for(engine, "engine_disposed")
    def let_go(_: Engine) -> None:
        disposed.set()

    @event.listens_for(engine, "checkin")
    def close(session: Any, _: Any) -> None:
        if disposed.is_set() and session is not None:
            session.close()
