"""Tickets and their conversations as the pages show them: who said what, in plain text."""

from __future__ import annotations

import re

from escalation.language.numbers import number_typed
from sandbox.pages.attaching import comment_files
from sandbox.pages.visits import PageContext
from sandbox.pages.wording import SETTLED
from sandbox.zendesk.people import ASSIGNMENT_FIELD, TIER_FIELD
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.dynamic_content import fill
from sandbox.zendesk.records.html_text import plain_from_html
from sandbox.zendesk.records.records import Json, Ticket, User
from sandbox.zendesk.records.views_of import request_json

DUE_FIELD = "Next update due"
_BLANK_LINES = re.compile(r"\n\s*\n\s*(?:\n\s*)*")


def plain(markup: str) -> str:
    """A comment's HTML as text with its paragraphs kept."""
    return _BLANK_LINES.sub("\n\n", plain_from_html(markup.replace("</p>", "</p>\n")))


def comments(context: PageContext, ticket_id: int, *, notes: bool) -> list[Json]:
    """The conversation, oldest first; internal notes only for agents."""
    account = context.sandbox.zendesk.account
    with account.lock:
        ticket = context.sandbox.zendesk.engine.ticket(ticket_id, deleted=notes)
        base = f"/agent/tickets/{ticket_id}" if notes else f"/requests/{ticket_id}"
        return [_comment(account, ticket, row, base) for row in ticket.comments if notes or row["public"]]


def _comment(account: Account, ticket: Ticket, row: Json, base: str) -> Json:
    author = account.users.get(row["author_id"])
    return {
        "id": row["id"],
        "author": author.name if author else "Someone",
        "role": _role(author, ticket),
        "at": row["created_at"],
        "text": plain(row["html_body"]),
        "public": row["public"],
        "files": comment_files(account, row, base),
    }


def _role(author: User | None, ticket: Ticket) -> str:
    if author is None or author.id == ticket.requester_id:
        return "requester"
    if author.role == "admin":
        return "desk"
    return "agent" if author.is_agent else "other"


def ticket_row(context: PageContext, ticket: Ticket) -> Json:
    """One line of a list, and the head of a ticket's page. The caller holds the account's lock."""
    zendesk = context.sandbox.zendesk
    seen = zendesk.ticket(ticket.id)
    requester = zendesk.account.users[ticket.requester_id]
    assignee = zendesk.account.users.get(ticket.assignee_id or 0)
    tier = str(seen["by_title"].get(TIER_FIELD) or "")
    shown = request_json(zendesk.account, ticket)
    return {
        "id": ticket.id,
        "subject": ticket.subject or "(no subject)",
        "requester": requester.name,
        "requester_email": requester.email or "",
        "verified": requester.verified,
        "assignee": assignee.name if assignee else "",
        "label": zendesk.status_label(ticket.id),
        "category": _category(ticket, zendesk.status_label(ticket.id), deleted=seen["deleted"]),
        "plain_label": shown["custom_status_label"] or ticket.status.capitalize(),
        "plain_description": _described(zendesk.account, ticket),
        "can_be_solved": shown["can_be_solved_by_me"],
        "ended": shown["solved"],
        "tier": tier[-1:] if tier else "",
        "due": str(seen["by_title"].get(DUE_FIELD) or ""),
        "assignment_id": number_typed(str(seen["by_title"].get(ASSIGNMENT_FIELD) or "")) or "",
        "tags": seen["tags"],
        "created": seen["created_at"],
        "updated": seen["updated_at"],
        "followup_of": ticket.followup_source_id,
        "deleted": seen["deleted"],
    }


def _category(ticket: Ticket, label: str, *, deleted: bool) -> str:
    """How the status is coloured: as its category, but only what is settled as solved."""
    if deleted or ticket.status == "closed" or (ticket.status == "solved" and label not in SETTLED):
        return "closed"
    return ticket.status


def _described(account: Account, ticket: Ticket) -> str:
    requester = account.users.get(ticket.requester_id)
    said = account.shown_status(ticket).get("end_user_description")
    return str(fill(account, said, requester.locale if requester else None) or "")


def ticket(context: PageContext, ticket_id: int, *, deleted: bool = False) -> Json:
    """The head of a ticket's page. Raises 404."""
    with context.sandbox.zendesk.lock:
        return ticket_row(context, context.sandbox.zendesk.engine.ticket(ticket_id, deleted=deleted))


def tickets(context: PageContext) -> list[Json]:
    """Every ticket that is not deleted, newest first."""
    account = context.sandbox.zendesk.account
    with account.lock:
        rows = [row for row in account.tickets.values() if row.deleted_at is None]
        return [ticket_row(context, row) for row in sorted(rows, key=lambda row: -row.id)]


def tickets_about(context: PageContext, assignment_id: str) -> list[Json]:
    return [row for row in tickets(context) if row["assignment_id"] == assignment_id]
