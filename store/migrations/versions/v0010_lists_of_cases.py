"""What lists of cases are narrowed by: language, what is due next, and who the requester is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NARROWED_BY = ["tier", "company", "language", "next_due"]


def upgrade() -> None:
    op.add_column("cases", sa.Column("language", sa.Text, nullable=True))
    op.add_column("cases", sa.Column("next_due", sa.String(27), nullable=True))
    op.add_column("cases", sa.Column("requester_email", sa.Text, nullable=True))
    op.drop_index("ix_cases_open", "cases")
    op.drop_index("ix_cases_state", "cases")
    op.create_index("ix_cases_listed", "cases", ["open", "id", "state", *NARROWED_BY])
    op.create_index("ix_cases_state", "cases", ["state", "id", *NARROWED_BY])
    op.create_index("ix_cases_requester", "cases", ["requester_id", "id"])
    op.create_index("ix_cases_requester_email", "cases", ["requester_email", "id"])
