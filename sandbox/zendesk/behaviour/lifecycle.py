"""What happens to whole tickets: deleted, restored, marked as spam, merged, closed after days."""

from datetime import datetime, timedelta

from sandbox.zendesk.behaviour.ticket_engine import WEB, Engine
from sandbox.zendesk.behaviour.ticket_events import PREFIX
from sandbox.zendesk.behaviour.writing import set_status
from sandbox.zendesk.records.errors import invalid
from sandbox.zendesk.records.records import Json, Ticket, User


def soft_delete(engine: Engine, ticket_id: int | str, actor: User, *, spam: bool = False) -> None:
    """Delete; as spam the requester is suspended as well. Raises 404 for one that is gone already."""
    ticket = engine.ticket(ticket_id)
    now = engine.account.clock()

    def apply(draft: Ticket) -> None:
        draft.deleted_at, draft.spam = now, spam

    draft = engine.system_change(ticket, apply)
    if spam:
        requester = engine.account.users[ticket.requester_id]
        requester.suspended = not requester.is_agent
        engine.webhooks.publish(PREFIX + "marked_as_spam", draft, actor, {})
    engine.webhooks.publish(PREFIX + "soft_deleted", draft, actor, {})


def restore(engine: Engine, ticket_id: int | str, actor: User) -> None:
    """Undelete. The requester of spam stays suspended until someone lifts it."""
    ticket = engine.ticket(ticket_id, deleted=True)

    def apply(draft: Ticket) -> None:
        draft.deleted_at, draft.spam = None, False

    draft = engine.system_change(ticket, apply)
    engine.webhooks.publish(PREFIX + "undeleted", draft, actor, {})


def delete_for_good(engine: Engine, ticket_id: int | str, actor: User) -> None:
    ticket = engine.ticket(ticket_id, deleted=True)
    del engine.account.tickets[ticket.id]
    engine.webhooks.publish(PREFIX + "permanently_deleted", ticket, actor, {})


def merge(engine: Engine, source_id: int | str, target_id: int | str, actor: User, wanted: Json) -> None:
    """Merge source into target: a comment on both, the source closed and tagged. Raises 404 or 422."""
    source, target = engine.ticket(source_id), engine.ticket(target_id)
    for ticket in (source, target):
        if ticket.status == "closed":
            raise invalid("status", "Status: closed prevents ticket update")
    said = (
        wanted.get("target_comment")
        or f'Request #{source.id} "{source.subject}" was closed and merged into this request.'
    )
    engine.update(
        target.id,
        {"comment": {"body": said, "public": bool(wanted.get("target_comment_is_public", False))}},
        actor,
        {"channel": "web", "source": {"from": {"ticket_id": source.id}, "to": {}, "rel": "merge"}},
    )
    said = (
        wanted.get("source_comment")
        or f'This request was closed and merged into request #{target.id} "{target.subject}".'
    )
    update = engine.update(
        source.id,
        {
            "status": "closed",
            "additional_tags": ["closed_by_merge"],
            "comment": {"body": said, "public": bool(wanted.get("source_comment_is_public", False))},
        },
        actor,
        WEB,
    )
    # Reported: the target may be missing here.
    engine.webhooks.publish(PREFIX + "merged", update.ticket, actor, {})


def close(engine: Engine, ticket_id: int | str) -> None:
    """What Zendesk does by itself some days after solving."""
    engine.system_change(engine.ticket(ticket_id), lambda draft: set_status(engine.account, draft, "closed"))


def close_solved(engine: Engine, after_days: int, now: datetime) -> list[int]:
    """Close what has been solved for so many days; returns the tickets."""
    due = [
        ticket.id
        for ticket in engine.account.tickets.values()
        if ticket.status == "solved"
        and ticket.deleted_at is None
        and ticket.solved_at is not None
        and now - ticket.solved_at >= timedelta(days=after_days)
    ]
    for ticket_id in due:
        close(engine, ticket_id)
    return due
