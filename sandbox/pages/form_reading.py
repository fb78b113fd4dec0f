"""Reads the form that a visitor sent, and its files: how much it may be, and a sentence for what is too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from escalation.model.files import size_label

GivenFile = tuple[str, bytes]
"""A file's name and what it holds."""
MOST_FILES: Final = 5
LARGEST_FILE: Final = 10_000_000
_MOST_FIELDS: Final = 200
_MOST_PARTS: Final = 50
_LARGEST_FORM: Final = 200_000_000
"""With its files, which lie in the folder for temporary files meanwhile; in bytes, as all sizes."""
_LARGEST_TEXT: Final = 2_000_000
_MOST_HEARD: Final = 2_000_000_000
"""What is too large is read to its end and thrown away: a browser whose sending is cut off shows no answer."""
_LONGEST_NAME: Final = 150


@dataclass(frozen=True, slots=True)
class SentForm:
    """`fields` is None where the form could not be read; `refusal` says why, or what is wrong with a file."""

    fields: Mapping[str, list[str]] | None = None
    files: tuple[GivenFile, ...] = ()
    refusal: str = ""


class _TooMuch(Exception):
    """More was sent than a form may hold."""


async def read_form(request: Request) -> SentForm:
    """The form's fields, and the files of all its file fields."""
    has_files = request.headers.get("content-type", "").startswith("multipart/")
    most = _LARGEST_FORM if has_files else _LARGEST_TEXT
    bounded = Request(request.scope, _bounded(request.receive, most))
    try:
        async with bounded.form(max_files=_MOST_PARTS, max_fields=_MOST_FIELDS) as given:
            fields = {name: [one for one in given.getlist(name) if isinstance(one, str)] for name in given}
            return await _with_files(given, fields)
    except _TooMuch:
        return SentForm(refusal=f"That was more than {size_label(most)} at once. Nothing was sent.")
    except HTTPException:
        return SentForm(refusal="That form could not be read, so nothing was sent. Reload the page and try again.")


async def _with_files(given: FormData, fields: Mapping[str, list[str]]) -> SentForm:
    chosen = [one for _, one in given.multi_items() if isinstance(one, UploadFile) and one.filename]
    if len(chosen) > MOST_FILES:
        return SentForm(fields, refusal=f"Choose {MOST_FILES} files at most. Nothing was sent.")
    for one in chosen:
        size, name = one.size or 0, _named(one)
        if not 0 < size <= LARGEST_FILE:
            told = f"is larger than {size_label(LARGEST_FILE)}" if size else "is empty"
            return SentForm(fields, refusal=f"The file {name} {told}. Choose another one; nothing was sent.")
    return SentForm(fields, tuple([(_named(one), await one.read()) for one in chosen]))


def _named(one: UploadFile) -> str:
    """The file's own name, without folders, and not longer than can be shown."""
    name = " ".join((one.filename or "").replace("\\", "/").rpartition("/")[2].split())
    return name[-_LONGEST_NAME:] or "file"


def _bounded(receive: Receive, most: int) -> Receive:
    """What comes, until it is more than `most` bytes."""
    heard = 0

    async def bounded() -> Message:
        nonlocal heard
        message = await receive()
        heard += len(message.get("body", b""))
        if heard <= most:
            return message
        while message.get("more_body") and heard <= _MOST_HEARD:
            message = await receive()
            heard += len(message.get("body", b""))
        raise _TooMuch

    return bounded
