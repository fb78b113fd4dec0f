"""Side conversations by e-mail: created and answered by agents, replied to from outside."""

from typing import Any

from sandbox.zendesk.behaviour.ticket_engine import API, Engine
from sandbox.zendesk.records import html_text
from sandbox.zendesk.records.errors import ApiError, forbidden, not_found
from sandbox.zendesk.records.records import Conversation, Json, Mail, User, stamp

STATES = ("open", "closed")


def start(engine: Engine, ticket_id: int | str, wanted: Json, actor: User) -> Conversation:
    """POST …/side_conversations. Raises 403 where the account has none, 422 where nobody is written to."""
    _enabled(engine)
    ticket = engine.ticket(ticket_id)
    message = _message(engine, wanted, actor)
    now = engine.account.clock()
    conversation = Conversation(
        id=engine.account.uuid(),
        ticket_id=ticket.id,
        subject=message["subject"],
        state="open",
        participants=[message["from"], *message["to"]],
        created_at=now,
        updated_at=now,
        message_added_at=now,
        state_updated_at=now,
        preview_text=message["preview_text"],
        external_ids=_external_ids(wanted),
    )
    engine.account.conversations[conversation.id] = conversation
    event = _add_event(engine, conversation, "create", actor_of(actor), message)
    _mail(engine, conversation, message)
    _tell(engine, conversation, "created", "CollabThreadCreated", actor, event)
    return conversation


def reply(engine: Engine, conversation: Conversation, wanted: Json, actor: User) -> Json:
    """POST …/reply by an agent: recipients have to be named on every reply."""
    _enabled(engine)
    message = _message(engine, wanted, actor, subject=conversation.subject)
    event = _add_message(engine, conversation, actor_of(actor), message)
    _mail(engine, conversation, message)
    _tell(engine, conversation, "replied_to", "CollabThreadReply", actor, event)
    return event


def reply_from_outside(
    engine: Engine, conversation: Conversation, email: str, name: str, body: str, subject: str = ""
) -> Json:
    """An e-mail that comes back under the subject that its sender's program gave it. It opens a closed one."""
    sender: Json = {"user_id": None, "name": name or email, "email": email}
    known = engine.account.user_by_email(email)
    if known is not None:
        sender["user_id"] = known.id
    message = {
        "subject": subject or f"Re: {conversation.subject}",
        "preview_text": body[:100],
        "body": body,
        "html_body": html_text.html_from_body(body),
        "from": sender,
        "to": [actor_of(engine.account.admin)],
        "external_ids": {},
        "attachments": [],
    }
    closed = conversation.state == "closed"
    event = _add_message(engine, conversation, sender, message)
    author = known or engine.account.admin
    if closed:
        _set_state(engine, conversation, "open")
        _tell(engine, conversation, "reopened", "CollabThreadReopened", author, event)
    _tell(engine, conversation, "replied_to", "CollabThreadReply", author, event)
    return event


def change(engine: Engine, conversation: Conversation, wanted: Json, actor: User) -> Conversation:
    """PUT …/{id}: its state, subject or external ids."""
    _enabled(engine)
    if wanted.get("state") not in (None, *STATES):
        raise _refused("state", f"State: {wanted['state']} is neither open nor closed")
    if wanted.get("subject"):
        conversation.subject = str(wanted["subject"])
    if "external_ids" in wanted:
        conversation.external_ids = {**conversation.external_ids, **_external_ids(wanted)}
    event = _add_event(engine, conversation, "update", actor_of(actor), None)
    event["updates"] = {key: wanted[key] for key in ("state", "subject", "external_ids") if key in wanted}
    if wanted.get("state") and wanted["state"] != conversation.state:
        _set_state(engine, conversation, wanted["state"])
        what, kind = ("closed", "Closed") if wanted["state"] == "closed" else ("reopened", "Reopened")
        _tell(engine, conversation, what, f"CollabThread{kind}", actor, event)
    return conversation


def find(engine: Engine, ticket_id: int | str, conversation_id: str) -> Conversation:
    """Raises 403 where the account has none, 404 where this one is not."""
    _enabled(engine)
    ticket = engine.ticket(ticket_id)
    found = engine.account.conversations.get(conversation_id)
    if found is None or found.ticket_id != ticket.id:
        raise not_found()
    return found


