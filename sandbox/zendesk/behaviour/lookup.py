"""Looks into the account for tests and people: tickets, comments and labels, and settings by their names."""

from collections.abc import Iterable

from sandbox.zendesk.behaviour.ticket_engine import Engine
from sandbox.zendesk.records import fields
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Json, User
from sandbox.zendesk.records.views_of import ticket_json


class Looking:
    """Every method takes the account's lock, so that a test's thread and the server's don't meet halfway."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._account: Account = engine.account

    def ticket(self, ticket_id: int) -> Json:
        """The ticket as the API shows it, deleted ones too, with its custom fields by title under `by_title`."""
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id, deleted=True)
            shown = ticket_json(self._account, ticket)
            titles = {row["id"]: row["title"] for row in self._account.custom_fields()}
            shown["by_title"] = {titles[row["id"]]: row["value"] for row in fields.shown(self._account, ticket)}
            shown["deleted"] = ticket.deleted_at is not None
            return shown

    def comments(self, ticket_id: int) -> list[Json]:
        with self._account.lock:
            return list(self._engine.ticket(ticket_id, deleted=True).comments)

    def public_comments(self, ticket_id: int) -> list[str]:
        """Texts of the public comments, the first one (the description) included."""
        return [row["body"] for row in self.comments(ticket_id) if row["public"]]

    def notes(self, ticket_id: int) -> list[str]:
        """Texts of the internal notes."""
        return [row["body"] for row in self.comments(ticket_id) if not row["public"]]

    def audits(self, ticket_id: int) -> list[Json]:
        with self._account.lock:
            return list(self._engine.ticket(ticket_id, deleted=True).audits)

    def status_label(self, ticket_id: int) -> str:
        """The agent label of the ticket's status; "Closed" and "Deleted" where it has come to that."""
        with self._account.lock:
            ticket = self._engine.ticket(ticket_id, deleted=True)
            if ticket.deleted_at is not None:
                return "Deleted"
            if ticket.status == "closed":
                return "Closed"
            return str(self._account.shown_status(ticket)["agent_label"])

    def conversations(self, ticket_id: int) -> list[Json]:
        """The ticket's side conversations as the API shows them, each with its `events`."""
        with self._account.lock:
            return [
                {**row.json(self._account.base), "events": list(row.events)}
                for row in self._account.conversations.values()
                if row.ticket_id == ticket_id
            ]

    # By name

    def agent(self, name: str) -> User:
        """The agent of this name, made where there is none."""
        for user in self._account.users.values():
            if user.is_agent and user.name == name:
                return user
        email = f"{name.split(' ')[0].lower()}@example.com"
        return self._account.add_user(name, email, "agent", verified=True)

    def form_id(self, name: str) -> int:
        return int(named(self._account.forms.values(), "name", name, "form")["id"])

    def field_id(self, title: str) -> int:
        return int(named(self._account.custom_fields(), "title", title, "field")["id"])

    def status_id(self, label: str) -> int:
        return int(named(self._account.statuses.values(), "agent_label", label, "status")["id"])


def named(rows: Iterable[Json], key: str, name: str, kind: str) -> Json:
    for row in rows:
        if row[key] == name:
            return row
    raise LookupError(f"The account has no {kind} “{name}”. Set it up first (parley zendesk apply).")
