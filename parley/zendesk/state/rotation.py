"""Changes the webhooks' signing secrets without losing an event, and finishes what was killed in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from connector.errors import Permanent, Unclear
from connector.zendesk.account.signing import SigningSecrets
from parley.zendesk.state.accounts import REMEMBERED, AccountBook
from parley.zendesk.state.signing_secrets import (
    begin_change,
    end_change,
    forget_retired,
    keep_secrets,
    read_signing,
)
from store import Store
from sync.shared.failpoints import Crash, no_crash

LOCK: Final = "secrets"
HEARD_AFTER_S: Final = REMEMBERED.total_seconds() + 2
"""Seconds until every web process has read the database again."""


class RotationError(Exception):
    """What a person has to do, in plain words."""


BY_HAND: Final = (
    "The signing secret is set by hand in ZENDESK_WEBHOOK_SECRETS, so it is not changed here. Take that setting "
    "out, run `parley zendesk apply`, which keeps the secrets itself, start Parley again, and run this. Or reset "
    "it in the Admin Center (Apps and integrations > Webhooks), and set ZENDESK_WEBHOOK_SECRETS to the new and the "
    "old one, separated by a comma; take the old one out an hour later."
)
NO_WEBHOOKS: Final = "No webhook is known yet: run `parley zendesk apply` first."
UNDER_WAY: Final = "Another process is changing the secrets right now."
UNCLEAR: Final = (
    "Zendesk did not answer when it was asked for a new secret, and still shows the old one. Nothing is lost: run "
    "this again."
)


class Rotation:
    """One at a time, by a lock that ends with its process.

    Zendesk signs with a new secret from the moment it is asked for one, which is before anybody can know it. So the
    change is marked first and every door given the time to read that; while the mark stands, what an unknown secret
    signed is asked to come again instead of being refused. `pause` takes seconds.
    """

    def __init__(
        self,
        store: Store,
        account: AccountBook,
        zendesk: SigningSecrets,
        now: Callable[[], datetime],
        pause: Callable[[float], object],
        crash: Crash = no_crash,
    ) -> None:
        self._store = store
        self._account = account
        self._zendesk = zendesk
        self._now = now
        self._pause = pause
        self._crash = crash

    def rotate(self, *, leaked: bool = False) -> list[str]:
        """Change the secret of every webhook and return their keys; `leaked` ends the old ones at once.

        May be run again after any crash. Raises RotationError, the connector's errors and StoreUnavailable.
        """
        if self._account.given:
            raise RotationError(BY_HAND)
        webhooks = self._account.ids().webhooks
        if not webhooks:
            raise RotationError(NO_WEBHOOKS)
        with self._store.lock(LOCK) as free:
            if not free:
                raise RotationError(UNDER_WAY)
            self._take_over(webhooks)
            self._mark()
            self._crash("rotate.marked")
            self._pause(HEARD_AFTER_S)
            for key, webhook_id in webhooks.items():
                self._change(key, webhook_id)
            self._pause(HEARD_AFTER_S)
            self._store.write(end_change)
            if leaked:
                self._store.write(forget_retired)
        return list(webhooks)

    def mend(self) -> bool:
        """Take over what a change that was killed has left at Zendesk; whether there was such a change.

        For the clock: the sooner it is done, the fewer events are refused until reconcile makes up for them.
        """
        signing = self._store.read(read_signing)
        if signing.changing_until is None:
            return False
        with self._store.lock(LOCK) as free:
            if not free:
                return False
            self._take_over(self._account.ids().webhooks)
            if not signing.is_changing(self._now()):
                self._store.write(end_change)
        return True

    def _mark(self) -> None:
        self._store.write(lambda tx: begin_change(tx, self._now()))

    def _take_over(self, webhooks: Mapping[str, str]) -> None:
        """Know what Zendesk signs with now, whoever changed it."""
        for key, webhook_id in webhooks.items():
            self._keep(key, self._zendesk.show(webhook_id))

    def _change(self, key: str, webhook_id: str) -> None:
        self._mark()
        try:
            secret = self._zendesk.reset(webhook_id)
        except Unclear:
            secret = self._zendesk.show(webhook_id)
            if secret == self._store.read(read_signing).current.get(key):
                raise RotationError(UNCLEAR) from None
        except Permanent:
            self._store.write(end_change)
            raise
        self._crash("rotate.reset")
        self._keep(key, secret)
        self._crash("rotate.kept")

    def _keep(self, key: str, secret: str) -> None:
        self._store.write(lambda tx: keep_secrets(tx, {**read_signing(tx).current, key: secret}, self._now()))
