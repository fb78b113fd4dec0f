"""Setting an account up with the desired state, the texts and the policy of this deployment."""

from __future__ import annotations

from collections.abc import Callable

from config.zendesk import load_account
from connector.zendesk.setup import Setup
from parley.account import Report, apply, macro_texts
from parley.house import House


def set_up_account(
    house: House, public_url: str, progress: Callable[[str], object] = lambda _: None, *, dry_run: bool = False
) -> Report:
    """Make what the account lacks and keep the ids. Raises AccountError and the connector's errors."""
    return apply(
        load_account(),
        macro_texts(house.policy.texts, house.policy),
        Setup(house.zendesk.channel),
        public_url=public_url,
        save=house.account.save,
        progress=progress,
        dry_run=dry_run,
    )
