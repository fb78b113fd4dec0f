"""How many open cases there are by state and tier, and since when the oldest of each, is read off an index."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_ages", "cases", ["open", "state", "tier", "opened_at"])
