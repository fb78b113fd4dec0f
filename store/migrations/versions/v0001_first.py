"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.String(27)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _inbox()
    _cases()
    _timers()
    _outbox()
    _journal()
    _account()


def _column(name: str, kind: Any = sa.Text, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=null)


def _index(name: str, table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


def _inbox() -> None:
    op.create_table(
        "inbox",
        _column("id", SERIAL),
        _column("key"),
        _column("fold", null=True),
        _column("kind"),
        _column("lane"),
        _column("body"),
        _column("received_at", MOMENT),
        _column("state"),
        _column("attempts", sa.Integer),
        _column("due", MOMENT),
        _column("error", null=True),
        _column("done_at", MOMENT, null=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
    )
    waiting = "state = 'new'"
    _index("ix_inbox_waiting", "inbox", "due", "id", where=waiting)
    _index("ix_inbox_lane", "inbox", "lane", "id", where=waiting)
    _index("uq_inbox_fold", "inbox", "fold", where=waiting, unique=True)
    _index("ix_inbox_dead", "inbox", "id", where="state = 'dead'")


def _cases() -> None:
    op.create_table(
        "policies",
        _column("hash"),
        _column("body"),
        sa.PrimaryKeyConstraint("hash", name="pk_policies"),
    )
    op.create_table(
        "cases",
        _column("id"),
        _column("ticket_id", null=True),
        _column("assignment_id", null=True),
        _column("party", null=True),
        _column("requester_id", null=True),
        _column("state"),
        _column("tier", sa.Integer, null=True),
        _column("open", sa.Boolean),
        _column("blocks", sa.Boolean),
        _column("body"),
        _column("policy"),
        _column("version", sa.Integer),
        _column("opened_at", MOMENT, null=True),
        _column("changed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("ticket_id", name="uq_cases_ticket_id"),
        sa.ForeignKeyConstraint(["policy"], ["policies.hash"], name="fk_cases_policy"),
    )
    _index("ix_cases_assignment", "cases", "assignment_id", "open")
    _index("ix_cases_open", "cases", "open", "id")
    _index("uq_cases_rival", "cases", "assignment_id", "party", where="open AND blocks", unique=True)


def _timers() -> None:
    op.create_table(
        "timers",
        _column("case_id"),
        _column("kind"),
        _column("generation", sa.Integer),
        _column("due", MOMENT),
        _column("why"),
        _column("fired", sa.Boolean),
        sa.PrimaryKeyConstraint("case_id", "kind", name="pk_timers"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_timers_case_id"),
    )
    _index("ix_timers_due", "timers", "fired", "due")


def _outbox() -> None:
    op.create_table(
        "outbox",
        _column("seq", SERIAL),
        _column("id"),
        _column("case_id", null=True),
        _column("lane"),
        _column("kind"),
        _column("body"),
        _column("state"),
        _column("attempts", sa.Integer),
        _column("due", MOMENT),
        _column("needs", null=True),
        _column("created_at", MOMENT),
        _column("attempted_at", MOMENT, null=True),
        _column("error", null=True),
        _column("result", null=True),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_outbox_case_id"),
    )
    unfinished = "state IN ('todo', 'in_flight', 'unclear')"
    _index("ix_outbox_waiting", "outbox", "due", "seq", where=unfinished)
    _index("ix_outbox_lane", "outbox", "lane", "seq", where=unfinished)
    _index("ix_outbox_dead", "outbox", "seq", where="state = 'dead'")
    _index("ix_outbox_case", "outbox", "case_id", "seq")


def _journal() -> None:
    op.create_table(
        "journal",
        _column("id", SERIAL),
        _column("case_id", null=True),
        _column("ticket_id", null=True),
        _column("at", MOMENT),
        _column("actor"),
        _column("what"),
        _column("why", null=True),
        _column("cause", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_journal_case_id"),
    )
    _index("ix_journal_case", "journal", "case_id", "id")
    _index("ix_journal_ticket", "journal", "ticket_id", "id")
    op.create_table(
        "moments",
        _column("id", SERIAL),
        _column("assignment_id"),
        _column("event"),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_moments"),
        sa.UniqueConstraint("assignment_id", "event", "at", name="uq_moments_assignment_id_event_at"),
    )


def _account() -> None:
    op.create_table(
        "account",
        _column("key"),
        _column("value"),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_account"),
    )
    op.create_table(
        "marks",
        _column("name"),
        _column("value", null=True),
        _column("at", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
