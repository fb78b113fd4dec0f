"""What the desk asks of the services: the verbs as small shapes, and the values that they give.

Below the vendors: the loops know these, and which vendor's library answers only the wiring knows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from connector.spool import Spool
from escalation.model.effects import CreateTicket, Look, PostFile, PostMessage, StartConversation, UpdateTicket
from escalation.model.files import AssignmentFile, Scan, TicketFile
from escalation.model.views import Absent, AssignmentView, Conversation, Message, TicketView, Update

STAMP_AGE: Final = timedelta(seconds=2)
"""`updated_at` has a resolution of one second: a stamp younger than this may hide a second change, so only one of
this age guards a repetition."""


@dataclass(frozen=True, slots=True)
class TicketPart:
    """What a look brought back from Zendesk. `ticket` is None where it was not read or is gone.

    `conversations` is None where they were not asked for. `server_now` is Zendesk's clock.
    """

    ticket: TicketView | None
    gone: bool
    updates: tuple[Update, ...]
    conversations: tuple[Conversation, ...] | None
    server_now: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """An update as Zendesk has it. `text` is the comment, empty where there was none; `withheld` names the macro
    whose words were not said, because its comment is internal. `audit_id` is None where nothing had to change.
    `files` is how many were attached."""

    audit_id: int | None
    at: datetime
    updated_at: datetime
    text: str
    withheld: str = ""
    files: int = 0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that Zendesk holds for an update to come, until `until`."""

    token: str
    until: datetime
    scan: Scan


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What reading back found: our update, or none of it and the stamp to write with. `server_now` is Zendesk's
    clock."""

    written: Written | None
    stamp: datetime
    server_now: datetime

    @property
    def safe_in(self) -> timedelta:
        """How long until a conditional write on the stamp can be trusted; nothing where it can be now."""
        return max(STAMP_AGE - (self.server_now - self.stamp), timedelta(0))


@dataclass(frozen=True, slots=True)
class ChangedTicket:
    """A ticket of which something changed: system updates may move `generated_at` alone."""

    id: str
    on_form: bool
    updated_at: datetime
    generated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """One page of what changed; `cursor` asks for the next one, `end` says that there is none yet."""

    tickets: tuple[ChangedTicket, ...]
    cursor: str | None
    end: bool


@dataclass(frozen=True, slots=True)
class UpdatedPage:
    """One page of the ids of updated assignments; `next` is where the next one begins, None where there is none."""

    ids: tuple[str, ...]
    next: int | None


class Zendesk(Protocol):
    """Writes are one attempt each; errors are those of `connector.errors`."""

    def look(self, look: Look) -> TicketPart: ...
    def read_ticket(self, ticket_id: str) -> TicketView | None: ...
    def write(
        self, update: UpdateTicket, *, stamp: datetime | None, first: bool = True, uploads: Sequence[str] = ()
    ) -> Written: ...
    def file_now(self, file_id: str) -> TicketFile: ...
    def fetch_file(self, url: str, into: Spool) -> None: ...
    def upload_file(self, name: str, content: Spool) -> Uploaded: ...
    def drop_upload(self, token: str) -> None: ...
    def settle(self, update: UpdateTicket) -> ReadBack: ...
    def start_conversation(self, effect: StartConversation) -> str: ...
    def find_conversation(self, ticket_id: str, effect_id: str) -> str | None: ...
    def create_ticket(self, effect: CreateTicket) -> str: ...
    def find_ticket(self, effect_id: str) -> str | None: ...
    def changed_tickets(self, cursor: str | None, start: datetime) -> Changed: ...
    def listed_tickets(self, page: int) -> Changed: ...
    def tickets_now(self, ticket_ids: Sequence[str]) -> tuple[ChangedTicket, ...]: ...


class WorkMarket(Protocol):
    """`post` and `add_file` are one attempt; `find` and `find_files` tell what carries a reference, or raise."""

    def read(self, assignment_id: str) -> AssignmentView | Absent: ...
    def post(self, effect: PostMessage) -> None: ...
    def find(self, assignment_id: str, reference: str) -> tuple[Message, ...]: ...
    def fetch_file(self, uuid: str, into: Spool) -> None: ...
    def add_file(self, effect: PostFile, content: Spool) -> None: ...
    def find_files(self, assignment_id: str, reference: str) -> tuple[AssignmentFile, ...]: ...
    def updated_since(self, since: datetime) -> tuple[str, ...]: ...


class WorkMarketOfCompany(WorkMarket, Protocol):
    """WorkMarket as one of several companies sees it. `glance` is a `read` that costs less where nothing is seen;
    without an access token in hand the next call takes one more."""

    @property
    def holds_token(self) -> bool: ...
    def glance(self, assignment_id: str) -> AssignmentView | Absent: ...
    def updated_page(self, since: datetime, start: int) -> UpdatedPage: ...


class Queue(Protocol):
    """Wakes whoever works on what is new; a lost message costs time only."""

    def announce(self, name: str, message: int | str, /) -> None: ...
    def consume(self, name: str, handle: Callable[[int | str], None], stop: threading.Event, /) -> None: ...
