"""Applies what a caller, a macro or a trigger wants changed to a ticket's draft, or refuses it."""

from collections.abc import Iterator
from typing import Any

from sandbox.zendesk.records import fields, html_text
from sandbox.zendesk.records.account import CATEGORIES, Account
from sandbox.zendesk.records.errors import invalid, lacks_fields
from sandbox.zendesk.records.placeholders import fill
from sandbox.zendesk.records.records import Json, Ticket, User, stamp
from sandbox.zendesk.records.update import TicketUpdate

COMMENT_LIMIT = 5000  # https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
_TEXTS = ("subject", "external_id", "priority", "type")
_SYSTEM = {"tickettype": "type", "priority": "priority"}
"""Fields of Zendesk's own that may be required for solving, besides the assignee, and where a ticket has them."""


def write(update: TicketUpdate, wanted: Json) -> None:
    """Change the draft. Raises ApiError (422) naming what can't be; the draft is then to be thrown away."""
    ticket = update.ticket
    for name in _TEXTS:
        if name in wanted:
            setattr(ticket, name, None if wanted[name] is None else str(wanted[name]))
    _write_people(update.account, ticket, wanted)
    _write_form(update.account, ticket, wanted)
    _write_tags_and_fields(update.account, ticket, wanted)
    _write_status(update.account, ticket, wanted)
    if wanted.get("comment"):
        add_comment(update, wanted["comment"])


def check(update: TicketUpdate) -> None:
    """Rules that hold once everything is applied."""
    ticket = update.ticket
    requester = update.account.users[ticket.requester_id]
    if requester.suspended:
        raise invalid("requester", f"Requester: {requester.name} is suspended.")
    if ticket.status != (update.before or {}).get("status"):
        lacking = list(_lacking(update.account, ticket))
        if lacking:
            raise lacks_fields(lacking)


def _lacking(account: Account, ticket: Ticket) -> Iterator[Json]:
    """The fields without which the ticket may not be in its status, Zendesk's own first."""
    form, solved = account.forms[ticket.form_id], ticket.status == "solved"
    on_form = [account.fields[field_id] for field_id in form["ticket_field_ids"]]
    conditional = set(_asked_for(form, ticket))
    if solved and ticket.assignee_id is None:
        yield next(field for field in account.fields.values() if field["type"] == "assignee")
    for field in on_form:
        if ((solved and field["required"]) or field["id"] in conditional) and _is_blank(field, ticket):
            yield field


def _asked_for(form: Json, ticket: Ticket) -> Iterator[int]:
    """What the form's conditions ask for in the ticket's status; so far they are seen with dropdowns only."""
    for row in form["agent_conditions"]:
        met = str(ticket.fields.get(int(row["parent_field_id"]))) == str(row["value"])
        for child in row["child_fields"] if met else ():
            on = child.get("required_on_statuses") or {}
            if on.get("type") == "ALL_STATUSES" or ticket.status in (on.get("statuses") or ()):
                yield int(child["id"])


def _is_blank(field: Json, ticket: Ticket) -> bool:
    if field["removable"]:
        return fields.is_blank(ticket.fields.get(field["id"]))
    return field["type"] in _SYSTEM and getattr(ticket, _SYSTEM[field["type"]]) is None


def _write_people(account: Account, ticket: Ticket, wanted: Json) -> None:
    if wanted.get("requester_id") is not None:
        ticket.requester_id = _user(account, wanted["requester_id"], "requester").id
    if wanted.get("assignee_email"):
        found = account.user_by_email(wanted["assignee_email"])
        wanted = {**wanted, "assignee_id": found.id if found else 0}
    if "assignee_id" in wanted:
        given = wanted["assignee_id"]
        ticket.assignee_id = None if given in (None, "") else _agent(account, given).id
        if ticket.assignee_id is not None and ticket.group_id is None:
            ticket.group_id = account.users[ticket.assignee_id].default_group_id
    if "group_id" in wanted:
        given = wanted["group_id"]
        if given not in (None, "") and int(given) not in account.groups:
            raise invalid("group", f"Group: {given} is not valid", "InvalidValue")
        ticket.group_id = None if given in (None, "") else int(given)


def _user(account: Account, user_id: Any, field: str) -> User:
    user = account.users.get(int(user_id))
    if user is None:
        raise invalid(field, f"{field.capitalize()}: {user_id} is not valid", "InvalidValue")
    return user


def _agent(account: Account, user_id: Any) -> User:
    user = account.users.get(int(user_id))
    if user is None or not user.is_agent:
        raise invalid("assignee", f"Assignee: {user_id} is not valid", "InvalidValue")
    return user


def _write_form(account: Account, ticket: Ticket, wanted: Json) -> None:
    form_id = wanted.get("ticket_form_id")
    if form_id is None:
        return
    form = account.forms.get(int(form_id))
    if form is None or not form["active"]:
        raise invalid("ticket_form_id", f"Ticket form: {form_id} is not valid", "InvalidValue")
    ticket.form_id = int(form_id)


