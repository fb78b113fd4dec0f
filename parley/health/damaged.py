"""Which of the rows that the desk lives by hold something that can't be read, and what to do about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from escalation.policies.policy import Policy
from parley.health.vitals import read_heartbeat
from parley.zendesk.account.watching import DRIFT, read_look
from parley.zendesk.state import kept_findings
from parley.zendesk.state.accounts import IDS
from parley.zendesk.state.signing_secrets import SECRETS, damaged
from store import CaseRow, Mark, NotJson, Tx
from sync.inbox import correspondents
from sync.inbox.process import readable_policy
from sync.limits import company_troubles
from sync.outbox import file_ledger, stamps
from sync.reconciling import company_lists, listing, pulses, reconcile
from sync.runtime import heartbeats
from sync.runtime.clock import HEARTBEAT
from sync.shared.codec import readable_case
from sync.upkeep import growth, pruning

PAGE: Final = 200
SHOWN: Final = 20
MENDS_ITSELF: Final = "It counts as never set, and whoever sets it next mends it."
FILE_CLAIM: Final = (
    "Whether that file was sent can't be told any more: what would send it again becomes a dead letter."
)
RESTORE: Final = (
    "Put it back from a backup (docs/operations.md); what came for it meanwhile is in `parley dead list`."
)


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row by its table and name. `waits`: a person has to do what `advice` says."""

    name: str
    advice: str
    waits: bool

    def sentence(self) -> str:
        """The line for a person."""
        return f"{self.name} can't be read. {self.advice}"


READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    HEARTBEAT: lambda value: value is None or read_heartbeat(value),
    DRIFT: read_look,
    growth.NOTES: growth.read_notes,
    pruning.PLACE: pruning.read_place,
    reconcile.TICKETS: reconcile.read_cursor,
    reconcile.ASSIGNMENTS: datetime.fromisoformat,
    pulses.BEGUN: datetime.fromisoformat,
    reconcile.CONVERSATIONS: reconcile.read_reached,
    listing.MARK: lambda value: value is None or listing.read_position(value),
}
"""How the value of each mark is read that has a name of its own."""
READERS_BY_PREFIX: Final[Mapping[str, Callable[[Any], object]]] = {
    heartbeats.PREFIX: heartbeats.read_beat,
    kept_findings.PREFIX: kept_findings.read_part,
    company_lists.PLACES: company_lists.read_place,
    company_troubles.PREFIX: lambda value: value is None or company_troubles.read_trouble(value),
    correspondents.MARK: datetime.fromisoformat,
    file_ledger.PREFIX: lambda value: value.get("sha256") or value["effect"],
    stamps.PREFIX: stamps.read_stamp,
}


def damaged_rows(tx: Tx, policy: Policy) -> list[DamagedRow]:
    """The first of them: marks, what is known of the account, policies, and open cases. What waits in the boxes
    becomes a dead letter by itself."""
    found = (*_account(tx), *_policies(tx, policy), *_cases(tx), *_marks(tx))
    return list(islice(found, SHOWN))


def _marks(tx: Tx) -> Iterator[DamagedRow]:
    for name, mark in tx.marks.beginning("").items():
        how = READERS.get(name) or next(
            (read for prefix, read in READERS_BY_PREFIX.items() if name.startswith(prefix)), lambda _: True
        )
        if not _can_be_read(mark, how):
            advice = FILE_CLAIM if name.startswith(file_ledger.PREFIX) else MENDS_ITSELF
            yield DamagedRow(f"The mark “{name}”", advice, waits=False)


def _can_be_read(mark: Mark, how: Callable[[Any], object]) -> bool:
    return not isinstance(mark.value, NotJson) and mark.read(lambda value: (how(value),)) is not None


def _account(tx: Tx) -> Iterator[DamagedRow]:
    for key, value in tx.account.all().items():
        if isinstance(value, NotJson) or (key in (IDS, SECRETS) and not isinstance(value, dict)):
            yield DamagedRow(f"The value “{key}” of the account", damaged(key), waits=True)


def _policies(tx: Tx, current: Policy) -> Iterator[DamagedRow]:
    for digest, body in tx.policies.all().items():
        if readable_policy(body, current) is None:
            yield DamagedRow(f"The policy {digest[:12]} that cases began with", RESTORE, waits=True)


def _cases(tx: Tx) -> Iterator[DamagedRow]:
    after: str | None = None
    while page := tx.cases.list(open=True, limit=PAGE, after=after):
        yield from (damaged_case(row) for row in page if readable_case(row.body) is None)
        after = page[-1].id


def damaged_case(row: CaseRow) -> DamagedRow:
    """What is told of a case whose body can't be read."""
    ticket = f" (ticket {row.ticket_id})" if row.ticket_id else ""
    return DamagedRow(f"Case {row.id}{ticket}", RESTORE, waits=True)
