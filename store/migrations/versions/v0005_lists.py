"""Indexes for lists of dead letters and of cases that go on for many pages."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNREADABLE = "('workmarket.unreadable', 'zendesk.unreadable')"


def upgrade() -> None:
    op.drop_index("ix_inbox_dead", "inbox")
    op.drop_index("ix_outbox_dead", "outbox")
    readable = f"state = 'dead' AND kind NOT IN {UNREADABLE}"
    _dead("ix_inbox_dead", "inbox", ["received_at", "id", "kind", "state"], readable)
    _dead("ix_inbox_dead_kind", "inbox", ["kind", "received_at", "id", "state"])
    _dead("ix_inbox_dead_lane", "inbox", ["lane"])
    _dead("ix_outbox_dead", "outbox", ["created_at", "seq", "state"])
    _dead("ix_outbox_dead_kind", "outbox", ["kind", "created_at", "seq", "state"])
    _dead("ix_outbox_dead_lane", "outbox", ["lane"])
    op.create_index("ix_cases_state", "cases", ["state", "id"])
    op.create_index("ix_cases_opened", "cases", ["opened_at"])


def _dead(name: str, table: str, columns: list[str], where: str = "state = 'dead'") -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
