"""The addresses of requesters' pages, each as a digest: one of a person and a case."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "progress_links",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("given_in", sa.Text, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person", name="pk_progress_links"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_progress_links_case_id"),
        sa.UniqueConstraint("digest", name="uq_progress_links_digest"),
    )
