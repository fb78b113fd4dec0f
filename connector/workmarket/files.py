"""Files on assignments: read, added once, and found again by their reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from connector.errors import ApiAnswer, Permanent, too_large
from connector.http.transport import HttpRequest, HttpResponse, is_success
from connector.outgoing_text import check_outgoing_text
from connector.reading import Json, mapping, number, the_items
from connector.spool import Spool, TooMuch
from connector.text import file_name, outgoing
from connector.workmarket.attachments import ENVELOPE, FORMS, Encoded, FileForm, NoFile, decoded, encoded
from connector.workmarket.parse import file_of
from connector.workmarket.session import Unauthorized, WorkMarketSession, heard_json, judged_by_envelope
from escalation.model.effects import PostFile
from escalation.model.files import AssignmentFile

IN_BASE64: Final = 1.5
"""As many times as large a file is in base64 at most, with its line breaks."""


class AssignmentFiles:
    """Safe to call from any thread. In which form the account takes files is found out by the first one."""

    def __init__(self, session: WorkMarketSession) -> None:
        self._session = session
        self._form: FileForm = FORMS[0]

    def fetch(self, uuid: str, into: Spool) -> Unauthorized | None:
        """Read a file into a spool. Raises Permanent("no_file" | "too_large") and Transient."""
        with Spool(int(into.largest * IN_BASE64) + ENVELOPE) as answer:
            reading = _Fetched(answer, into)
            try:
                heard = self._session.ask("GET", "assignments/attachments/get", {"uuid": uuid}, reading)
            except TooMuch:
                raise too_large(into.largest) from None
            except Permanent as refusal:
                raise Permanent("no_file", f"WorkMarket does not give us the file. {refusal.reason}") from refusal
        return heard if isinstance(heard, Unauthorized) else None

    def add(self, effect: PostFile, content: Spool) -> ApiAnswer | Unauthorized:
        """One attempt; one more in the other form where this one was refused, so that it added nothing."""
        form = self._form
        try:
            return self._added(form, effect, content)
        except Permanent as refusal:
            if refusal.code != "invalid":
                raise
            other = next(one for one in FORMS if one != form)
            try:
                answer = self._added(other, effect, content)
            except Permanent:
                raise refusal from None
        self._form = other
        return answer

    def _added(self, form: FileForm, effect: PostFile, content: Spool) -> ApiAnswer | Unauthorized:
        check_outgoing_text(effect.description)
        added = _Added(form, file_name(effect.file.name), content)
        described = " ".join(outgoing(effect.description).split())
        asked = {"id": effect.assignment_id.strip(), "filename": added.name, "description": described}
        return self._session.ask("POST", "assignments/attachments/add", asked, added)


def listed(response: object) -> tuple[AssignmentFile, ...]:
    """The rows of `attachments/list`. Raises Unreadable where they are no list."""
    rows: object = mapping(response).get("data") if isinstance(response, dict) else response
    return tuple(found for row in the_items(rows, "the attachments") if (found := file_of(row)) is not None)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A file that is asked for: the answer is kept apart, since it may hold the file in base64."""

    answer: Spool
    into: Spool

    def asked(self, request: HttpRequest, parameters: Mapping[str, str]) -> HttpRequest:  # noqa: ARG002
        # With a new token it is asked once more: what was answered to the old one is no part of the file.
        self.answer.clear()
        self.into.clear()
        return replace(request, into=self.answer, largest=self.answer.largest + ENVELOPE)

    def heard(self, reply: HttpResponse) -> ApiAnswer:
        if self.answer.over:
            raise TooMuch(self.answer.largest)
        if reply.problem or not is_success(reply.status):
            return heard_json(reply)
        try:
            body, has_file = decoded(self.answer, reply.headers.get("content-type", ""), self.into)
        except NoFile as problem:
            return ApiAnswer(reply.status, reply.headers, None, str(problem))
        found = ApiAnswer(reply.status, reply.headers) if body is None else judged_by_envelope(reply, body)
        if not is_success(found.status) or found.problem:
            return found
        if not has_file:
            return replace(found, problem="no file in it")
        return found if self._is_whole(found.body) else replace(found, problem="only a part of a file")

    def _is_whole(self, body: object) -> bool:
        """As large as the answer says, where it says so."""
        told: Json = mapping(mapping(body).get("response"))
        return number(told.get("size")) in (None, self.into.size)


@dataclass(frozen=True, slots=True)
class _Added:
    """A file that is sent."""

    form: FileForm
    name: str
    content: Spool

    def asked(self, request: HttpRequest, parameters: Mapping[str, str]) -> HttpRequest:
        made: Encoded = encoded(self.form, parameters, self.name, self.content)
        return replace(request, headers={**request.headers, "Content-Type": made.content_type}, body=made.body)

    def heard(self, reply: HttpResponse) -> ApiAnswer:
        return heard_json(reply)
