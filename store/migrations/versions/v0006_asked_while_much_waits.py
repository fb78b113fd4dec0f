"""Indexes of what is asked while much waits: by kind, and what was attempted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('todo', 'in_flight', 'unclear')")
ATTEMPTED = sa.text("state IN ('todo', 'in_flight', 'unclear') AND attempted_at IS NOT NULL")


def upgrade() -> None:
    for name, columns, condition in (
        ("ix_outbox_kind", ["kind", "priority", "due", "seq"], UNFINISHED),
        ("ix_outbox_attempted", ["state", "kind"], ATTEMPTED),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=condition, postgresql_where=condition)