def of_ticket(engine: Engine, ticket_id: int | str) -> list[Conversation]:
    _enabled(engine)
    ticket = engine.ticket(ticket_id)
    return [row for row in engine.account.conversations.values() if row.ticket_id == ticket.id]


def actor_of(user: User) -> Json:
    return {"user_id": user.id, "name": user.name, "email": user.email}


def _enabled(engine: Engine) -> None:
    if not engine.account.features.side_conversations:
        raise forbidden("Side conversations are not switched on for this account.")


def _refused(field: str, why: str) -> ApiError:
    return ApiError(
        422,
        {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {field: [{"description": why}]},
        },
    )


def _message(engine: Engine, wanted: Json, actor: User, subject: str = "") -> Json:
    given = wanted.get("message")
    given = given if isinstance(given, dict) else {}
    to = given.get("to")
    if not isinstance(to, list) or not to:
        raise _refused("to", "To: at least one recipient is required")
    body, markup = str(given.get("body") or ""), str(given.get("html_body") or "")
    if not body and not markup:
        raise _refused("body", "Body: cannot be blank")
    body = body or html_text.plain_from_html(markup)
    return {
        "subject": str(given.get("subject") or subject),
        "preview_text": body[:100],
        "body": body,
        "html_body": markup or html_text.html_from_body(body),
        "from": actor_of(actor),
        "to": _recipients(engine, to),
        "external_ids": _external_ids(given),
        "attachments": [],
    }


def _recipients(engine: Engine, given: list[Any]) -> list[Json]:
    if len({tuple(sorted(set(row) & {"email", "user_id"})) for row in given}) > 1:
        raise _refused("to", "To: name all recipients by e-mail, or all by user id")
    found = []
    for row in given:
        user = engine.account.users.get(row["user_id"]) if "user_id" in row else None
        if user is not None:
            found.append(actor_of(user))
        elif row.get("email") and "@" in str(row["email"]):
            found.append({"user_id": None, "name": row.get("name") or row["email"], "email": row["email"]})
        else:
            raise _refused("to", f"To: {row.get('email') or row.get('user_id')} can't be written to")
    return found


def _external_ids(wanted: Json) -> dict[str, str]:
    given = wanted.get("external_ids") or {}
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise _refused("external_ids", "External ids: names and values are texts")
    return dict(given)


def _add_message(engine: Engine, conversation: Conversation, sender: Json, message: Json) -> Json:
    conversation.message_added_at = conversation.updated_at = engine.account.clock()
    conversation.preview_text = message["preview_text"]
    known = {row["email"] for row in conversation.participants}
    conversation.participants += [row for row in (sender, *message["to"]) if row["email"] not in known]
    return _add_event(engine, conversation, "reply", sender, message)


def _add_event(engine: Engine, conversation: Conversation, kind: str, sender: Json, message: Json | None) -> Json:
    event: Json = {
        "id": engine.account.uuid(),
        "side_conversation_id": conversation.id,
        "ticket_id": conversation.ticket_id,
        "type": kind,
        "actor": sender,
        "via": "api" if sender.get("user_id") else "email",
        "created_at": stamp(engine.account.clock()),
        "message": message,
        "updates": {},
    }
    conversation.events.append(event)
    return event


def _set_state(engine: Engine, conversation: Conversation, state: str) -> None:
    conversation.state = state
    conversation.state_updated_at = conversation.updated_at = engine.account.clock()


def _tell(engine: Engine, conversation: Conversation, what: str, kind: str, actor: User, event: Json) -> None:
    ticket = engine.ticket(conversation.ticket_id, deleted=True)
    if ticket.deleted_at is not None or ticket.status == "closed":
        return
    about = {"type": kind, "subject": conversation.subject, "thread_id": conversation.id, "via": API}
    engine.conversation_changed(conversation.ticket_id, what, actor, {**about, "event_id": event["id"]})


def _mail(engine: Engine, conversation: Conversation, message: Json) -> None:
    for person in message["to"]:
        if person["email"]:
            engine.account.mails.append(
                Mail(
                    engine.account.clock(),
                    person["email"],
                    message["subject"],
                    message["body"],
                    conversation.ticket_id,
                    "side conversation",
                )
            )
