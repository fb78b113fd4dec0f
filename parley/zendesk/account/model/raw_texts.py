"""How a text that may be dynamic content is written: its placeholder under the plain key, and under `raw_…` too.

Zendesk's page of dynamic content has the placeholder under `raw_…`; many clients write the plain key. With both the
same, either is right: https://developer.zendesk.com/api-reference/ticketing/ticket-management/dynamic_content/
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from connector.reading import Json
from parley.zendesk.account.model.comparison import Details
from parley.zendesk.account.model.refs import Ref


def with_placeholders(made: Mapping[str, object]) -> dict[str, object]:
    """A new thing's payload; its placeholders are written twice."""
    return {**made, **{f"raw_{key}": value for key, value in made.items() if isinstance(value, Ref)}}


def changed_texts(body: Details, there: Details, names: Collection[str], translated: Iterable[str]) -> Json:
    """What is sent besides the plain keys, where a text becomes dynamic content, or is it no longer."""
    changed = [key for key in translated if key in names and key in body]
    return {f"raw_{key}": body[key] for key in changed if f"raw_{key}" in body or _is_placeholder(there, key)}


def _is_placeholder(there: Details, key: str) -> bool:
    return "{{" in str(there.get(f"raw_{key}") or "")


def written(row: Details, key: str) -> object:
    """A text as it was written: filled in it would no longer be dynamic content once it is sent back."""
    return row.get(f"raw_{key}") or row.get(key)
