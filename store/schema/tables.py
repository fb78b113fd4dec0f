"""The tables and their indexes, the one description both migrations and queries are held to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.sql import ColumnElement, FromClause

from escalation.model.messages import UnreadableBody, names_of
from store.schema import states
from store.schema.states import in_sql
from store.sql.types import BodyText, CleanText, JsonText, UtcMoment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts by itself only in a column whose type is exactly INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")

# Conditions of partial indexes. SQLite uses such an index only where a query repeats the very same words.
UNHANDLED = text("state = 'new'")
DEAD = text("state = 'dead'")
_UNFINISHED = f"state IN {in_sql(states.UNFINISHED)}"
UNFINISHED = text(_UNFINISHED)
WAITS = text(f"waits_since IS NOT NULL AND {_UNFINISHED}")
ATTEMPTED = text(f"{_UNFINISHED} AND attempted_at IS NOT NULL")
OPEN_AND_BLOCKING = text("open AND blocks")
# What the doors could not read: such letters may be many, and are looked at last.
UNREADABLE_KINDS = tuple(sorted(names_of(UnreadableBody)))
_THEM = ", ".join(f"'{kind}'" for kind in UNREADABLE_KINDS)
DEAD_AND_READABLE = text(f"state = 'dead' AND kind NOT IN ({_THEM})")


def is_unhandled(rows: FromClause) -> ColumnElement[bool]:
    """UNHANDLED as a condition on the inbox or an alias of it."""
    return rows.c.state == literal_column("'new'")


def is_dead(rows: FromClause) -> ColumnElement[bool]:
    """DEAD as a condition on the inbox, the outbox or an alias of one."""
    return rows.c.state == literal_column("'dead'")


def is_readable(rows: FromClause) -> ColumnElement[bool]:
    """DEAD_AND_READABLE's other half, as a condition on the inbox."""
    kinds: list[ColumnElement[str]] = [literal_column(f"'{kind}'") for kind in UNREADABLE_KINDS]
    return rows.c.kind.not_in(kinds)


def is_unfinished(rows: FromClause) -> ColumnElement[bool]:
    """UNFINISHED as a condition on the outbox or an alias of it."""
    return rows.c.state.in_([literal_column(f"'{state}'") for state in states.UNFINISHED])


def was_attempted(rows: FromClause) -> ColumnElement[bool]:
    """ATTEMPTED as a condition on the outbox or an alias of it."""
    return and_(is_unfinished(rows), rows.c.attempted_at.is_not(None))


# Of one row, known by its id, the same is asked in words that no partial index answers: with few such rows by its
# statistics, which are old where there are suddenly many, PostgreSQL would look for the id among all of them.


def still_unhandled(rows: FromClause) -> ColumnElement[bool]:
    """`is_unhandled` of a row of the inbox that is looked for by its id."""
    return rows.c.state.not_in([literal_column(f"'{state}'") for state in states.HANDLED])


def still_unfinished(rows: FromClause) -> ColumnElement[bool]:
    """`is_unfinished` of a row of the outbox that is looked for by its id."""
    return rows.c.state.not_in([literal_column(f"'{state}'") for state in states.FINISHED])


def waits(rows: FromClause, since: ColumnElement[datetime] | datetime) -> ColumnElement[bool]:
    """WAITS as a condition on the outbox or an alias of it, of waits that began after a moment."""
    return and_(rows.c.waits_since.is_not(None), rows.c.waits_since > since, is_unfinished(rows))


