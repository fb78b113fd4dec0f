"""The pool that every engine of a store lends its sessions from."""

from __future__ import annotations

from typing import cast

from sqlalchemy.pool import ConnectionPoolEntry, QueuePool


class EndingPool(QueuePool):
    """A pool that is over once its engine was disposed of: a session that is lent by then ends when it comes back,
    and so does one that is lent afterwards. SQLAlchemy's own would keep both, open, with nobody left to close them.
    """

    _sqla_logger_namespace = "sqlalchemy.pool.EndingPool"  # as quiet as SQLAlchemy's own loggers are made
    _over = False

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        # Asked after it was put back: whoever disposes at this moment either finds it there, or was seen here.
        if self._over:
            super().dispose()

    def dispose(self) -> None:
        self._over = True
        super().dispose()

    def recreate(self) -> EndingPool:
        """What an engine has for its pool after it was disposed of: over, too, where this one is."""
        successor = cast(EndingPool, super().recreate())
        successor._over = self._over
        return successor
