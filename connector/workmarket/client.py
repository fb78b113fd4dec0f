"""The WorkMarket of the desk: an assignment read, a message posted once, messages found by their reference."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from connector.calls import called
from connector.dates import Hears, nobody
from connector.errors import (
    ApiAnswer,
    ConnectorError,
    Misconfigured,
    Permanent,
    Transient,
    Unclear,
    UnreadableAnswer,
)
from connector.http.internet import Internet
from connector.http.transport import Transport
from connector.outgoing_text import check_outgoing_text
from connector.ports import UpdatedPage
from connector.reading import Json, checked_answer, mapping, number, text, the_items, the_mapping
from connector.retry import READS, Retry
from connector.spool import Spool
from connector.text import outgoing
from connector.workmarket.files import AssignmentFiles, listed
from connector.workmarket.parse import assignment_view, carries, with_reference
from connector.workmarket.session import Style, Unauthorized, WorkMarketSession
from escalation.model.effects import PostFile, PostMessage
from escalation.model.files import AssignmentFile
from escalation.model.views import Absent, AssignmentView, Message

PAGE: Final = 500
MOST_PAGES: Final = 40


class WorkMarketClient:
    """Safe to call from any thread. `now` gives aware UTC; `transport` carries the calls; `company` is whose
    credentials these are, where there are several companies'."""

    def __init__(
        self,
        base_url: str,
        token: str,
        secret: str,
        *,
        now: Callable[[], datetime],
        style: Style = "bearer",
        sleep: Callable[[float], object] | None = None,
        transport: Transport | None = None,
        heard: Hears = nobody,
        company: str = "",
    ) -> None:
        self._session = WorkMarketSession(
            base_url, token, secret, now, style, transport or Internet(), heard, company
        )
        self._called = called(self._session.service)
        self._files = AssignmentFiles(self._session)
        self._retry = Retry(READS, sleep or threading.Event().wait)

    @property
    def holds_token(self) -> bool:
        """Whether the next call needs no new access token."""
        return self._session.holds_token

    def read(self, assignment_id: str) -> AssignmentView | Absent:
        """The assignment as it is now; Absent where it does not exist or may not be seen, which WorkMarket does
        not tell apart. Raises Transient."""
        return self._read(assignment_id, renews=True)

    def glance(self, assignment_id: str) -> AssignmentView | Absent:
        """The same, for who asks several companies: what a good token does not show is not asked for with a new
        one."""
        held = self._session.token
        seen = self._read(assignment_id, renews=False)
        if isinstance(seen, Absent) and held and self._session.token != held:
            # The token had ended, so its 401 said nothing about the assignment.
            return self.read(assignment_id)
        return seen

    def _read(self, assignment_id: str, *, renews: bool) -> AssignmentView | Absent:
        asked = assignment_id.strip()
        if not asked.isascii() or not asked.isdigit():
            return Absent(assignment_id)
        try:
            answer = self._get("assignments/get", renews=renews, id=asked)
        except Permanent:
            answer = Unauthorized(ApiAnswer(400, {}))
        if isinstance(answer, Unauthorized):
            self._check_credentials()
            return Absent(assignment_id)
        with checked_answer(self._session.service):
            return assignment_view(mapping(answer.body).get("response"), asked)

    def post(self, effect: PostMessage) -> None:
        """One attempt at a public message; it can never be deleted. Raises Unclear where it may have been posted,
        Permanent("invisible" | "forbidden" | "invalid") or Transient where it surely was not."""
        note = {"id": effect.assignment_id.strip(), "content": _content(effect)}
        try:
            answer = self._session.ask(
                "POST", "assignments/add_note", {**note, "is_private": "false", "is_privileged": "false"}
            )
        except Permanent as refusal:
            if refusal.code not in ("gone", "missing"):
                raise
            answer = Unauthorized(ApiAnswer(404, {}))
        if isinstance(answer, Unauthorized):
            raise self._not_taken(effect.assignment_id, "message")
        if mapping(mapping(answer.body).get("response")).get("successful") is not True:
            raise Unclear(f"{self._called} did not say that the message was posted.")

    def _not_taken(self, assignment_id: str, what: str) -> ConnectorError:
        """Why a write on an assignment was answered 401. Raises Transient."""
        self._check_credentials()
        if not isinstance(self.read(assignment_id), Absent):
            return Transient(f"{self._called} shows us the assignment, but takes no {what} on it.")
        return Permanent("invisible", f"{self._called} does not show us assignment {assignment_id}.")

    def fetch_file(self, uuid: str, into: Spool) -> None:
        """Read a file into a spool. Raises Transient, and Permanent("no_file" | "too_large")."""
        if self._files.fetch(uuid, into) is not None:
            self._check_credentials()
            raise Permanent("no_file", f"{self._called} does not show us the file.")

    def add_file(self, effect: PostFile, content: Spool) -> None:
        """One attempt at a file on an assignment, as `post` is at a message. Raises what that does."""
        answer = self._files.add(effect, content)
        if isinstance(answer, Unauthorized):
            raise self._not_taken(effect.assignment_id, "file")
        told = mapping(mapping(answer.body).get("response"))
        uuid = told.get("uuid")
        if not (isinstance(uuid, str) and uuid.strip()) and told.get("successful") is not True:
            raise Unclear(f"{self._called} did not say that the file was added.")

    def find_files(self, assignment_id: str, reference: str) -> tuple[AssignmentFile, ...]:
        """The assignment's files that carry the reference. Raises Transient where they can't be listed."""
        try:
            answer = self._get("assignments/attachments/list", id=assignment_id.strip())
        except Permanent as refusal:
            raise Transient(f"{self._called} lists no files of {assignment_id}. {refusal.reason}") from refusal
        if isinstance(answer, Unauthorized):
            self._check_credentials()
            raise self._not_read_back(assignment_id)
        with checked_answer(self._session.service):
            found = listed(mapping(answer.body).get("response"))
        return tuple(one for one in found if carries(one.description, reference))

    def _not_read_back(self, assignment_id: str) -> Transient:
        return Transient(f"{self._called} does not show us assignment {assignment_id}, so it cannot be read back.")

    def find(self, assignment_id: str, reference: str) -> tuple[Message, ...]:
        """The assignment's messages that carry the reference, private ones too. Raises Transient where the
        assignment cannot be read: nothing can be said then."""
        seen = self.read(assignment_id)
        if isinstance(seen, Absent):
            raise self._not_read_back(assignment_id)
        return with_reference(seen.messages, reference)

    def updated_since(self, since: datetime) -> tuple[str, ...]:
        """The ids of the assignments modified since then; WorkMarket gives 500 a page.

        Its own advice is not to ask more often than every two minutes.
        """
        found: dict[str, None] = {}
        start: int | None = 0
        for _ in range(MOST_PAGES):
            page = self.updated_page(since, start or 0)
            before = len(found)
            found.update(dict.fromkeys(page.ids))
            start = page.next
            if start is None or len(found) == before:
                break
        return tuple(found)

    def updated_page(self, since: datetime, start: int) -> UpdatedPage:
        """One page of them, and where the next one begins. Raises Transient."""
        answer = self._get(
            "assignments/list_updated",
            modified_since=str(int(since.timestamp())),
            start=str(start),
            limit=str(PAGE),
        )
        if isinstance(answer, Unauthorized):
            raise Misconfigured(f"{self._called} refuses our credentials; {self._session.remedy}")
        with checked_answer(self._session.service):
            ids, total = _page(mapping(answer.body).get("response"))
        seen_all = start + PAGE >= total if total is not None else len(ids) < PAGE
        return UpdatedPage(tuple(ids), None if not ids or seen_all else start + PAGE)

    def ping(self) -> None:
        """Raises Transient where WorkMarket cannot be reached, Misconfigured where it does not know us."""
        self._check_credentials()

    def close(self) -> None:
        self._session.close()

    def _get(self, path: str, *, renews: bool = True, **parameters: str) -> ApiAnswer | Unauthorized:
        return self._retry(lambda: self._session.ask("GET", path, parameters, renews=renews))

    def _check_credentials(self) -> None:
        """A 401 on one assignment means that it is not visible only if the same token is good elsewhere."""
        try:
            answer = self._get("constants/cancellation_codes")
        except Permanent as refusal:
            raise Misconfigured(f"{self._called} refuses what needs no rights. {refusal.reason}") from refusal
        if isinstance(answer, Unauthorized):
            raise Misconfigured(f"{self._called} refuses our credentials; {self._session.remedy}")


def _content(effect: PostMessage) -> str:
    """The text as it is posted; however long it was, its reference stays at its end."""
    check_outgoing_text(effect.text)
    whole = outgoing(effect.text)
    mark = f"[Ref {effect.reference}]"
    return whole if whole.rstrip().endswith(mark) else f"{whole}\n\n{mark}"


def _page(response: object) -> tuple[list[str], int | None]:
    body: Json = {"data": response} if isinstance(response, list) else the_mapping(response, "the page")
    rows = body.get("data")
    if rows is None:
        rows = body.get("results")
    ids = [text(row.get("id")).strip() for row in the_items(rows, "the list of assignments")]
    if not all(ids):
        raise UnreadableAnswer("an assignment has no id")
    total = number(body.get("totalResults"))
    return ids, number(body.get("total_results")) if total is None else total
