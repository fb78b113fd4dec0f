"""The account's own apps: a package is handed in, and Zendesk builds an app of it, in its own time.

https://developer.zendesk.com/api-reference/ticketing/apps/apps/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from connector.errors import Conflict, Permanent, Transient, Unclear, UnreadableAnswer
from connector.reading import text
from connector.zendesk.access.channel import Calls, body_of, reading, writing

BOUNDARY: Final = "parley-package-6f1d0c3a9b7e4f52"
_HEAD: Final = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="uploaded_data"; filename="app.zip"\r\n'
    "Content-Type: application/zip\r\n\r\n"
)
_TAIL: Final = f"\r\n--{BOUNDARY}--\r\n"

JobState = Literal["going", "done", "failed"]


@dataclass(frozen=True, slots=True)
class AppJob:
    """A build: the app's id once it is done, and what Zendesk says where it failed."""

    state: JobState
    app_id: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """A form with one file in it, as a request's content."""

    whole: bytes

    @property
    def length(self) -> int:
        return len(self.whole)

    def pieces(self) -> Iterator[bytes]:
        yield self.whole


def upload_app(calls: Calls, package: bytes) -> str:
    """Hand a zip in; the upload's id. What becomes of a lost call does no harm: nothing uses that upload."""
    form = _Form(_HEAD.encode() + package + _TAIL.encode())
    try:
        with writing():
            answer = calls.send_file("apps/uploads", {}, f"multipart/form-data; boundary={BOUNDARY}", form)
            return _id(text(body_of(answer).get("id")), "the upload")
    except (Unclear, Conflict) as error:
        raise Transient(error.reason, error.retry_after) from error


def build_app(calls: Calls, upload_id: str, name: str, app_id: str = "") -> str:
    """Let an app be built of an upload, a new one unless its id is given; the job's id. Raises Unclear."""
    asked = {"name": name, "upload_id": upload_id}
    answer = calls.send("PUT", f"apps/{app_id}", asked) if app_id else calls.send("POST", "apps", asked)
    with writing():
        return _id(text(body_of(answer).get("job_id")), "the job")


def job_of(calls: Calls, job_id: str) -> AppJob:
    """How a build stands. One that failed is answered with 404, as is one that is not known any more."""
    try:
        with reading():
            body = body_of(calls.get(f"apps/job_statuses/{job_id}"))
    except Permanent as refusal:
        return AppJob("failed", "", refusal.reason)
    status = text(body.get("status"))
    if status == "completed":
        return AppJob("done", text(body.get("app_id")))
    if status in ("failed", "killed"):
        return AppJob("failed", "", text(body.get("message")) or f"The build of the app {status}.")
    return AppJob("going")


def _id(found: str, of: str) -> str:
    if not found:
        raise UnreadableAnswer(f"{of} has no id")
    return found