def _write_tags_and_fields(account: Account, ticket: Ticket, wanted: Json) -> None:
    if "tags" in wanted:
        fields.set_tags(account, ticket, fields.clean_tags(wanted["tags"]))
    if wanted.get("additional_tags"):
        fields.set_tags(account, ticket, [*ticket.tags, *fields.clean_tags(wanted["additional_tags"])])
    if wanted.get("remove_tags"):
        gone = set(fields.clean_tags(wanted["remove_tags"]))
        fields.set_tags(account, ticket, [tag for tag in ticket.tags if tag not in gone])
    for field_id, value in field_values(wanted.get("custom_fields", wanted.get("fields"))):
        fields.set_field(account, ticket, field_id, value)


def field_values(given: Any) -> list[tuple[Any, Any]]:
    """Custom fields come as a list of {id, value}, as one such object, or as an object of id to value."""
    if isinstance(given, dict):
        return [(given["id"], given.get("value"))] if "id" in given else list(given.items())
    return [(row["id"], row.get("value")) for row in given or ()]


def _write_status(account: Account, ticket: Ticket, wanted: Json) -> None:
    if wanted.get("custom_status_id") not in (None, ""):
        _set_custom_status(account, ticket, wanted["custom_status_id"])
    elif wanted.get("status"):
        set_status(account, ticket, str(wanted["status"]))
    elif ticket.status == "new" and ticket.assignee_id is not None:
        set_status(account, ticket, "open")  # an assigned ticket is not new any more


def _set_custom_status(account: Account, ticket: Ticket, status_id: Any) -> None:
    status = account.statuses.get(int(status_id))
    if status is None or not account.features.custom_statuses or not account.offers(status):
        raise invalid("custom_status_id", f"Custom status: {status_id} is invalid", "InvalidValue")
    ticket.custom_status_id = int(status_id)
    ticket.status = status["status_category"]


def set_status(account: Account, ticket: Ticket, category: str) -> None:
    """Set a status category, and with it that category's default custom status."""
    if category == "closed":
        if ticket.status != "closed":
            ticket.custom_status_id = account.default_status("solved")
        ticket.status = "closed"
        return
    if category not in CATEGORIES or (category == "hold" and not account.features.on_hold):
        raise invalid("status", f"Status: {category} is not a valid status", "InvalidValue")
    ticket.custom_status_id = account.default_status(category)
    ticket.status = category


def add_comment(update: TicketUpdate, given: Any) -> None:
    """Add a comment to the draft. Public unless said, or unless the ticket began with a private one."""
    account, ticket = update.account, update.ticket
    given = {"body": given} if isinstance(given, str) else given
    if len(ticket.comments) >= COMMENT_LIMIT:
        raise invalid("comment", f"Comment: a ticket holds up to {COMMENT_LIMIT} comments", "TooManyComments")
    author = update.actor
    if given.get("author_id") is not None and update.actor.is_agent:
        author = _user(account, given["author_id"], "author")
    body, markup = _texts(account, ticket, given, author)
    if not body:
        raise invalid("base", "Comment: cannot be blank", "BlankValue")
    public = given.get("public")
    if public is None:
        public = ticket.comments[0]["public"] if ticket.comments else True
    comment = {
        "id": account.next_id(),
        "type": "Comment",
        "author_id": author.id,
        "body": body,
        "html_body": markup,
        "plain_body": html_text.plain_from_html(markup),
        "public": bool(public) if author.is_agent or author.id != ticket.requester_id else True,
        "attachments": _attached(account, given.get("uploads")),
        "audit_id": update.audit_id,
        "via": update.via,
        "created_at": stamp(account.clock()),
        "metadata": {"system": {}, "custom": update.metadata},
    }
    ticket.comments.append(comment)
    ticket.description = ticket.description or body
    update.comment = comment
    update.events.append(_comment_event(comment))
    if not update.actor.is_agent and update.kind == "Change" and ticket.status in ("pending", "hold", "solved"):
        set_status(account, ticket, "open")  # an end user's reply opens the ticket, whoever of them wrote


def _attached(account: Account, given: Any) -> list[Json]:
    """The files of the tokens, each of which is used up. Raises 422 for one that is over, or leaves it out."""
    found = []
    for token in [given] if isinstance(given, str) else given or ():
        taken = account.files.take(str(token), account.clock())
        if taken is not None:
            found.append(taken.json)
        elif account.files.dead_tokens == "refused":
            raise invalid("base", "Uploads: token is invalid or has expired", "InvalidValue")
    return found


def _texts(account: Account, ticket: Ticket, given: Json, author: User) -> tuple[str, str]:
    # Zendesk renders placeholders in what agents write, and an agent may be a program that quotes someone.
    def finished(template: str) -> str:
        return fill(account, ticket, template, author) if author.is_agent else template

    if given.get("html_body"):
        markup = finished(str(given["html_body"]))
        return html_text.plain_from_html(markup), f'<div class="zd-comment" dir="auto">{markup}</div>'
    body = finished(str(given.get("body") or given.get("value") or ""))
    return body, html_text.html_from_body(body)


def _comment_event(comment: Json) -> Json:
    names = ("id", "type", "author_id", "body", "html_body", "plain_body", "public", "attachments", "audit_id")
    return {name: comment[name] for name in names}
