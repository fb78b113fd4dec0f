"""The parts of a desk that an inspection looks by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from connector.zendesk import ZendeskClient
from escalation.policies.policy import Policy
from parley.zendesk.state.accounts import AccountBook
from store import Store


class InspectedDesk(Protocol):
    """An App has them, and more."""

    policy: Policy
    store: Store
    account: AccountBook
    zendesk: ZendeskClient
    now: Callable[[], datetime]
