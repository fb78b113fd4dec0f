"""Reads the fields of a form and of an address, however wrong: bad input is a 400 and no fault of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from starlette.types import Receive, Scope

from webhooks.endpoint import headers_of, read_body

Fields = Mapping[str, Sequence[str]]
"""Each name with its values, of which there is one at least."""
KIND: Final = b"application/x-www-form-urlencoded"
"""How browsers send a form by themselves."""
MOST_FIELDS: Final = 500
LONGEST_FORM: Final = 64 * 1024


class NotAForm(Exception):
    """What was sent is no form or no query that a page of ours makes, or it is too long: the answer is a 400."""


def fields_of(text: str, most: int = MOST_FIELDS) -> Fields:
    """The fields of a form's text, or of what stands behind the question mark. A zero, which PostgreSQL keeps in no
    text, is read as a sign that was none. Raises NotAForm for more than so many."""
    try:
        given = parse_qs(text, keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise NotAForm from None
    return {name: [value.replace("\0", "\ufffd") for value in values] for name, values in given.items()}


async def form_of(scope: Scope, receive: Receive, longest: int = LONGEST_FORM, most: int = MOST_FIELDS) -> Fields:
    """The fields of the form that was sent, none where nothing was. Raises NotAForm, and ClientDisconnect."""
    headers = headers_of(scope)
    body = await read_body(headers, receive)
    if not isinstance(body, bytes) or len(body) > longest:
        raise NotAForm
    if body and (headers.get(b"content-type") or b"").partition(b";")[0].strip().lower() != KIND:
        raise NotAForm
    try:
        return fields_of(body.decode(), most)
    except UnicodeDecodeError:
        raise NotAForm from None
