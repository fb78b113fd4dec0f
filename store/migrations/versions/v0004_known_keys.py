"""Keys that stay known once their rows are taken out."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_known_keys"),
        sqlite_with_rowid=False,
    )
