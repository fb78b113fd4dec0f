"""One update of one ticket while it is being made: the draft, who makes it, and what it brings about."""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.audits import Snapshot, changed, snapshot
from sandbox.zendesk.records.records import Json, Ticket, User

UpdateKind = Literal["Create", "Change"]


@dataclass
class TicketUpdate:
    """`before` is None for a new ticket. `conversation` says what happened to a side conversation, if anything."""

    account: Account
    ticket: Ticket
    actor: User
    kind: UpdateKind
    via: Json
    audit_id: int
    before: Snapshot | None
    metadata: Json = field(default_factory=dict)
    comment: Json | None = None
    conversation: str | None = None
    events: list[Json] = field(default_factory=list)
    after_commit: list[tuple[Json, Json]] = field(default_factory=list)

    def changed(self) -> list[str]:
        names = changed(self.before or {}, snapshot(self.ticket))
        return [name for name in names if name != "custom_status_id" or self.account.features.custom_statuses]
