"""Dynamic content: texts in the account's languages, each behind a placeholder that other texts may hold.

What the API shows of a text is filled in for whoever calls; the placeholder stands under `raw_…` beside it:
https://developer.zendesk.com/api-reference/ticketing/ticket-management/dynamic_content/
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.records import LOCALE_IDS, Json

_PLACEHOLDER = re.compile(r"\{\{\s*(dc\.[\w-]+)\s*\}\}")


def placeholder_of(name: str) -> str:
    """Made of the item's name once, when the item is: `Snowboard Problem` becomes `{{dc.snowboard_problem}}`."""
    return "{{dc." + re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") + "}}"


def fill(account: Account, text: Any, locale: str | None) -> Any:
    """The text as somebody of a locale reads it: their variant, or the item's default one."""
    if not isinstance(text, str) or "{{" not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: _said(account, "{{" + found[1] + "}}", locale), text)


def _said(account: Account, placeholder: str, locale: str | None) -> str:
    item = next((one for one in account.dynamic_content.values() if one["placeholder"] == placeholder), None)
    if item is None:
        return placeholder
    asked = LOCALE_IDS.get(locale or "")
    own = [one for one in item["variants"] if one["locale_id"] == asked and one["active"]]
    default = [one for one in item["variants"] if one["default"]]
    return str((own or default)[0]["content"])


def filled(account: Account, row: Json, locale: str | None, names: Iterable[str]) -> Json:
    """A record as the API shows it: each text filled in, as it was written under `raw_…`; a list's options too."""
    found = dict(row)
    for name in names:
        found[name], found[f"raw_{name}"] = fill(account, row[name], locale), row[name]
    if "custom_field_options" in row:
        found["custom_field_options"] = [
            {**one, "name": fill(account, one["name"], locale), "raw_name": one["name"]}
            for one in row["custom_field_options"]
        ]
    return found


def users_of(account: Account, placeholder: str) -> Iterator[int]:
    """The ids of the fields, forms and statuses that a placeholder stands in."""
    for rows in (account.fields, account.forms, account.statuses):
        for record_id, row in rows.items():
            texts = [*row.values(), *(one["name"] for one in row.get("custom_field_options", ()))]
            if any(isinstance(text, str) and placeholder in text for text in texts):
                yield record_id
