"""What of a kind is due in an hour is counted off an index, for the forecast."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_timers_kind", "timers", ["fired", "kind", "due"])
