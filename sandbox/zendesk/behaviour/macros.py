"""What a macro would do: to any ticket, or to a certain one; neither saves anything."""

from typing import Any

from sandbox.zendesk.behaviour.writing import field_values, write
from sandbox.zendesk.records import html_text
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.placeholders import fill
from sandbox.zendesk.records.records import Json, Ticket, User
from sandbox.zendesk.records.update import TicketUpdate
from sandbox.zendesk.records.views_of import ticket_json
from sandbox.zendesk.rules.actions import as_changes


def find(account: Account, macro_id: Any) -> Json:
    """Raises 404."""
    found = account.macros.get(int(macro_id)) if str(macro_id).isdigit() else None
    if found is None:
        raise not_found()
    return found


def changes_only(account: Account, macro: Json, user: User) -> Json:
    """GET macros/{id}/apply: placeholders stay as they are, for there is no ticket."""
    changes = as_changes(macro["actions"], actor_id=user.id)
    shown: Json = {key: value for key, value in changes.items() if key not in ("custom_fields", "comment")}
    if "additional_tags" in shown:
        shown["tags"] = shown.pop("additional_tags")
    if "custom_status_id" in shown:
        shown["custom_status_id"] = int(shown["custom_status_id"])
        shown["status"] = account.statuses[shown["custom_status_id"]]["status_category"]
    rows = [{"id": field_id, "value": value} for field_id, value in field_values(changes.get("custom_fields"))]
    if rows:
        # The documents show one object; with several fields live answers hold a list.
        shown["fields"] = rows[0] if len(rows) == 1 else rows
    if "comment" in changes:
        shown["comment"] = _comment(changes["comment"])
    return shown


def ticket_after(account: Account, macro: Json, ticket: Ticket, user: User) -> Json:
    """GET tickets/{id}/macros/{id}/apply: the whole ticket as it would be. Raises 422 where it can't be."""
    draft = ticket.draft()
    changes = as_changes(macro["actions"], actor_id=user.id, requester_id=ticket.requester_id)
    comment = changes.pop("comment", None)
    preview = TicketUpdate(account, draft, user, "Change", {}, 0, {})
    write(preview, changes)
    shown = ticket_json(account, draft)
    if comment is not None:
        filled = {
            key: fill(account, draft, value, user) if isinstance(value, str) else value
            for key, value in comment.items()
        }
        shown["comment"] = _comment(filled)
    return shown


def _comment(given: Json) -> Json:
    markup = given.get("html_body")
    body = given.get("body") or html_text.plain_from_html(str(markup or ""))
    comment: Json = {"body": body, "public": given["public"], "scoped_body": [["channel:all", body]]}
    if markup:
        comment["html_body"] = markup
    return comment
