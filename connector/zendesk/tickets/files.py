"""Files of comments: uploaded for an update to come, looked at, and downloaded from wherever they are kept.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket-attachments/
"""

from __future__ import annotations

import mimetypes
from datetime import timedelta
from typing import Final

from connector.errors import Conflict, Permanent, Transient, Unclear, UnreadableAnswer, no_file, too_large
from connector.ports import Uploaded
from connector.reading import Json, items, number, text, the_id, the_mapping
from connector.spool import Spool
from connector.text import file_name
from connector.zendesk.access.channel import Channel, body_of, reading, writing
from escalation.model.files import Scan, TicketFile, kind_of

BESIDE: Final = 1024 * 1024
"""Bytes that may come over the line for a file beside what it holds."""
TOKEN_USED_WITHIN: Final = timedelta(minutes=50)
"""A token lives for 60 minutes of Zendesk's clock: https://support.zendesk.com/hc/en-us/articles/4408887057946"""

_SCANS: Final = {
    "malware_not_found": Scan.CLEAN,
    "malware_found": Scan.INFECTED,
    "failed_to_scan": Scan.FAILED,
    "not_scanned": Scan.NOT_YET,
}


def files_of(event: Json) -> tuple[TicketFile, ...]:
    """The files of a comment, as an audit or a list of comments tells them."""
    rows = items(event.get("attachments"))
    return tuple(_file(row) for row in rows if number(row.get("id")) is not None and row.get("deleted") is not True)


def file_now(channel: Channel, file_id: str) -> TicketFile:
    """A file as it is now. Raises Permanent("no_file") where it is gone, and Transient."""
    try:
        with reading():
            found = the_mapping(body_of(channel.get(f"attachments/{file_id}")).get("attachment"), "the attachment")
            if str(the_id(found.get("id"), "the attachment's id")) != file_id:
                raise UnreadableAnswer("it is another attachment")
    except Permanent as refusal:
        raise (no_file() if refusal.code == "gone" else refusal) from refusal
    if found.get("deleted") is True:
        raise no_file()
    return _file(found)


def fetch(channel: Channel, url: str, into: Spool) -> None:
    """Download a file. Raises Permanent("no_file" | "too_large") and Transient."""
    try:
        channel.fetch(url, into, into.largest + BESIDE)
    except Transient as trouble:
        if into.over:
            raise too_large(into.largest) from trouble
        raise


def upload(channel: Channel, name: str, content: Spool) -> Uploaded:
    """Hand a file in. What becomes of a lost call does no harm: an upload that nothing uses is deleted.

    Raises Transient, and Permanent where Zendesk takes no such file.
    """
    # By its ending alone: Python reads a name such as `data:text/html,.pdf` as an address with a type of its own.
    kind = mimetypes.guess_type(f"file.{kind_of(name)}")[0] or "application/octet-stream"
    began = channel.now()
    try:
        with writing():
            answer = channel.send_file("uploads", {"filename": file_name(name)}, kind, content)
            made = the_mapping(body_of(answer).get("upload"), "the upload")
            token, shown = text(made.get("token")), the_mapping(made.get("attachment"), "the attachment")
            if not token or number(shown.get("size")) not in (None, content.size):
                raise UnreadableAnswer("it is no upload of this file")
    except (Unclear, Conflict) as error:
        raise Transient(error.reason, error.retry_after) from error
    return Uploaded(token, began + TOKEN_USED_WITHIN, _file(shown).scan)


def _file(row: Json) -> TicketFile:
    said = text(row.get("malware_scan_result"))
    return TicketFile(
        id=text(number(row.get("id"))),
        name=text(row.get("file_name")).strip() or "file",
        size=number(row.get("size")) or 0,
        url=text(row.get("content_url")),
        scan=_SCANS.get(said, Scan.NOT_YET),
    )
