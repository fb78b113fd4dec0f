"""Which trace a row of the inbox or the outbox belongs to, where traces are told to somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for box in ("inbox", "outbox"):
        op.add_column(box, sa.Column("trace", sa.Text))
