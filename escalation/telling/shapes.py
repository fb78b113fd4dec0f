"""What each audience is told of a case, as types: a wider audience's type has all of the narrower one's fields.

Moments are RFC 3339 in UTC. A field whose name ends in `_said` is the one beside it in words. docs/case-view.md
tells each field, and who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

ReaderKind = Literal["requester", "agent", "operator"]
WhoseTurn = Literal["requester", "other_side", "agents", "desk", "nobody"]
WaitKind = Literal["budget", "outage", "unclear", "dead_letter"]
Does = Literal["macro", "field", "tag", "untag"]


# ---- What the requester is told -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ShownMove:
    """A time that a deadline was moved, and what was due before."""

    at: str
    from_: str
    from_said: str


@dataclass(frozen=True, kw_only=True)
class ShownDeadline:
    """What happens then, and how the moment came about; None where that is not told to this reader."""

    kind: str
    due: str
    due_said: str
    what: str
    why: str | None
    moved: tuple[ShownMove, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """What the requester was told of what a rule answered, in their language; None where nothing was."""

    outcome: str
    told: str | None
    earliest: str | None


@dataclass(frozen=True, kw_only=True)
class ShownSent:
    """Something that was sent; `kind` is the kind of effect, or `agents_comment`."""

    at: str
    kind: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file that was passed on, or is to be; `size` in bytes, where it is known."""

    name: str
    size: int | None
    state: str
    said: str


@dataclass(frozen=True, kw_only=True)
class RequesterView:
    """What the requester was told or did, and nothing else."""

    audience: ReaderKind
    said_in: str
    read_at: str
    ticket_id: str
    assignment_id: str | None
    party: str | None
    state: str
    state_said: str
    state_since: str | None
    ended: bool
    opened: str | None
    whose_turn: WhoseTurn
    waiting_for: str | None
    verdict: tuple[ShownFinding, ...]
    checked_at: str | None
    deadlines: tuple[ShownDeadline, ...]
    sent: tuple[ShownSent, ...]
    files: tuple[ShownFile, ...]


# ---- What agents are told besides ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AgentsMove(ShownMove):
    actor: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AgentsDeadline(ShownDeadline):
    """`steps`: the same step by step; empty where there is nothing to add."""

    moved: tuple[AgentsMove, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AgentsFinding(ShownFinding):
    rule: str
    title: str
    mendable: bool
    fact: str
    source: str
    remedy: str | None


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """Something that has changed since the check, which went by it."""

    at: str
    what: str


@dataclass(frozen=True, kw_only=True)
class AgentsSent(ShownSent):
    to: str | None
    text: str | None


@dataclass(frozen=True, kw_only=True)
class AgentsFile(ShownFile):
    sha256: str | None
    direction: str


@dataclass(frozen=True, kw_only=True)
class ShownPause:
    until: str
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ShownHeld:
    """What a pause holds: `kind` is a deadline's (`Timer`), or `post`, `file` or `text`."""

    kind: str
    what: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ShownWord:
    """What the other side said last; `through` is the way it came."""

    at: str
    by: str
    through: str
    through_said: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StuckThing:
    """What waits, since when and why; `remedy` is what a person can do, None where nothing needs to be done."""

    kind: WaitKind
    what: str
    since: str | None
    why: str
    remedy: str | None


@dataclass(frozen=True, kw_only=True)
class ShownCrossed:
    """The other side's case of the same assignment."""

    ticket_id: str
    open: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class TicketChange:
    """One thing that is changed in a ticket, in the account's own words."""

    kind: Literal["status", "field", "tag", "untag", "comment"]
    name: str | None = None
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgentsOption:
    """Something that an agent can do in the ticket; `id` is the macro's or the field's."""

    key: str
    label: str
    does: Does
    id: int | None
    value: str | bool | None
    said: str | None
    sets: tuple[TicketChange, ...]


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A line of the journal."""

    at: str
    actor: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AgentView(RequesterView):
    """What whoever may read the ticket may know."""

    id: str
    zone: str
    language: str | None
    assignment_title: str | None
    company: str | None
    company_name: str | None
    requester: str
    requester_name: str | None
    reason: str | None
    tier: int | None
    paused_until: str | None
    paused: ShownPause | None
    ruling: str | None
    ruling_said: str | None
    verdict: tuple[AgentsFinding, ...]
    changed_since: tuple[ShownChange, ...]
    month_from: str | None
    begun_said: str | None
    deadlines: tuple[AgentsDeadline, ...]
    held: tuple[ShownHeld, ...]
    last_word: ShownWord | None
    sent: tuple[AgentsSent, ...]
    stuck: tuple[StuckThing, ...]
    files: tuple[AgentsFile, ...]
    crossed_with: str | None
    crossed: ShownCrossed | None
    moves: tuple[AgentsOption, ...]
    journal: tuple[ShownLine, ...]
    taken_in: str | None


# ---- What operators are told besides ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OperatorsRow:
    """A row of the case in the outbox, or in the inbox one that waits (`new`) or is a dead letter; `id` is what
    `parley dead` calls it."""

    id: str
    kind: str
    state: str
    attempts: int
    created_at: str
    due: str | None
    attempted_at: str | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class OperatorView(AgentView):
    """Everything; `rows`: what is in the outbox for the case, and what waits or is dead in the inbox."""

    policy: str
    version: int
    changed_at: str
    rows: tuple[OperatorsRow, ...]


def as_json(value: Any) -> Any:
    """A view as JSON values, its fields in the order of its type."""
    if is_dataclass(value):
        return {one.name.rstrip("_"): as_json(getattr(value, one.name)) for one in fields(value)}
    return [as_json(one) for one in value] if isinstance(value, tuple) else value
