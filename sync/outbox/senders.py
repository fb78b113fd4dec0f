"""How each kind of effect is sent, once, and how reading tells whether it arrived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from connector.errors import ConnectorError
from connector.ports import Written, Zendesk
from escalation.engine.ours import is_ours
from escalation.model.audience import Public
from escalation.model.effects import (
    CopyFile,
    CreateTicket,
    PostFile,
    PostMessage,
    Say,
    StartConversation,
    UpdateTicket,
)
from escalation.model.views import Message
from sync.limits.companies import Assignments
from sync.outbox.attempts import Doubtful, Later, Missing, Now, Sent, Settled
from sync.outbox.file_ledger import FileLedger
from sync.outbox.file_senders import Copies, FilePosts
from sync.shared.page_addresses import NO_PAGES, PageAddresses, without_addresses

Outgoing = UpdateTicket | PostMessage | StartConversation | CreateTicket | CopyFile | PostFile


class Sender(Protocol):
    """One kind of effect. Both verbs raise the errors of `connector.errors`; `send` is one attempt, or says that it
    is too early for one."""

    def send(self, effect: Any, stamp: datetime | None, *, first: bool) -> Sent | Later: ...
    def settle(self, effect: Any) -> Settled: ...


@dataclass(frozen=True, slots=True)
class Tickets:
    """Updates of tickets, guarded by their stamp and known again by our id in the audit.

    The address of its requester's page is in an update only while that is sent.
    """

    zendesk: Zendesk
    pages: PageAddresses = NO_PAGES

    def send(self, effect: UpdateTicket, stamp: datetime | None, *, first: bool) -> Sent:
        address = self.pages.address_for(effect)
        try:
            return _written(self.zendesk.write(_leading_to(effect, address), stamp=stamp, first=first))
        except ConnectorError as error:
            error.leave_out(address)
            raise

    def settle(self, effect: UpdateTicket) -> Settled:
        back = self.zendesk.settle(effect)
        if back.written is not None:
            return _written(back.written)
        wait = back.safe_in
        return Later(wait.total_seconds()) if wait else Missing(back.stamp)


def _leading_to(effect: UpdateTicket, address: str) -> UpdateTicket:
    """The update with the way to its requester's page behind all else that it says."""
    say = effect.say
    if not address or not isinstance(say, Say) or say.page is None:
        return effect
    parts = filter(None, (say.progress, say.page.said.leading_to(address)))
    return replace(effect, say=replace(say, progress=Public.joined(parts, "\n\n")))


def _written(written: Written) -> Sent:
    result = {
        "audit_id": str(written.audit_id or ""),
        "updated_at": written.updated_at.isoformat(),
        "text": without_addresses(written.text),
        **({"withheld": written.withheld} if written.withheld else {}),
    }
    return Sent(written.at, result, written.updated_at)


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages on assignments, known again only by the reference at their end."""

    assignments: Assignments
    now: Now

    def send(self, effect: PostMessage, stamp: datetime | None, *, first: bool) -> Sent:  # noqa: ARG002
        self.assignments.post(effect)
        return Sent(self.now())

    def settle(self, effect: PostMessage) -> Settled:
        found = self.assignments.find(effect)
        if not found:
            return Missing()
        if len(found) > 1:
            return Doubtful(f"{len(found)} messages carry the reference {effect.reference}.", _texts(found))
        if found[0].private or not is_ours({effect.reference: effect.text}, found[0].text):
            reason = f"The message with the reference {effect.reference} is not the one that was sent."
            return Doubtful(reason, _texts(found))
        return Sent(found[0].at)


def _texts(found: tuple[Message, ...]) -> str:
    return "\n\n".join(message.text for message in found)


@dataclass(frozen=True, slots=True)
class Conversations:
    """Side conversations, known again by our id among their external ids."""

    zendesk: Zendesk
    now: Now

    def send(self, effect: StartConversation, stamp: datetime | None, *, first: bool) -> Sent:  # noqa: ARG002
        return self._started(self.zendesk.start_conversation(effect))

    def settle(self, effect: StartConversation) -> Settled:
        """One that is told in another's letter arrived with that."""
        on, letter = (effect.told_on, effect.told_in) if effect.told_in else (effect.ticket_id, effect.id)
        found = self.zendesk.find_conversation(on, letter)
        return Missing() if found is None else self._started(found)

    def _started(self, conversation_id: str) -> Sent:
        return Sent(self.now(), {"conversation_id": conversation_id})


@dataclass(frozen=True, slots=True)
class Creations:
    """New tickets: for two hours Zendesk itself keeps one of a kind, for ever their external id tells."""

    zendesk: Zendesk
    now: Now

    def send(self, effect: CreateTicket, stamp: datetime | None, *, first: bool) -> Sent:  # noqa: ARG002
        return self._created(self.zendesk.create_ticket(effect))

    def settle(self, effect: CreateTicket) -> Settled:
        found = self.zendesk.find_ticket(effect.id)
        return Missing() if found is None else self._created(found)

    def _created(self, ticket_id: str) -> Sent:
        return Sent(self.now(), {"ticket_id": ticket_id})


def senders(
    zendesk: Zendesk, assignments: Assignments, now: Now, ledger: FileLedger, pages: PageAddresses = NO_PAGES
) -> dict[str, Sender]:
    """The sender of each kind of outbox row but looks."""
    return {
        "update_ticket": Tickets(zendesk, pages),
        "post_message": Messages(assignments, now),
        "start_conversation": Conversations(zendesk, now),
        "create_ticket": Creations(zendesk, now),
        "copy_file": Copies(zendesk, assignments, now, ledger),
        "post_file": FilePosts(zendesk, assignments, now, ledger),
    }
