"""The kinds of things that Parley looks after in a Zendesk account, one module a kind.

A kind's row says what a part of it is made of, what it is compared by, what is sent to change it, how it is listed
and written, and what people call it.
"""

from collections.abc import Mapping
from typing import Final

from parley.zendesk.account.kinds.app_installation import APP_INSTALLATION
from parley.zendesk.account.kinds.automation import AUTOMATION
from parley.zendesk.account.kinds.category import CATEGORY
from parley.zendesk.account.kinds.dynamic_content import DYNAMIC_CONTENT
from parley.zendesk.account.kinds.field import FIELD
from parley.zendesk.account.kinds.form import FORM
from parley.zendesk.account.kinds.group import GROUP
from parley.zendesk.account.kinds.macro import MACRO
from parley.zendesk.account.kinds.own_app import APP
from parley.zendesk.account.kinds.status import STATUS
from parley.zendesk.account.kinds.trigger import TRIGGER
from parley.zendesk.account.kinds.view import VIEW
from parley.zendesk.account.kinds.webhook import WEBHOOK
from parley.zendesk.account.model.kind import AccountKind

__all__ = [
    "APP",
    "APP_INSTALLATION",
    "DYNAMIC_CONTENT",
    "FIELD",
    "FORM",
    "KINDS",
    "MACRO",
    "ORDER",
    "STATUS",
    "TRIGGER",
    "WEBHOOK",
    "AccountKind",
    "place_of",
]

ORDER: Final[tuple[AccountKind, ...]] = (
    GROUP, DYNAMIC_CONTENT, STATUS, FIELD, FORM, MACRO, WEBHOOK, CATEGORY, TRIGGER, AUTOMATION, VIEW, APP,
    APP_INSTALLATION,
)  # fmt: skip
"""What is made first is needed by what comes after it; what goes away goes in the opposite order."""

KINDS: Final[Mapping[str, AccountKind]] = {row.kind: row for row in ORDER}
_PLACES: Final = {row.kind: place for place, row in enumerate(ORDER)}


def place_of(kind: str) -> int:
    """Where a kind stands in ORDER."""
    return _PLACES[kind]
