"""The Zendesk of the desk: every verb in the process's words, safe to call from any thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from connector.dates import Hears, nobody
from connector.errors import ConnectorError, Permanent, UnreadableAnswer
from connector.http.transport import Transport
from connector.ports import Changed, ChangedTicket, ReadBack, TicketPart, Uploaded, Written
from connector.reading import Json, mapping, moment, the_items, the_number, unix_moment
from connector.spool import Spool
from connector.zendesk.access.channel import Channel, body_of, reading
from connector.zendesk.access.credentials import ZendeskCredentials
from connector.zendesk.access.tokens import TokenCache
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.tickets.conversations import find_conversation, start_conversation
from connector.zendesk.tickets.files import fetch, file_now, upload
from connector.zendesk.tickets.looking import look_at, show
from connector.zendesk.tickets.parse import is_ours, person, ticket_view, users_of
from connector.zendesk.tickets.writing import TicketWriter
from escalation.model.effects import CreateTicket, Look, StartConversation, UpdateTicket
from escalation.model.files import TicketFile
from escalation.model.views import TicketView, ZendeskUser

NOT_YOUNGER: Final = timedelta(seconds=61)
"""The export refuses a start within the last minute:
https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#start_time"""

PAGE: Final = 100
"""The most tickets that Zendesk lists or shows at once."""


class ZendeskClient:
    """Reads are repeated a little; writes are sent once and raise Unclear where their outcome is not known.

    `ids` gives the account's ids as stored, `now` aware UTC, `solve_as` the id or e-mail of whom solved
    tickets are assigned to (empty: the integration's user); `transport` carries the calls; `tokens` is where minted
    tokens are shared; `for_agents` tells whether a text holds words that only agents may read; `case_key` is what
    goes into a ticket's field of that name with each update, empty where nothing does.
    """

    def __init__(
        self,
        base_url: str,
        credentials: ZendeskCredentials,
        *,
        ids: Callable[[], AccountIds],
        now: Callable[[], datetime],
        solve_as: str | Callable[[], str] = "",
        sleep: Callable[[float], object] | None = None,
        transport: Transport | None = None,
        tokens: TokenCache | None = None,
        heard: Hears = nobody,
        for_agents: Callable[[str], bool] = lambda _: False,
        case_key: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.channel = Channel(
            base_url, credentials, now=now, sleep=sleep, transport=transport, tokens=tokens, heard=heard
        )
        self._ids = ids
        solver = solve_as if callable(solve_as) else lambda: solve_as
        self._writer = TicketWriter(self.channel, ids, solver, for_agents, case_key)

    def look(self, look: Look) -> TicketPart:
        """The ticket's part of a look. Raises Transient, or Permanent("forbidden")."""
        return look_at(self.channel, look, self._ids())

    def read_ticket(self, ticket_id: str) -> TicketView | None:
        """The ticket alone; None where it is gone."""
        try:
            with reading():
                body = body_of(show(self.channel, ticket_id))
                return ticket_view(body, ticket_id, self._ids())
        except Permanent as refusal:
            if refusal.code == "gone":
                return None
            raise

    def write(
        self, update: UpdateTicket, *, stamp: datetime | None, first: bool = True, uploads: Sequence[str] = ()
    ) -> Written:
        """One conditional update. Raises Conflict where the ticket moved on since `stamp`, Unclear where it is
        not known whether it was applied, Permanent (closed, gone, suspended, invalid, forbidden), Transient."""
        return self._writer.write(update, stamp=stamp, first=first, uploads=uploads)

    def file_now(self, file_id: str) -> TicketFile:
        return file_now(self.channel, file_id)

    def fetch_file(self, url: str, into: Spool) -> None:
        fetch(self.channel, url, into)

    def upload_file(self, name: str, content: Spool) -> Uploaded:
        return upload(self.channel, name, content)

    def drop_upload(self, token: str) -> None:
        """Delete an upload that nothing will use; where that fails, it is deleted within the hour by itself."""
        with suppress(ConnectorError):
            self.channel.delete(f"uploads/{token}")

    def settle(self, update: UpdateTicket) -> ReadBack:
        """Whether the update was applied, and the stamp to repeat it with; wait until that is `safe`."""
        return self._writer.settle(update)

    def start_conversation(self, effect: StartConversation) -> str:
        return start_conversation(self.channel, effect)

    def find_conversation(self, ticket_id: str, effect_id: str) -> str | None:
        return find_conversation(self.channel, ticket_id, effect_id)

    def create_ticket(self, effect: CreateTicket) -> str:
        """The id of the new ticket. Conflict and Unclear both mean: `find_ticket` before anything else."""
        return self._writer.create(effect)

    def find_ticket(self, effect_id: str) -> str | None:
        return self._writer.find(effect_id)

    def changed_tickets(self, cursor: str | None, start: datetime) -> Changed:
        """One page of the tickets changed since `cursor`, or since `start` where there is none yet.

        Zendesk allows ten of these calls a minute.
        """
        latest = self.channel.now() - NOT_YOUNGER
        begin = int(min(start, latest).timestamp())
        asked: dict[str, object] = {"cursor": cursor} if cursor else {"start_time": begin}
        with reading():
            body = body_of(self.channel.page("incremental/tickets/cursor", {**asked, "per_page": 500}))
            end = body.get("end_of_stream") is not False
            after = body.get("after_cursor")
            if not end and not isinstance(after, str):
                raise UnreadableAnswer("the export has no cursor")
            cursor = after if isinstance(after, str) and after else cursor
            return Changed(tickets=self._changed(body), cursor=cursor, end=end)

    def listed_tickets(self, page: int) -> Changed:
        """One page of the tickets that our user may see, those changed last first, from page 1 to 100.

        For a user who may not export: deleted tickets are not in it, nor is what left `updated_at` alone.
        https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#list-tickets
        """
        asked = {"sort_by": "updated_at", "sort_order": "desc", "per_page": PAGE, "page": page}
        with reading():
            body = body_of(self.channel.page("tickets", asked))
            tickets = self._changed(body)
            if any(one.updated_at < other.updated_at for one, other in pairwise(tickets)):
                raise UnreadableAnswer("the list of tickets is not in the order asked for")
            return Changed(tickets=tickets, cursor=None, end=not tickets or not body.get("next_page"))

    def tickets_now(self, ticket_ids: Sequence[str]) -> tuple[ChangedTicket, ...]:
        """Those of at most 100 tickets that are there and that our user may see."""
        with reading():
            return self._changed(body_of(self.channel.get("tickets/show_many", ids=",".join(ticket_ids))))

    def _changed(self, body: Json) -> tuple[ChangedTicket, ...]:
        ids = self._ids()
        return tuple(
            ChangedTicket(
                id=str(the_number(one.get("id"), "a ticket's id")),
                on_form=is_ours(one, ids),
                updated_at=moment(one.get("updated_at")) or self.channel.now(),
                generated_at=unix_moment(one.get("generated_timestamp")),
            )
            for one in the_items(body.get("tickets"), "the tickets")
        )

    def whoami(self) -> ZendeskUser:
        """The user that our credentials stand for; an anonymous answer is none."""
        with reading():
            body = body_of(self.channel.zenpy_read(lambda zenpy: zenpy.users.me()))
            user_id = the_number(mapping(body.get("user")).get("id"), "the user's id")
            return person(user_id, users_of({"users": [body.get("user")]}))

    def ping(self) -> None:
        """Raises where Zendesk cannot be reached or does not know us."""
        self.whoami()

    def close(self) -> None:
        self.channel.close()
