"""What was said and is no longer public: comments made internal, and comments out of which words were taken."""

from typing import Any

from sandbox.zendesk.behaviour.ticket_engine import WEB, Engine
from sandbox.zendesk.behaviour.ticket_events import PREFIX
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.records import Json, Ticket, User

BLOCK = "\u2587"
_TEXTS = ("body", "html_body", "plain_body")


def make_internal(engine: Engine, ticket_id: Any, comment_id: Any, actor: User) -> None:
    """PUT comments/{id}/make_private. The audit that had the comment goes on to say that it is public."""
    ticket, comment = _comment(engine, ticket_id, comment_id)
    comment["public"] = False
    told = {"type": "CommentPrivacyChange", "comment_id": comment["id"], "public": False}
    _tell(engine, ticket, actor, told, "comment_made_private")


def redact(engine: Engine, ticket_id: Any, comment_id: Any, words: str, actor: User) -> Json:
    """PUT comments/{id}/redact: each sign of the words becomes a block, wherever the comment is kept."""
    ticket, comment = _comment(engine, ticket_id, comment_id)
    kept = [event for audit in ticket.audits for event in audit["events"] if event["id"] == comment["id"]]
    for holder in (comment, *kept):
        for name in _TEXTS:
            holder[name] = holder[name].replace(words, BLOCK * len(words))
    told = {"type": "CommentRedactionEvent", "comment_id": comment["id"]}
    _tell(engine, ticket, actor, told, "comment_redacted")
    return comment


def _comment(engine: Engine, ticket_id: Any, comment_id: Any) -> tuple[Ticket, Json]:
    ticket = engine.ticket(ticket_id)
    for comment in ticket.comments:
        if str(comment["id"]) == str(comment_id):
            return ticket, comment
    raise not_found()


def _tell(engine: Engine, ticket: Ticket, actor: User, told: Json, event: str) -> None:
    changed = engine.without_triggers(ticket, actor, told, WEB)
    engine.webhooks.publish(PREFIX + event, changed, actor, {"comment": {"id": str(told["comment_id"])}})
