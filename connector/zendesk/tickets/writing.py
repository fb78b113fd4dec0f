"""One update of a ticket: prepared by reads, sent once, and read back where its outcome is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from zenpy.lib.api_objects import Ticket, User

from connector.errors import ApiAnswer, ConnectorError, Misconfigured, Permanent, UnreadableAnswer
from connector.ports import ReadBack, Written
from connector.reading import Json, items, mapping, number, text, the_id, the_mapping, the_moment, the_number
from connector.text import plain
from connector.zendesk.access.channel import Channel, body_of, id_in, idempotent, reading, writing
from connector.zendesk.account.ids import AccountIds
from connector.zendesk.tickets.audits import Audit, effect_of
from connector.zendesk.tickets.diagnosis import Diagnosis, lacks_assignee
from connector.zendesk.tickets.files import files_of
from connector.zendesk.tickets.looking import new_audits
from connector.zendesk.tickets.macros import NOTHING, Macros, Preview
from connector.zendesk.tickets.proving import is_as_asked
from connector.zendesk.tickets.serialize import comment_body, create_body, update_body, with_case_key
from escalation.language.same_people import same_address
from escalation.model.effects import CreateTicket, Note, Say, UpdateTicket


class TicketWriter:
    """The writes to tickets. `solve_as` is a user's id or e-mail; empty is the integration's own user.

    `case_key` gives what each update writes besides, into a field that is never read.

    `for_agents` tells whether a text holds words of the desk's that only agents may read.
    """

    def __init__(
        self,
        channel: Channel,
        ids: Callable[[], AccountIds],
        solve_as: Callable[[], str],
        for_agents: Callable[[str], bool],
        case_key: Callable[[str], str],
    ) -> None:
        self._channel = channel
        self._ids = ids
        self._solve_as = solve_as
        self._macros = Macros(channel, for_agents)
        self._diagnosis = Diagnosis(channel)
        self._people: dict[str, int] = {}
        self._case_key = case_key

    def write(
        self, update: UpdateTicket, *, stamp: datetime | None, first: bool, uploads: Sequence[str] = ()
    ) -> Written:
        """One PUT. A repetition needs the stamp of `settle`, so that a late first attempt can do no harm."""
        if stamp is None and not first:
            raise ValueError("A repeated write needs the stamp that reading back gave.")
        ids = self._ids()
        body, withheld = self._comment(update, ids)
        wanted = update_body(update, body, stamp, self._assignee(update, ids), ids, uploads)
        key = self._case_key(update.ticket_id)
        try:
            answer = self._put(update, with_case_key(wanted, key, ids), ids)
        except ConnectorError as refusal:
            refusal.leave_out(key)
            raise
        with writing():
            written = _written(body_of(answer), update, wanted, body or "")
        return replace(written, withheld=self._title_of(update, ids)) if withheld else written

    def _put(self, update: UpdateTicket, wanted: Json, ids: AccountIds) -> ApiAnswer:
        """Once more with an assignee where somebody took the ticket's away: a refused update surely did nothing."""
        path = f"tickets/{update.ticket_id}"
        try:
            return self._channel.send("PUT", path, {"ticket": wanted})
        except Permanent as refusal:
            if refusal.code != "invalid":
                raise
            ticket = self._refused_ticket(update.ticket_id, refusal)
            if "assignee_id" in wanted or not lacks_assignee(ticket, update.status):
                raise self._diagnosis.of_update(refusal, ticket, update.status, ids) from refusal
        return self._put(update, {**wanted, "assignee_id": self._solver(ids)}, ids)

    def _refused_ticket(self, ticket_id: str, refusal: Permanent) -> Json:
        """The ticket that an update was refused for; one that is not there any more is why."""
        try:
            return self._ticket(ticket_id)[0]
        except Permanent as why:
            raise (why if why.code == "gone" else refusal) from refusal

    def _comment(self, update: UpdateTicket, ids: AccountIds) -> tuple[str | None, bool]:
        """What is said, and whether the macro's own words were kept back from its readers."""
        say = update.say
        if say is None:
            return None, False
        if isinstance(say, Note):
            return comment_body(say.text), False
        preview = self._preview(update, ids)
        return comment_body(preview.said or say.text, say.follows, say.text, first=say.leads), preview.withheld

    def _preview(self, update: UpdateTicket, ids: AccountIds) -> Preview:
        macro = _macro_of(update, ids)
        return NOTHING if macro is None else self._macros.preview(update.ticket_id, macro)

    def _withheld(self, update: UpdateTicket) -> str:
        """The macro withheld from an update that was read back; if that can't be told now, the next text tells."""
        ids = self._ids()
        try:
            return self._title_of(update, ids) if self._preview(update, ids).withheld else ""
        except ConnectorError:
            return ""

    def _title_of(self, update: UpdateTicket, ids: AccountIds) -> str:
        macro = _macro_of(update, ids)
        return "" if macro is None else self._macros.title(macro)

    def _assignee(self, update: UpdateTicket, ids: AccountIds) -> int | None:
        """Zendesk refuses to solve a ticket that nobody has."""
        if not update.assign:
            return None
        ticket = self._ticket(update.ticket_id)[0]
        return None if number(ticket.get("assignee_id")) is not None else self._solver(ids)

    def _solver(self, ids: AccountIds) -> int:
        asked = self._solve_as().strip()
        if asked.isdecimal():
            return int(asked)
        if asked not in self._people:
            self._people[asked] = self._user_by_email(asked) if asked else ids.user_id or self._own_id()
        return self._people[asked]

    def _own_id(self) -> int:
        with reading():
            return id_in(self._channel.zenpy_read(lambda zenpy: zenpy.users.me()), "user")

    def _user_by_email(self, email: str) -> int:
        with reading():
            answer = self._channel.zenpy_read(lambda zenpy: zenpy.users.search(query=f"email:{email}"))
            for user in items(body_of(answer).get("users")):
                if same_address(text(user.get("email")), email) and text(user.get("role")) != "end-user":
                    return the_number(user.get("id"), "the user's id")
        raise Misconfigured(f"No agent has the address {email}; correct `solve_as` in the policy.")

    def _ticket(self, ticket_id: str) -> tuple[Json, ApiAnswer]:
        with reading():
            answer = self._channel.zenpy_read(lambda zenpy: zenpy.tickets(id=int(ticket_id)))
            ticket = _own_ticket(body_of(answer), ticket_id)
            if ticket.get("status") == "deleted":
                raise Permanent("gone", f"Ticket {ticket_id} is deleted.")
            return ticket, answer

    def settle(self, update: UpdateTicket) -> ReadBack:
        """Whether the update was applied. The ticket is read first: what lands after that moves its stamp on."""
        ticket_id, effect_id = update.ticket_id, update.id
        ticket, answer = self._ticket(ticket_id)
        with reading():
            stamp, server_now = _updated(ticket), self._channel.server_now(answer)
            audits, _, _ = new_audits(self._channel, ticket_id)
            ours = next((audit for audit in reversed(audits) if audit.ours == effect_id), None)
            if ours is None:
                return ReadBack(None, stamp, server_now)
            return ReadBack(_from_audit(ours, stamp, self._withheld(update)), stamp, server_now)

    def create(self, effect: CreateTicket) -> str:
        """The new ticket's id: one POST, which Zendesk itself keeps single for two hours."""
        ids = self._ids()
        solver = self._solver(ids) if effect.status is not None and effect.status.ended else None
        body = create_body(effect, solver, ids)
        if isinstance(requester := body.get("requester"), dict):
            body["requester"] = User(**requester)
        ticket = Ticket(**body)
        try:
            with writing(), idempotent(effect.id):
                return str(id_in(self._channel.zenpy(lambda zenpy: zenpy.tickets.create(ticket)), "ticket"))
        except Permanent as refusal:
            if refusal.code != "invalid":
                raise
            requester = number(effect.requester_id)
            raise self._diagnosis.of_creation(refusal, effect.status, requester, ids) from refusal

    def find(self, effect_id: str) -> str | None:
        """The ticket that this effect made. The list filter is no search index, so it does not lag behind."""
        with reading():
            answer = self._channel.zenpy_read(lambda zenpy: zenpy.tickets(external_id=effect_id))
            body = body_of(answer)
            if not isinstance(body.get("tickets"), list):
                raise UnreadableAnswer("there is no list of tickets")
            own = [one for one in items(body.get("tickets")) if text(one.get("external_id")) == effect_id]
            made = [(text(one.get("created_at")), the_id(one.get("id"), "a ticket's id")) for one in own]
            return str(min(made)[1]) if made else None