inbox = Table(
    "inbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", CleanText, nullable=False, unique=True),
    # Hints with the same dedupe key ask for the same look: only one of them waits at a time.
    Column("fold", CleanText),
    Column("kind", CleanText, nullable=False),
    Column("lane", CleanText, nullable=False),
    Column("body", BodyText, nullable=False),
    Column("received_at", UtcMoment, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", UtcMoment, nullable=False),
    Column("error", CleanText),
    Column("done_at", UtcMoment),
    # Read and written by statements of its own, as the outbox's is.
    Column("trace", CleanText),
)
Index("ix_inbox_waiting", inbox.c.due, inbox.c.id, sqlite_where=UNHANDLED, postgresql_where=UNHANDLED)
Index("ix_inbox_lane", inbox.c.lane, inbox.c.id, sqlite_where=UNHANDLED, postgresql_where=UNHANDLED)
Index("uq_inbox_fold", inbox.c.fold, unique=True, sqlite_where=UNHANDLED, postgresql_where=UNHANDLED)
# With all that a count asks for: one that had to look the rows up would take as long as reading them.
Index(
    "ix_inbox_dead",
    inbox.c.received_at,
    inbox.c.id,
    inbox.c.kind,
    inbox.c.state,
    sqlite_where=DEAD_AND_READABLE,
    postgresql_where=DEAD_AND_READABLE,
)
Index(
    "ix_inbox_dead_kind",
    inbox.c.kind,
    inbox.c.received_at,
    inbox.c.id,
    inbox.c.state,
    sqlite_where=DEAD,
    postgresql_where=DEAD,
)
Index("ix_inbox_dead_lane", inbox.c.lane, sqlite_where=DEAD, postgresql_where=DEAD)

# What was sent stays known by its key once its row is taken out of the inbox, an effect by its id.
known_keys = Table(
    "known_keys",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("digest", CleanText),
    sqlite_with_rowid=False,
)

