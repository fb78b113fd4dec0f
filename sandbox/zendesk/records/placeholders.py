"""Fills placeholders such as {{ticket.id}} from a ticket, its people and the account."""

import re

from sandbox.zendesk.records import html_text
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import Ticket, User

_LIQUID = re.compile(r"\{%.*?%\}", re.DOTALL)


def fill(account: Account, ticket: Ticket, template: str, actor: User | None = None) -> str:
    """The text with its placeholders filled in; Liquid blocks are swallowed, as a rendering would."""
    if "{{" not in template and "{%" not in template:
        return template
    return html_text.render(_LIQUID.sub("", template), values(account, ticket, actor))


def values(account: Account, ticket: Ticket, actor: User | None) -> dict[str, str]:
    status = account.shown_status(ticket)
    comments = [comment["body"] for comment in ticket.comments]
    public = [comment["body"] for comment in ticket.comments if comment["public"]]
    found = {
        "ticket.id": str(ticket.id),
        "ticket.title": ticket.subject,
        "ticket.description": ticket.description,
        "ticket.status": ticket.status.capitalize(),
        "ticket.custom_status": str(status.get("agent_label", "")),
        "ticket.external_id": ticket.external_id or "",
        "ticket.url": f"{account.base}/hc/requests/{ticket.id}",
        "ticket.link": f"{account.base}/agent/tickets/{ticket.id}",
        "ticket.account": "Sandbox",
        "ticket.tags": " ".join(ticket.tags),
        "ticket.ticket_form": str(account.forms[ticket.form_id]["name"]),
        "ticket.latest_comment": (comments or [""])[-1],
        "ticket.latest_comment.value": (comments or [""])[-1],
        "ticket.latest_public_comment": (public or [""])[-1],
        "ticket.comments_formatted": "\n\n".join(public),
    }
    found |= _person("ticket.requester", account.users.get(ticket.requester_id))
    found |= _person("ticket.assignee", account.users.get(ticket.assignee_id or 0))
    found |= _person("current_user", actor)
    for field_id, value in ticket.fields.items():
        shown = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        found[f"ticket.ticket_field_{field_id}"] = shown
    return found


def _person(prefix: str, user: User | None) -> dict[str, str]:
    name = user.name if user else ""
    return {
        f"{prefix}.name": name,
        f"{prefix}.first_name": name.split(" ")[0],
        f"{prefix}.last_name": name.split(" ")[-1],
        f"{prefix}.email": (user.email or "") if user else "",
        f"{prefix}.id": str(user.id) if user else "",
    }
