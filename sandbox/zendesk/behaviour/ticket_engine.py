"""Creates and updates tickets as Zendesk does: one audit an update, triggers inside it, notifications after it."""

from collections.abc import Callable
from typing import Any

from sandbox.zendesk.behaviour.mail_scanner import scan
from sandbox.zendesk.behaviour.ticket_events import of_update
from sandbox.zendesk.behaviour.webhooks import Webhooks
from sandbox.zendesk.behaviour.writing import check, write
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.audits import events, snapshot
from sandbox.zendesk.records.errors import bad_request, conflict, invalid, not_found
from sandbox.zendesk.records.placeholders import fill
from sandbox.zendesk.records.records import Json, Mail, Ticket, User, seconds, stamp
from sandbox.zendesk.records.update import TicketUpdate, UpdateKind
from sandbox.zendesk.rules import actions
from sandbox.zendesk.rules import conditions as rules

API: Json = {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}}
WEB: Json = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}


# "Events may be added at any time. Please ignore undocumented event types":
# https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference
UNDOCUMENTED: Json = {"type": "TicketSentimentEvent", "value": {"label": "neutral"}}


class Engine:
    """Every change of a ticket goes through here. The caller holds the account's lock."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self.account = account
        self.webhooks = webhooks

    def ticket(self, ticket_id: Any, *, deleted: bool = False) -> Ticket:
        """Raises 404 for one that does not exist or is deleted."""
        try:
            found = self.account.tickets.get(int(ticket_id))
        except (TypeError, ValueError):
            found = None
        if found is None or (found.deleted_at is not None and not deleted):
            raise not_found()
        return found

    def create(self, wanted: Json, actor: User, via: Json = API) -> TicketUpdate:
        """A new ticket. Raises 422 where its first comment is missing or its requester is suspended."""
        account = self.account
        comment = wanted.get("comment") or wanted.get("description")
        if not comment:
            raise invalid("base", "Description: cannot be blank", "BlankValue")
        requester = self._requester(wanted, actor)
        submitter_id = int(wanted.get("submitter_id") or actor.id)
        now = account.clock()
        ticket = Ticket(
            id=0,
            subject=str(wanted.get("subject") or ""),
            requester_id=requester.id,
            submitter_id=submitter_id,
            form_id=account.default_form(),
            custom_status_id=account.default_status("new"),
            status="new",
            via=via,
            created_at=seconds(now),
            updated_at=seconds(now),
            generated_at=now,
        )
        self._follow_up(ticket, wanted.get("via_followup_source_id"))
        first = {"body": comment} if isinstance(comment, str) else dict(comment)
        first.setdefault("author_id", submitter_id)
        update = self._begin(ticket, actor, "Create", ticket.via, wanted)
        write(update, {**wanted, "requester_id": None, "comment": first})
        check(update)
        ticket.id = account.next_ticket_id()  # only now, so that a refused one leaves no gap
        update.events.extend(events(account, None, snapshot(ticket)))
        update.events.append({"id": account.next_id(), **UNDOCUMENTED})
        return self._finish(update)

    def update(self, ticket_id: Any, wanted: Json, actor: User, via: Json = API) -> TicketUpdate:
        """Change a ticket. Raises 404, 409 (safe_update with an old stamp) or 422."""
        ticket = self.ticket(ticket_id)
        _check_stamp(ticket, wanted)
        if ticket.status == "closed":
            raise invalid("status", "Status: closed prevents ticket update")
        update = self._begin(ticket.draft(), actor, "Change", via, wanted)
        if wanted.get("requester") and not wanted.get("requester_id"):
            wanted = {**wanted, "requester_id": self._requester(wanted, actor).id}
        write(update, wanted)
        check(update)
        update.events.extend(events(self.account, update.before, snapshot(update.ticket)))
        return self._finish(update)

    def conversation_changed(self, ticket_id: int, what: str, actor: User, event: Json) -> TicketUpdate:
        """A side conversation was created, replied_to, closed or reopened: it counts as a ticket update."""
        update = self._begin(self.ticket(ticket_id).draft(), actor, "Change", API, {})
        update.conversation = what
        update.events.append({"id": self.account.next_id(), **event})
        return self._finish(update)

    def system_change(self, ticket: Ticket, apply: Callable[[Ticket], None]) -> Ticket:
        """A change without triggers (closing after days, deletion): only the generated stamp and an audit tell.

        `updated_at` stays: "generated_timestamp" moves on all updates, it on those with a ticket event only:
        https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/
        """
        draft = ticket.draft()
        before = snapshot(draft)
        apply(draft)
        update = self._begin(draft, self.account.admin, "Change", {"channel": "system", "source": {}}, {})
        update.events.extend(events(self.account, before, snapshot(draft)))
        self._store(update, system=True)
        return draft

    def without_triggers(self, ticket: Ticket, actor: User, event: Json, via: Json) -> Ticket:
        """One event of which an audit tells, no trigger hears, and which leaves `updated_at` alone."""
        update = self._begin(ticket.draft(), actor, "Change", via, {})
        update.events.append({"id": self.account.next_id(), **event})
        self._store(update, system=True)
        return update.ticket

    def _begin(self, ticket: Ticket, actor: User, kind: UpdateKind, via: Json, wanted: Json) -> TicketUpdate:
        before = None if kind == "Create" else snapshot(ticket)
        metadata = wanted.get("metadata")
        return TicketUpdate(
            account=self.account,
            ticket=ticket,
            actor=actor,
            kind=kind,
            via=via,
            audit_id=self.account.next_id(),
            before=before,
            metadata=metadata if isinstance(metadata, dict) else {},
        )

    def _finish(self, update: TicketUpdate) -> TicketUpdate:
        if not update.events:
            return update  # nothing changed: Zendesk makes no audit and leaves updated_at alone
        self._run_triggers(update)
        self._store(update)
        for trigger, action in update.after_commit:
            self._notify(update, trigger, action)
        for kind, event in of_update(update):
            self.webhooks.publish(kind, update.ticket, update.actor, event)
        return update

    def _store(self, update: TicketUpdate, *, system: bool = False) -> None:
        ticket, now = update.ticket, self.account.clock()
        if update.events:
            ticket.audits.append(self.audit(update))
            ticket.updated_at = ticket.updated_at if system else max(ticket.updated_at, seconds(now))
        ticket.generated_at = now
        if ticket.status == "solved" and (update.before or {}).get("status") != "solved":
            ticket.solved_at = now
        self.account.tickets[ticket.id] = ticket

    def audit(self, update: TicketUpdate) -> Json:
        return {
            "id": update.audit_id,
            "ticket_id": update.ticket.id,
            "created_at": stamp(self.account.clock()),
            "author_id": update.actor.id,
            "metadata": {
                "system": {
                    "client": "sandbox",
                    "ip_address": "127.0.0.1",
                    "location": "",
                    "latitude": 0.0,
                    "longitude": 0.0,
                },
                "custom": update.metadata,
            },
            "events": update.events,
            "via": update.via,
        }

    def _run_triggers(self, update: TicketUpdate) -> None:
        """In order of position; after each that fires they are looked at anew, and each fires once."""
        active = [row for row in self.account.triggers.values() if row["active"]]
        waiting = sorted(active, key=lambda row: (row["position"], row["id"]))
        while True:
            due = next((row for row in waiting if rules.matches(row["conditions"], update)), None)
            if due is None:
                return
            waiting.remove(due)
            self._fire(due, update)

    def _fire(self, trigger: Json, update: TicketUpdate) -> None:
        for action in trigger["actions"]:
            if action["field"] in actions.NOTIFICATIONS:
                update.after_commit.append((trigger, action))
        changes = actions.as_changes(
            trigger["actions"], actor_id=update.actor.id, requester_id=update.ticket.requester_id
        )
        if not changes:
            return
        before = snapshot(update.ticket)
        write(update, changes)
        source = {"from": {"id": trigger["id"], "title": trigger["title"]}, "to": {}, "rel": "trigger"}
        made = events(self.account, before, snapshot(update.ticket), {"channel": "rule", "source": source})
        update.events.extend(made)

    def _notify(self, update: TicketUpdate, trigger: Json, action: Json) -> None:
        value, ticket = action["value"], update.ticket
        if action["field"] == "notification_webhook":
            webhook_id, body = (value[0], value[1]) if isinstance(value, list) else (value, "")
            self.webhooks.from_trigger(str(webhook_id), fill(self.account, ticket, body, update.actor))
            return
        if action["field"] != "notification_user":
            return
        target, subject, body = [*value, "", "", ""][:3]
        if target == "requester_and_ccs" and update.comment is not None and not update.comment["public"]:
            return  # suppressed, by "Understanding when ticket notifications are suppressed"
        subject, body = (fill(self.account, ticket, part, update.actor) for part in (subject, body))
        for user in self._recipients(str(target), update):
            if user.email and user.id != update.actor.id:  # nobody is notified of what they wrote
                sent = Mail(self.account.clock(), user.email, subject, body, ticket.id, trigger["title"])
                self.account.mails.append(sent)
                if self.account.mails_are_scanned:
                    scan(self.webhooks.outgoing, body)

    def _recipients(self, target: str, update: TicketUpdate) -> list[User]:
        if target == "all_agents":
            return [user for user in self.account.users.values() if user.is_agent]
        found = self._recipient(target, update)
        return [found] if found is not None else []

    def _recipient(self, target: str, update: TicketUpdate) -> User | None:
        if target in ("requester_id", "requester_and_ccs"):
            return self.account.users[update.ticket.requester_id]
        if target == "assignee_id":
            return self.account.users.get(update.ticket.assignee_id or 0)
        if target == "current_user":
            return update.actor
        return self.account.users.get(int(target)) if target.isdigit() else None

    def _requester(self, wanted: Json, actor: User) -> User:
        if wanted.get("requester_id"):
            user = self.account.users.get(int(wanted["requester_id"]))
            if user is None:
                raise invalid("requester", f"Requester: {wanted['requester_id']} is not valid", "InvalidValue")
            return user
        given = wanted.get("requester")
        if not isinstance(given, dict) or not given.get("email"):
            return actor
        known = self.account.user_by_email(given["email"])
        return known or self.account.add_user(given.get("name") or given["email"], given["email"])

    def _follow_up(self, ticket: Ticket, source_id: Any) -> None:
        if source_id is None:
            return
        source = self.ticket(source_id)
        if source.status != "closed":
            raise invalid("base", f"via_followup_source_id: ticket {source.id} is not closed", "InvalidValue")
        ticket.followup_source_id = source.id
        origin = {"from": {"ticket_id": source.id, "subject": source.subject}, "to": {}, "rel": "follow_up"}
        ticket.via = {"channel": ticket.via["channel"], "source": origin}


def _check_stamp(ticket: Ticket, wanted: Json) -> None:
    """Safe update: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#protecting-against-ticket-update-collisions."""
    if not wanted.get("safe_update"):
        return
    if not wanted.get("updated_stamp"):
        raise bad_request("MissingParameter", "updated_stamp is required with safe_update")
    if str(wanted["updated_stamp"]).replace("+00:00", "Z") != stamp(ticket.updated_at):
        raise conflict()
