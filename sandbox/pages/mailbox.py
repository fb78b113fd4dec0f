"""The mailbox of everyone the desk writes to by e-mail, with their replies."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import conversation
from sandbox.pages.rendering import PageSubject, render
from sandbox.pages.visits import ActionRefused, PageContext, Visit, faults_in_text, place, refuse, said
from sandbox.zendesk.records.records import Conversation, Json


def routes(context: PageContext) -> list[Route]:
    return [place(context, "/mailbox", mailbox, {"reply": reply})]


def mailbox(context: PageContext, visit: Visit, error: str) -> Response:
    """GET /mailbox?ticket=…: everyone's mail, or what belongs to one ticket."""
    account = context.sandbox.zendesk.account
    wanted = visit.query.get("ticket", "")
    ticket_id = int(wanted) if wanted.isdigit() else None
    with account.lock:
        threads = [
            _thread(context, row)
            for row in sorted(account.conversations.values(), key=lambda row: row.message_added_at, reverse=True)
            if ticket_id in (None, row.ticket_id)
        ]
        mails = [
            mail
            for mail in reversed(account.mails)
            if mail.why != "side conversation" and ticket_id in (None, mail.ticket_id)
        ]
        known = ticket_id in account.tickets
    return render(
        context,
        visit,
        "mailbox.html",
        ticket_id=ticket_id,
        title="Mailbox",
        view="mailbox",
        error=error,
        subject=_subject(context, ticket_id) if ticket_id is not None and known else None,
        threads=threads,
        mails=mails,
        typed=visit.get("text") if error else "",
        typed_in=visit.get("conversation") if error else "",
    )


def _subject(context: PageContext, ticket_id: int) -> PageSubject:
    return PageSubject(ticket_id, conversation.ticket(context, ticket_id, deleted=True)["assignment_id"])


def _thread(context: PageContext, row: Conversation) -> Json:
    account = context.sandbox.zendesk.account
    agents = {user.email for user in account.users.values() if user.is_agent}
    outside = [person for person in row.participants if person["email"] not in agents]
    messages = [
        {
            "author": event["actor"].get("name") or event["actor"].get("email") or "Someone",
            "outside": event["actor"].get("email") not in agents,
            "to": ", ".join(person["name"] or person["email"] for person in event["message"]["to"]),
            "at": event["created_at"],
            "text": conversation.plain(event["message"]["html_body"]),
        }
        for event in row.events
        if event["message"]
    ]
    return {
        "id": row.id,
        "ticket_id": row.ticket_id,
        "subject": row.subject,
        "state": row.state,
        "people": outside,
        "messages": messages,
    }


def reply(context: PageContext, visit: Visit) -> str:
    text = visit.get("text").strip()
    account = context.sandbox.zendesk.account
    found = account.conversations.get(visit.get("conversation"))
    if found is None:
        raise ActionRefused("That e-mail is no longer there. Reload the page.")
    people = {person["email"]: person["name"] for person in found.participants}
    sender = visit.get("sender")
    if sender not in people:
        raise ActionRefused("Only someone who was written to can reply here.")
    refuse(faults_in_text(visit, "text"))
    context.sandbox.zendesk.people.conversation_reply(found.id, sender, text, people[sender])
    return said(f"{visit.here}#c-{found.id}", "mail")
