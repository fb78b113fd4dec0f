"""What people do: requesters in the help center, agents in their workspace, others by e-mail."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.zendesk.behaviour import conversations, lifecycle, macros, requests_of, withdrawing
from sandbox.zendesk.behaviour.lookup import Looking, named
from sandbox.zendesk.behaviour.ticket_engine import WEB
from sandbox.zendesk.records import incoming
from sandbox.zendesk.records.records import Json, Ticket, User
from sandbox.zendesk.records.views_of import ticket_json

NO_HEADERS: Mapping[str, str] = {}
AttachedFiles = Iterable[tuple[str, bytes]]
"""Names and contents."""
FORM = "Escalate an assignment"
ASSIGNMENT_FIELD = "WorkMarket assignment ID"
PARTY_FIELD = "I am the"
REASON_FIELD = "What is the escalation about?"
ATTEMPTS_FIELD = "How did you try to reach them?"
OUTCOME_FIELD = "Outcome you hope for"
KIND_FIELD = "Kind of outcome"
TIER_FIELD = "Escalation tier"


class People(Looking):
    """Each method is one thing that somebody does, carried out at once."""

    # The requester

    def submit_request(
        self,
        requester_email: str,
        name: str,
        assignment_id: str | int | None,
        party: str = "worker",
        reason: str | None = None,
        description: str = "",
        attempts: Iterable[str] = (),
        outcome: str = "",
        *,
        kind_of_outcome: str = "",
        verified: bool = True,
        files: AttachedFiles = (),
    ) -> int:
        """Fill in the form `Escalate an assignment`; returns the ticket.

        `party`, `reason`, `attempts` and `kind_of_outcome` are option tags without their prefix, e.g. "worker",
        "approval_overdue", "email", "redo". Raises LookupError where the account has not been set up.
        """
        with self._account.lock:
            user = self._account.user_by_email(requester_email)
            if user is None:
                user = self._account.add_user(name, requester_email, verified=verified)
            user.verified = verified
            values: Json = {ASSIGNMENT_FIELD: assignment_id, PARTY_FIELD: f"escalation_party_{party}"}
            if reason:
                values[REASON_FIELD] = f"escalation_reason_{reason}"
            if attempts:
                values[ATTEMPTS_FIELD] = [f"escalation_attempt_{way}" for way in attempts]
            if outcome:
                values[OUTCOME_FIELD] = outcome
            if kind_of_outcome:
                values[KIND_FIELD] = f"escalation_outcome_{kind_of_outcome}"
            wanted = {
                "subject": f"Escalation of assignment {assignment_id or ''}".strip(),
                "comment": {
                    "body": description or "Please help me with this assignment.",
                    "uploads": self.upload(files),
                },
                "ticket_form_id": self._form(),
                "custom_fields": [
                    {"id": self.field_id(title), "value": None if value is None else value}
                    for title, value in values.items()
                ],
            }
            return requests_of.submit(self._engine, wanted, user, WEB).id

    def upload(self, files: AttachedFiles) -> list[str]:
        """Somebody chooses files, by name and content, for what they are about to write; the tokens."""
        account = self._account
        with account.lock:
            return [
                account.files.add(account.next_id(), account.base, name, content, "", account.clock())
                for name, content in files
            ]

    def choose_language(self, email: str, locale: str | None, zone: str = "") -> None:
        """A user chooses the help center's language and their time zone; no ticket's update tells of it."""
        with self._account.lock:
            user = self._account.user_by_email(email) or self._account.add_user(email, email, verified=True)
            user.locale = locale
            if zone:
                user.time_zone = user.iana_time_zone = zone

    def reply(self, ticket_id: int, text: str, files: AttachedFiles = ()) -> int:
        """The requester answers. Returns the ticket, or the follow-up where it was closed."""
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id)
            user = self._account.users[ticket.requester_id]
            wanted = {"comment": {"body": text, "uploads": self.upload(files)}}
            return requests_of.answer(self._engine, ticket, wanted, user).ticket.id

    def mail(
        self, ticket_id: int, email: str, text: str, *, prefix: str = "Re:", headers: Mapping[str, str] = NO_HEADERS
    ) -> int | None:
        """An e-mail comes to a ticket's address: a comment without its subject and headers, or suspended.

        Returns the ticket, or the follow-up where it was closed; None where Zendesk knows the mail as automatic and
        suspends it, so that nobody hears of it on the ticket.
        https://support.zendesk.com/hc/en-us/articles/4408828416282-Causes-for-ticket-suspension
        """
        with self._account.lock:
            if incoming.suspended(email, prefix, headers):
                return None
            return self.copied_reply(ticket_id, email, text)

    def copied_reply(self, ticket_id: int, email: str, text: str, name: str = "", *, public: bool = True) -> int:
        """Somebody who was copied in answers by e-mail; without the requester among its addressees it is private.

        Returns the ticket, or their follow-up where it was closed.
        https://support.zendesk.com/hc/en-us/articles/5179445630234-Understanding-CCs-and-followers
        """
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id)
            user = self._account.user_by_email(email) or self._account.add_user(name or email, email, verified=True)
            wanted = {"comment": {"body": text, "public": public}}
            return requests_of.answer(self._engine, ticket, wanted, user).ticket.id

    def give_to(
        self, ticket_id: int, email: str, name: str, agent: str = "Ada Agent", *, verified: bool = True
    ) -> None:
        """An agent makes somebody else the ticket's requester."""
        with self._account.lock:
            user = self._account.user_by_email(email) or self._account.add_user(name, email, verified=verified)
            self._engine.update(ticket_id, {"requester_id": user.id}, self.agent(agent), WEB)

    def reply_by_messenger(self, ticket_id: int, text: str, agent: str = "Messenger Bot") -> None:
        """The requester answers in a messenger, and an integration posts that for them."""
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id)
            wanted = {"comment": {"body": text, "author_id": ticket.requester_id, "public": True}}
            self._engine.update(ticket_id, wanted, self.agent(agent))

    def mark_solved(self, ticket_id: int) -> None:
        """The requester marks the request as solved; Zendesk offers that once an agent has it."""
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id)
            user = self._account.users[ticket.requester_id]
            self._engine.update(ticket_id, {"status": "solved"}, user, WEB)

    def _form(self) -> int:
        """Ours, or the only one that the account has."""
        alone = not self._account.features.several_forms and len(self._account.forms) == 1
        return self._account.default_form() if alone else self.form_id(FORM)

    # Agents

    def open_for(
        self,
        requester_email: str,
        name: str,
        description: str,
        party: str = "worker",
        reason: str | None = None,
        agent: str = "Ada Agent",
    ) -> int:
        """An agent puts somebody's e-mail or call on the form, as yet without an assignment; returns the ticket."""
        with self._account.lock:
            user = self._account.user_by_email(requester_email) or self._account.add_user(
                name, requester_email, verified=True
            )
            rows = [{"id": self.field_id(PARTY_FIELD), "value": f"escalation_party_{party}"}]
            if reason:
                rows.append({"id": self.field_id(REASON_FIELD), "value": f"escalation_reason_{reason}"})
            wanted = {
                "subject": "Escalation",
                "comment": {"body": description, "author_id": user.id},
                "requester_id": user.id,
                "ticket_form_id": self._form(),
                "custom_fields": rows,
            }
            return self._engine.create(wanted, self.agent(agent), WEB).ticket.id

    def agent_update(
        self,
        ticket_id: int,
        agent: str = "Ada Agent",
        comment: str | None = None,
        public: bool = True,
        macro: str | None = None,
        status: str | None = None,
        tier: int | None = None,
        fields: dict[str, Any] | None = None,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
        assignee: str | None = None,
        files: AttachedFiles = (),
    ) -> None:
        """One update in the agent workspace. A macro is applied first, what else is given is laid over it.

        `status` is an agent label, `tier` a number (0 clears it), `fields` are by title, `assignee` a name ("" for
        nobody). Who solves a ticket that is nobody's gets it, as in the workspace.
        """
        with self._account.lock:
            user = self.agent(agent)
            ticket = self._engine.ticket(ticket_id)
            wanted = self._applied(macro, ticket, user) if macro else {}
            if comment is not None:
                wanted["comment"] = {"body": comment, "public": public, "uploads": self.upload(files)}
            if status is not None:
                wanted |= self._chosen(status)
            rows = wanted.setdefault("custom_fields", [])
            rows.extend({"id": self.field_id(title), "value": value} for title, value in (fields or {}).items())
            if tier is not None:
                rows.append({"id": self.field_id(TIER_FIELD), "value": f"escalation_tier_{tier}" if tier else None})
            wanted["additional_tags"] = [*wanted.get("additional_tags", []), *add_tags]
            wanted["remove_tags"] = list(remove_tags)
            if assignee is not None:
                wanted["assignee_id"] = self.agent(assignee).id if assignee else None
            self._take_if_solving(ticket, wanted, user)
            self._engine.update(ticket_id, wanted, user, WEB)

    def _chosen(self, label: str) -> Json:
        """What the workspace sends for a status; a wanted custom status goes before a wanted category."""
        if self._account.features.custom_statuses:
            return {"custom_status_id": self.status_id(label)}
        return {"status": self._account.statuses[self.status_id(label)]["status_category"]}

    def _applied(self, title: str, ticket: Ticket, user: User) -> Json:
        macro = named(self._account.macros.values(), "title", title, "macro")
        now = ticket_json(self._account, ticket)
        after = macros.ticket_after(self._account, macro, ticket, user)
        status = "custom_status_id" if self._account.features.custom_statuses else "status"
        names = ("subject", "priority", "type", "group_id", "assignee_id", status)
        wanted: Json = {name: after[name] for name in names if after[name] != now[name]}
        was = {row["id"]: row["value"] for row in now["custom_fields"]}
        wanted["custom_fields"] = [row for row in after["custom_fields"] if row["value"] != was[row["id"]]]
        wanted["additional_tags"] = [tag for tag in after["tags"] if tag not in now["tags"]]
        if "comment" in after:
            wanted["comment"] = {
                key: after["comment"][key] for key in ("body", "html_body", "public") if key in after["comment"]
            }
        return wanted

    def _take_if_solving(self, ticket: Ticket, wanted: Json, user: User) -> None:
        status = self._account.statuses.get(wanted.get("custom_status_id") or 0, {})
        if "solved" in (status.get("status_category"), wanted.get("status")) and ticket.assignee_id is None:
            wanted.setdefault("assignee_id", user.id)

    def solve(self, ticket_id: int, agent: str = "Ada Agent", status: str = "Solved") -> None:
        self.agent_update(ticket_id, agent, status=status)

    def make_internal(self, ticket_id: int, comment_id: int, agent: str = "Ada Agent") -> None:
        """An agent makes a public comment internal."""
        with self._account.lock:
            withdrawing.make_internal(self._engine, ticket_id, comment_id, self.agent(agent))

    def redact(self, ticket_id: int, comment_id: int, words: str, agent: str = "Ada Agent") -> None:
        """An agent takes words out of a comment for good."""
        with self._account.lock:
            withdrawing.redact(self._engine, ticket_id, comment_id, words, self.agent(agent))

    def spam(self, ticket_id: int, agent: str = "Ada Agent") -> None:
        with self._account.lock:
            lifecycle.soft_delete(self._engine, ticket_id, self.agent(agent), spam=True)

    def delete(self, ticket_id: int, agent: str = "Ada Agent") -> None:
        with self._account.lock:
            lifecycle.soft_delete(self._engine, ticket_id, self.agent(agent))

    def undelete(self, ticket_id: int, agent: str = "Ada Agent") -> None:
        with self._account.lock:
            lifecycle.restore(self._engine, ticket_id, self.agent(agent))

    def merge(self, source: int, target: int, agent: str = "Ada Agent") -> None:
        """Merge `source` into `target`: the source is closed."""
        with self._account.lock:
            lifecycle.merge(self._engine, source, target, self.agent(agent), {})

    # Zendesk itself

    def close(self, ticket_id: int) -> None:
        with self._account.lock:
            lifecycle.close(self._engine, ticket_id)

    def close_solved(self, after_days: int = 4) -> list[int]:
        """Close what has been solved for so many days; returns the tickets."""
        with self._account.lock:
            return lifecycle.close_solved(self._engine, after_days, self._account.clock())

    # Others

    def conversation_reply(
        self, conversation_id: str, from_email: str, text: str, name: str = "", *, prefix: str = "Re:"
    ) -> None:
        """An e-mail comes back to a side conversation; `prefix` is what its program sets before the subject."""
        with self._account.lock:
            found = self._account.conversations[conversation_id]
            subject = f"{prefix} {found.subject}"
            conversations.reply_from_outside(self._engine, found, from_email, name, text, subject)