def _macro_of(update: UpdateTicket, ids: AccountIds) -> int | None:
    """The macro whose words an update says, in the language it speaks."""
    say = update.say
    if not isinstance(say, Say) or not say.macro:
        return None
    asked = (ids.macro(key, say.language) for key in (say.macro, say.or_macro) if key)
    return next(filter(None, asked), None)


def _own_ticket(body: Json, ticket_id: str) -> Json:
    ticket = the_mapping(body.get("ticket"), "the ticket")
    if str(number(ticket.get("id"))) != ticket_id:
        raise UnreadableAnswer("it is another ticket")
    return ticket


def _updated(ticket: Json) -> datetime:
    return the_moment(ticket.get("updated_at"), "the ticket's last update")


def _written(body: Json, update: UpdateTicket, asked: Mapping[str, object], said: str) -> Written:
    """Where a PUT changed nothing it is answered with an older audit (reported): then the ticket is the proof.

    Raises Unreadable where the audit that was answered is another update's, and the ticket not as asked.
    """
    ticket = _own_ticket(body, update.ticket_id)
    audit = mapping(body.get("audit"))
    about, updated = number(audit.get("ticket_id")), _updated(ticket)
    if effect_of(audit) != update.id or about not in (None, number(update.ticket_id)):
        if is_as_asked(asked, ticket):
            return Written(None, updated, updated, "")
        raise UnreadableAnswer("it is another update's audit")
    return Written(
        audit_id=the_id(audit.get("id"), "the audit's id"),
        at=the_moment(audit.get("created_at"), "the audit's time"),
        updated_at=updated,
        text=said,
        files=_attached(audit),
    )


def _from_audit(audit: Audit, updated: datetime, withheld: str) -> Written:
    comments = [event for event in items(audit.raw.get("events")) if event.get("type") == "Comment"]
    said = text(comments[0].get("body")) or plain(text(comments[0].get("html_body"))) if comments else ""
    return Written(audit.id, audit.at, updated, said, withheld, _attached(audit.raw))


def _attached(audit: Json) -> int:
    """How many files came with an update."""
    return sum(len(files_of(event)) for event in items(audit.get("events")) if event.get("type") == "Comment")
