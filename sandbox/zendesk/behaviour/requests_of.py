"""Requests of end users: what they may fill in, and what their answers do to a ticket."""

from sandbox.zendesk.behaviour.ticket_engine import API, WEB, Engine
from sandbox.zendesk.behaviour.writing import field_values
from sandbox.zendesk.records import fields
from sandbox.zendesk.records.dynamic_content import fill
from sandbox.zendesk.records.errors import invalid, unauthorized
from sandbox.zendesk.records.records import Json, Ticket, User
from sandbox.zendesk.records.update import TicketUpdate


def submit(engine: Engine, wanted: Json, user: User | None, via: Json = API) -> Ticket:
    """A new ticket from outside. Raises 401 for nobody, 422 naming the field that is missing or not theirs."""
    account = engine.account
    requester = user
    if requester is None:
        given = wanted.get("requester") or {}
        if not given.get("email"):
            raise unauthorized()
        known = account.user_by_email(given["email"])
        requester = known or account.add_user(given.get("name") or given["email"], given["email"])
    form_id = int(wanted.get("ticket_form_id") or account.default_form())
    form = account.forms.get(form_id)
    if form is None or not form["active"] or not form["end_user_visible"]:
        raise invalid("ticket_form_id", f"Ticket form: {form_id} is not valid", "InvalidValue")
    rows = field_values(wanted.get("custom_fields"))
    _check_portal(engine, form, dict(rows), requester.locale)
    ticket_wanted: Json = {
        "subject": wanted.get("subject") or "",
        "comment": {**(wanted.get("comment") or {}), "public": True},
        "ticket_form_id": form_id,
        "custom_fields": [{"id": field_id, "value": value} for field_id, value in rows],
    }
    return engine.create(ticket_wanted, requester, via).ticket


def _check_portal(engine: Engine, form: Json, values: Json, locale: str | None) -> None:
    for field_id in values:
        field = engine.account.fields.get(int(field_id))
        if field is None or not field["editable_in_portal"] or field["id"] not in form["ticket_field_ids"]:
            raise invalid("custom_fields", f"Custom field {field_id} can't be set by end users", "InvalidValue")
    given = {int(key): value for key, value in values.items()}
    for field_id in form["ticket_field_ids"]:
        field = engine.account.fields[field_id]
        wanted = field["removable"] and field["required_in_portal"] and field["editable_in_portal"]
        if wanted and fields.is_blank(given.get(field_id)):
            title = fill(engine.account, field["title_in_portal"], locale)
            raise invalid("base", f"{title}: cannot be blank", "BlankValue")


def answer(engine: Engine, ticket: Ticket, wanted: Json, user: User) -> TicketUpdate:
    """A comment or a status by the requester. On a closed ticket a comment makes a follow-up instead."""
    if ticket.status != "closed":
        return engine.update(ticket.id, wanted, user, WEB)
    follow_up: Json = {
        "subject": f"Re: {ticket.subject}",
        "comment": wanted.get("comment"),
        "via_followup_source_id": ticket.id,
        "ticket_form_id": ticket.form_id,
        "custom_fields": [{"id": key, "value": value} for key, value in ticket.fields.items()],
        "tags": [tag for tag in ticket.tags if tag != "closed_by_merge"],
    }
    update = engine.create(follow_up, user, {"channel": "email", "source": {}})
    ticket.followup_ids.append(update.ticket.id)
    return update
