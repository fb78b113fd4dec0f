"""Budgets of calls, and which effects go first."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.String(27)
UNFINISHED = sa.text("state IN ('todo', 'in_flight', 'unclear')")


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("booked_until", MOMENT, nullable=False),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("probing", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_budgets"),
    )
    op.add_column("outbox", sa.Column("priority", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.drop_index("ix_outbox_waiting", "outbox")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["priority", "due", "seq"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
