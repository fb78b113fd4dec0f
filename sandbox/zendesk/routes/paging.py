"""Pages of a list: by page number, or by cursor where the caller asks with `page[size]`."""

import base64
from typing import Any
from urllib.parse import urlencode

from sandbox.shared.http import ApiRequest
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import bad_request
from sandbox.zendesk.records.records import Json

MOST = 100
LAST_PAGE = 100
"""By page number no list goes further: https://developer.zendesk.com/api-reference/introduction/pagination/"""


def page(account: Account, request: ApiRequest, name: str, rows: list[Any]) -> Json:
    """One page of `rows` under `name`, with what the caller needs to get the next."""
    if any(key.startswith("page[") for key in request.query):
        return _by_cursor(account, request, name, rows)
    size = min(number(request, "per_page", MOST), MOST)
    asked = number(request, "page", 1)
    if asked > LAST_PAGE:
        raise bad_request("InvalidPaginationDepth", f"Offset pagination ends with page {LAST_PAGE}")
    first = (asked - 1) * size
    more = first + size < len(rows)
    return {
        name: rows[first : first + size],
        "next_page": link(account, request, page=asked + 1) if more else None,
        "previous_page": link(account, request, page=asked - 1) if asked > 1 else None,
        "count": len(rows),
    }


def _by_cursor(account: Account, request: ApiRequest, name: str, rows: list[Any]) -> Json:
    size = min(number(request, "page[size]", MOST), MOST)
    first, last = 0, size
    if "page[after]" in request.query:
        first = _position(rows, request.query["page[after]"]) + 1
        last = first + size
    elif "page[before]" in request.query:
        last = _position(rows, request.query["page[before]"])
        first = max(0, last - size)
    found = rows[first:last]
    after = encode(found[-1]["id"]) if found else None
    before = encode(found[0]["id"]) if found else None
    has_more = last < len(rows)
    return {
        name: found,
        "meta": {"has_more": has_more, "after_cursor": after, "before_cursor": before},
        "links": {
            "next": link(account, request, **{"page[after]": after}) if has_more else None,
            "prev": link(account, request, **{"page[before]": before}) if first > 0 and found else None,
        },
    }


def link(account: Account, request: ApiRequest, **changes: Any) -> str:
    """The address of this call with other parameters."""
    query = {key: value for key, value in request.query.items() if key not in ("page[after]", "page[before]")}
    query.update({key: str(value) for key, value in changes.items()})
    return f"{account.base}{request.path}.json?{urlencode(query)}"


def encode(value: Any) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def decode(cursor: str) -> str:
    """Raises 400 for what is no cursor of ours."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise bad_request("InvalidPaginationParameter", "The cursor can't be read") from None


def _position(rows: list[Any], cursor: str) -> int:
    wanted = decode(cursor)
    for position, row in enumerate(rows):
        if str(row["id"]) == wanted:
            return position
    raise bad_request("InvalidPaginationParameter", "The cursor is not of this list")


def number(request: ApiRequest, name: str, otherwise: int) -> int:
    """A parameter that is a number from 1. Raises 400 for anything else."""
    given = request.query.get(name, "")
    if not given:
        return otherwise
    if not given.isdigit() or int(given) < 1:
        raise bad_request("InvalidPaginationParameter", f"{name} has to be a number from 1")
    return int(given)