policies = Table(
    "policies",
    metadata,
    Column("hash", CleanText, primary_key=True),
    Column("body", BodyText, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("ticket_id", CleanText, unique=True),
    Column("assignment_id", CleanText),
    Column("party", CleanText),
    Column("requester_id", CleanText),
    Column("state", CleanText, nullable=False),
    Column("tier", Integer),
    Column("open", Boolean, nullable=False),
    Column("blocks", Boolean, nullable=False),
    Column("body", BodyText, nullable=False),
    Column("policy", CleanText, ForeignKey("policies.hash"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("opened_at", UtcMoment),
    Column("changed_at", UtcMoment, nullable=False),
    # Where its assignment was seen last, where there are several client companies.
    Column("company", CleanText),
    # What lists of cases are narrowed by, from the body.
    Column("language", CleanText),
    Column("next_due", UtcMoment),
    Column("requester_email", CleanText),
)
Index("ix_cases_company", cases.c.open, cases.c.company)
Index("ix_cases_assignment", cases.c.assignment_id, cases.c.open)
# With all that a list may be narrowed by: it is gone through in its order, and no row is looked at in vain.
Index(
    "ix_cases_listed",
    cases.c.open,
    cases.c.id,
    cases.c.state,
    cases.c.tier,
    cases.c.company,
    cases.c.language,
    cases.c.next_due,
)
Index(
    "ix_cases_state",
    cases.c.state,
    cases.c.id,
    cases.c.tier,
    cases.c.company,
    cases.c.language,
    cases.c.next_due,
)
Index("ix_cases_requester", cases.c.requester_id, cases.c.id)
Index("ix_cases_requester_email", cases.c.requester_email, cases.c.id)
Index("ix_cases_opened", cases.c.opened_at)
Index("ix_cases_ages", cases.c.open, cases.c.state, cases.c.tier, cases.c.opened_at)
Index(
    "uq_cases_rival",
    cases.c.assignment_id,
    cases.c.party,
    unique=True,
    sqlite_where=OPEN_AND_BLOCKING,
    postgresql_where=OPEN_AND_BLOCKING,
)

# Who may read the page of a case: a user of Zendesk, by an address of which only a digest is kept.
progress_links = Table(
    "progress_links",
    metadata,
    Column("case_id", CleanText, ForeignKey("cases.id"), primary_key=True),
    Column("person", CleanText, primary_key=True),
    Column("digest", CleanText, nullable=False, unique=True),
    # The ticket it was written on, and the update that wrote it.
    Column("ticket_id", CleanText, nullable=False),
    Column("given_in", CleanText, nullable=False),
    Column("at", UtcMoment, nullable=False),
)

moments = Table(
    "moments",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("assignment_id", CleanText, nullable=False),
    Column("event", CleanText, nullable=False),
    Column("at", UtcMoment, nullable=False),
    # Whose webhook told of it, where there are several client companies.
    Column("company", CleanText),
    UniqueConstraint("assignment_id", "event", "at"),
)

timers = Table(
    "timers",
    metadata,
    Column("case_id", CleanText, ForeignKey("cases.id"), primary_key=True),
    Column("kind", CleanText, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("due", UtcMoment, nullable=False),
    Column("why", BodyText, nullable=False),
    Column("fired", Boolean, nullable=False),
)
Index("ix_timers_due", timers.c.fired, timers.c.due)
# Kind before moment: what of a kind is due in an hour lies side by side, and is counted without a look at the rows.
Index("ix_timers_kind", timers.c.fired, timers.c.kind, timers.c.due)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", CleanText, nullable=False, unique=True),
    Column("case_id", CleanText, ForeignKey("cases.id")),
    Column("lane", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("body", BodyText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due", UtcMoment, nullable=False),
    # When the wait until `due` began, by the clock of whoever began it.
    Column("waits_since", UtcMoment),
    Column("needs", CleanText),
    Column("created_at", UtcMoment, nullable=False),
    Column("attempted_at", UtcMoment),
    Column("error", CleanText),
    Column("result", JsonText),
    Column("priority", Integer, nullable=False, server_default=text("1")),
    Column("trace", CleanText),
)
Index(
    "ix_outbox_waiting",
    outbox.c.priority,
    outbox.c.due,
    outbox.c.seq,
    sqlite_where=UNFINISHED,
    postgresql_where=UNFINISHED,
)
Index("ix_outbox_lane", outbox.c.lane, outbox.c.seq, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
Index("ix_outbox_waits_since", outbox.c.waits_since, sqlite_where=WAITS, postgresql_where=WAITS)
Index("ix_outbox_dead", outbox.c.created_at, outbox.c.seq, outbox.c.state, sqlite_where=DEAD, postgresql_where=DEAD)
Index(
    "ix_outbox_dead_kind",
    outbox.c.kind,
    outbox.c.created_at,
    outbox.c.seq,
    outbox.c.state,
    sqlite_where=DEAD,
    postgresql_where=DEAD,
)
Index("ix_outbox_dead_lane", outbox.c.lane, sqlite_where=DEAD, postgresql_where=DEAD)
# The same with the kind first: for when only some kinds may leave.
Index(
    "ix_outbox_kind",
    outbox.c.kind,
    outbox.c.priority,
    outbox.c.due,
    outbox.c.seq,
    sqlite_where=UNFINISHED,
    postgresql_where=UNFINISHED,
)
Index("ix_outbox_attempted", outbox.c.state, outbox.c.kind, sqlite_where=ATTEMPTED, postgresql_where=ATTEMPTED)
Index("ix_outbox_case", outbox.c.case_id, outbox.c.seq)

journal = Table(
    "journal",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("case_id", CleanText, ForeignKey("cases.id")),
    Column("ticket_id", CleanText),
    Column("at", UtcMoment, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("what", CleanText, nullable=False),
    Column("why", JsonText),
    Column("cause", CleanText),
)
Index("ix_journal_case", journal.c.case_id, journal.c.id)
Index("ix_journal_ticket", journal.c.ticket_id, journal.c.id)

account = Table(
    "account",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("value", JsonText, nullable=False),
    Column("at", UtcMoment, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("booked_until", UtcMoment, nullable=False),
    Column("paused_until", UtcMoment),
    Column("refusals", Integer, nullable=False),
    Column("probing", Boolean, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", JsonText),
    Column("at", UtcMoment, nullable=False),
)

# Who is signed in to the desk's page: known by a hash of what their browser holds, and by nothing of Zendesk's.
sessions = Table(
    "sessions",
    metadata,
    Column("hash", CleanText, primary_key=True),
    Column("body", BodyText, nullable=False),
    Column("ends_at", UtcMoment, nullable=False),
)
Index("ix_sessions_ends_at", sessions.c.ends_at)
