"""Whom a call takes that not every agent may make: an admin always, for some settings also a custom role.

https://developer.zendesk.com/api-reference/ticketing/account-configuration/custom_roles/
https://support.zendesk.com/hc/en-us/articles/1260803996569 (webhooks)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ADMIN: Final = "an admin"
PERMISSIONS: Final[Mapping[str, str]] = {
    "groups": "manage groups",
    "triggers": "manage business rules",
    "trigger_categories": "manage business rules",
    "automations": "manage business rules",
    "macros": "manage shared macros",
    "views": "manage shared views",
    "webhooks": "create webhooks",
}
"""The settings for which a custom role will do, and what it has to allow."""
WRITTEN_BY_AGENTS: Final = ("tickets",)
"""What every agent may write; anything else that we write is a setting of the account."""
READ_BY_ADMINS: Final = ("incremental", "webhooks")
"""What not every agent may even read.

https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-export-cursor-based
"""


def taken_by(call: str) -> str:
    """Whom a call such as `POST groups` takes, in words; empty for one that any agent may make."""
    method, _, path = call.partition(" ")
    kind = path.partition("/")[0]
    if kind not in READ_BY_ADMINS and (method == "GET" or kind in WRITTEN_BY_AGENTS):
        return ""
    allowed = PERMISSIONS.get(kind, "")
    return f"{ADMIN}, or a custom role that may {allowed}" if allowed else ADMIN
