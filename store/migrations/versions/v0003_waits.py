"""When each wait began, so that one that a wrong clock began does not last as long as that was wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITS = sa.text("waits_since IS NOT NULL AND state IN ('todo', 'in_flight', 'unclear')")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("waits_since", sa.String(27), nullable=True))
    op.create_index("ix_outbox_waits_since", "outbox", ["waits_since"], sqlite_where=WAITS, postgresql_where=WAITS)
