"""Files on the pages: what a visitor attaches, the demo's own to take, and each where it may be seen."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from escalation.model.files import size_label
from sandbox.pages.form_reading import MOST_FILES, GivenFile
from sandbox.pages.visits import ActionRefused, PageContext, Visit, place
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import not_found
from sandbox.zendesk.records.records import Json
from sandbox.zendesk.records.stored_files import INFECTED

MALWARE: Final = "malware_found"
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What browsers show and never run; anything else is only saved."""
_FOLDER: Final = Path(__file__).parent / "samples"


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file of the demo's own, for who has none at hand. One without a file in the folder is made infected."""

    name: str
    line: str

    def content(self) -> bytes:
        found = _FOLDER / self.name
        return found.read_bytes() if found.exists() else b"%PDF-1.4\n% " + INFECTED + b"\n%%EOF\n"


SAMPLES: Final = {
    "photo": SampleFile("switch-installed.png", "a photo"),
    "invoice": SampleFile("invoice-1047.pdf", "an invoice"),
    "infected": SampleFile("parking-receipt.pdf", "the scan will “find” malware in it"),
}


def routes(context: PageContext) -> list[Route]:
    return [
        place(context, "/requests/{id:int}/files/{file:int}", requesters_file),
        place(context, "/agent/tickets/{id:int}/files/{file:int}", agents_file),
        place(context, "/other-side/{id}/files/{file}", assignments_file),
    ]


def given_files(visit: Visit, more: Sequence[GivenFile] = ()) -> list[GivenFile]:
    """What was chosen of one's own files, of the demo's, and `more`. Raises ActionRefused for too many."""
    sample = SAMPLES.get(visit.get("sample"))
    given = [*visit.files, *([(sample.name, sample.content())] if sample else []), *more]
    if len(given) > MOST_FILES:
        raise ActionRefused(f"Choose {MOST_FILES} files at most.")
    return given


def faults_in_files(visit: Visit) -> dict[str, str]:
    """What is wrong with the files that were chosen."""
    many = len(visit.files) + (visit.get("sample") in SAMPLES)
    return {"files": f"Choose {MOST_FILES} files at most."} if many > MOST_FILES else {}


def files_again(context: PageContext, ticket_id: int, visit: Visit) -> list[GivenFile]:
    """Files of the ticket that an agent ticked, to be attached once more; an infected one raises ActionRefused."""
    account, wanted = context.sandbox.zendesk.account, set(visit.all("again"))
    with account.lock:
        rows = [row for row in ticket_files(context, ticket_id) if str(row["id"]) in wanted]
        if any(row["scan"] == MALWARE for row in rows):
            raise ActionRefused("Malware was found in that file: nobody can open it or attach it again.")
        return [(row["name"], account.files.by_id[row["id"]].content) for row in rows]


def ticket_files(context: PageContext, ticket_id: int) -> list[Json]:
    """All files of a ticket for its agents, oldest first, each name and size once."""
    account = context.sandbox.zendesk.account
    with account.lock:
        ticket = context.sandbox.zendesk.engine.ticket(ticket_id, deleted=True)
        base = f"/agent/tickets/{ticket_id}"
        rows = [one for comment in ticket.comments for one in comment_files(account, comment, base)]
    once: dict[tuple[str, str], Json] = {}
    for row in rows:
        once.setdefault((row["name"], row["size"]), row)
    return list(once.values())


def comment_files(account: Account, comment: Json, base: str) -> list[Json]:
    """The files of a comment, as a page at `base` shows them."""
    account.files.scan(account.clock())
    return [
        {
            "id": one["id"],
            "name": one["file_name"],
            "size": size_label(one["size"]),
            "url": f"{base}/files/{one['id']}",
            "scan": one["malware_scan_result"],
            "is_picture": _kind(one["file_name"]) in _PICTURES,
        }
        for one in comment["attachments"]
    ]


def assignment_files(context: PageContext, assignment_id: str) -> list[Json]:
    """The files of an assignment, oldest first."""
    return [
        {
            "name": one.name,
            "size": size_label(len(one.content)),
            "url": f"/other-side/{assignment_id}/files/{one.uuid}",
            "scan": "",
            "is_picture": _kind(one.name) in _PICTURES,
            "description": one.description,
            "at": one.at,
        }
        for one in context.sandbox.workmarket.files(assignment_id)
    ]


def requesters_file(context: PageContext, visit: Visit, _: str) -> Response:
    """GET a file of a public comment."""
    return _ticket_file(context, visit, notes=False)


def agents_file(context: PageContext, visit: Visit, _: str) -> Response:
    """GET a file of any comment."""
    return _ticket_file(context, visit, notes=True)


def _ticket_file(context: PageContext, visit: Visit, *, notes: bool) -> Response:
    """Nobody gets what malware was found in, as Zendesk has it."""
    account, wanted = context.sandbox.zendesk.account, int(visit.args["file"])
    with account.lock:
        ticket = context.sandbox.zendesk.engine.ticket(int(visit.args["id"]), deleted=notes)
        seen = [row for row in ticket.comments if notes or row["public"]]
        rows = [row for comment in seen for row in comment_files(account, comment, "")]
        if not any(row["id"] == wanted and row["scan"] != MALWARE for row in rows):
            raise not_found()
        found = account.files.by_id[wanted]
        return _download(found.json["file_name"], found.content)


def assignments_file(context: PageContext, visit: Visit, _: str) -> Response:
    """GET a file of an assignment."""
    market = context.sandbox.workmarket
    with market.lock:
        assignment = market.assignments.get(visit.args["id"])
        rows = assignment.files if assignment else ()
        found = next((one for one in rows if one.uuid == visit.args["file"]), None)
    if found is None:
        raise not_found()
    return _download(found.name, found.content)


def _download(name: str, content: bytes) -> Response:
    """A picture to look at; anything else to be saved, so that it can't act as a page of ours."""
    kind = _kind(name)
    shown = kind in _PICTURES
    where = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name, safe='')}"
    return Response(
        content, media_type=kind if shown else "application/octet-stream", headers={"Content-Disposition": where}
    )


def _kind(name: str) -> str:
    return mimetypes.guess_type(name)[0] or ""
