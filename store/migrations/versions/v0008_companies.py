"""The client company of a case, and of what a company's webhook told of an assignment."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("company", sa.Text, nullable=True))
    op.add_column("moments", sa.Column("company", sa.Text, nullable=True))
    op.create_index("ix_cases_company", "cases", ["open", "company"])
