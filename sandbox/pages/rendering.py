"""Renders a page: templates with autoescape on, the frame that all pages share, and what the page listens to."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, JSONResponse, Response

from escalation.model.files import size_label
from sandbox.pages import wording
from sandbox.pages.attaching import MALWARE, SAMPLES
from sandbox.pages.form_reading import LARGEST_FILE, MOST_FILES
from sandbox.pages.visits import PageContext, Visit

HERE = Path(__file__).parent
View = Literal["requester", "agent", "other", "mailbox", "reports", "none"]


@dataclass(frozen=True)
class PageSubject:
    """What a page is about, so that the other pages about the same are one click away."""

    ticket_id: int | None = None
    assignment_id: str = ""


def environment() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        when=wording.when,
        when_short=wording.when_short,
        machine=wording.machine,
        state=wording.state,
        deadline=wording.deadline,
        assignment_status=wording.assignment_status,
        client_company=wording.client_company,
        initials=wording.initials,
        told=wording.told,
        folded=wording.folded,
        ticks=ticks,
        bdi=isolated,
        size=size_label,
    )
    templates.globals.update(
        until=wording.until,
        rules=wording.RULES,
        outcomes=wording.OUTCOMES,
        file_states=wording.FILE_STATES,
        samples=SAMPLES,
        malware=MALWARE,
        most_files=MOST_FILES,
        largest_file=size_label(LARGEST_FILE),
    )
    return templates


def ticks(text: str) -> Markup:
    """The text, escaped, with names in `backticks` set as code."""
    set_as_code = re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(set_as_code)  # noqa: S704  # nosec B704 # escaped just before


def render(
    context: PageContext,
    visit: Visit,
    template: str,
    *,
    title: str,
    view: View,
    error: str = "",
    subject: PageSubject | None = None,
    **more: Any,
) -> Response:
    """The page as HTML. Its version is taken first, so that a change while it is made is seen by the next poll."""
    about = subject or PageSubject()
    ticket = str(about.ticket_id or "")
    version = version_of(context, ticket)
    text = context.templates.get_template(template).render(
        title=title,
        view=view,
        error=error,
        done=wording.DONE.get(visit.get("done"), "") if not error else "",
        moved=_moved(context, visit) if not error else [],
        faults=visit.faults,
        here=visit.here,
        sample=visit.get("sample"),
        subject=about,
        has_assignment=about.assignment_id in context.sandbox.workmarket.assignments,
        now=context.desk.now(),
        upcoming=_upcoming(context),
        elsewhere=context.desk.elsewhere,
        version=version,
        version_url="/version" + (f"?{urlencode({'ticket': ticket})}" if ticket else ""),
        **more,
    )
    return HTMLResponse(text)


def _upcoming(context: PageContext) -> Any:
    """The next deadline of any case."""
    rows = [row["next_deadline"] for row in context.desk.cases()]
    return min((row for row in rows if row), key=lambda row: str(row["due"]), default=None)


def _moved(context: PageContext, visit: Visit) -> list[Any]:
    """What the desk has done while the clock was moved, the first first."""
    try:
        since = datetime.fromisoformat(visit.query.get("since", ""))
    except ValueError:
        return []
    return context.desk.done_since(since) if since.tzinfo and visit.get("done") == "moved" else []


def isolated(text: object) -> Markup:
    """A name or a title, escaped, whose direction of writing turns nothing round beside it."""
    return Markup("<bdi>{}</bdi>").format(text)


def version_page(context: PageContext, visit: Visit, _: str) -> Response:
    """GET /version: changes whenever there is something new to see."""
    return JSONResponse({"version": version_of(context, visit.get("ticket"))})


def version_of(context: PageContext, ticket_id: str) -> str:
    account, market = context.sandbox.zendesk.account, context.sandbox.workmarket
    with account.lock:
        tickets = [(row.id, row.generated_at, len(row.audits)) for row in account.tickets.values()]
        talks = [(row.id, len(row.events)) for row in account.conversations.values()]
        settings = (len(account.forms), len(account.macros), len(account.mails))
        account.files.scan(account.clock())
        scans = [(key, one.json["malware_scan_result"]) for key, one in account.files.by_id.items()]
    with market.lock:
        down = market.companies_down()
        work = [
            (row.id, row.modified, row.visible, len(row.notes), len(row.files))
            for row in market.assignments.values()
        ]
    minute = context.desk.now().replace(second=0, microsecond=0)
    case = context.desk.case_of(ticket_id) if ticket_id else None
    seen = repr((minute, tickets, talks, settings, scans, down, work, context.desk.cases(), case))
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()
