"""Makes an app of a package: one app, whatever breaks off between the upload and the end of the build."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from connector.errors import Permanent, Unclear
from connector.retry import ACCOUNT_CHANGES, Retry
from parley.zendesk.account.applying.entries import AccountState
from parley.zendesk.account.kinds import APP
from parley.zendesk.account.kinds.own_app import PACKAGE
from parley.zendesk.account.model.port import AccountPort
from parley.zendesk.account.model.refs import PartKey
from parley.zendesk.account.model.sidebar import fingerprint

LOOKS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between the looks for an app that a lost call or a broken-off run may have begun."""
WAITS: Final = (1.0, 1.0, 2.0, 3.0, 3.0, 5.0, 5.0, 10.0, 10.0, 20.0, 30.0, 30.0)
"""Seconds between the looks at a build; they take seconds as a rule."""


class StillBuilding(Exception):
    """Whether it was built is not known yet, in a sentence; the next run goes on."""


class AppBuilder:
    """One run's way of making apps. What earlier runs began is taken from the state as it is before this run."""

    def __init__(self, calls: AccountPort, state: AccountState, sleep: Callable[[float], object]) -> None:
        self._calls = calls
        self._state = state
        self._sleep = sleep
        self._begun, self._given = state.begun(), state.given()

    def make(self, part_key: PartKey, name: str, body: dict[str, Any]) -> str:
        """The new app's id. Raises StillBuilding, Permanent with Zendesk's reason, and the connector's errors."""
        made = self._made_before(part_key, name, body)
        if made:
            return made
        package: bytes = body[PACKAGE]
        upload = self._calls.upload_app(package)
        try:
            job = self._calls.build_app(upload, name)
        except Unclear:
            found = self._looked_for(name)
            if not found:
                raise
            return self.change(found, name, body)
        self._state.begin_build(job, fingerprint(package))
        try:
            return self._awaited(job)
        except Permanent:
            self._state.end_build()
            raise

    def change(self, app_id: str, name: str, body: dict[str, Any]) -> str:
        """Build an app anew; that it is done twice does no harm."""
        upload = self._calls.upload_app(body[PACKAGE])
        job = Retry(ACCOUNT_CHANGES, self._sleep)(lambda: self._calls.build_app(upload, name, app_id))
        return self._awaited(job)

    def _made_before(self, part_key: PartKey, name: str, body: dict[str, Any]) -> str:
        """The app that an earlier run began, brought to this package; it may come into the list any moment."""
        begun, found, package = self._state.build(), "", self._given.get(part_key, {}).get(PACKAGE)
        if begun is not None:
            job, package = begun
            with suppress(Permanent):
                found = self._awaited(job)
            if not found or package != fingerprint(body[PACKAGE]):
                self._state.end_build()
        elif part_key in self._begun:
            found = self._looked_for(name)
        if not found or package == fingerprint(body[PACKAGE]):
            return found
        return self.change(found, name, body)

    def _looked_for(self, name: str) -> str:
        for seconds in LOOKS:
            found = next((app.id for app in self._calls.all(APP.resource) if app.name == name), "")
            if found:
                return found
            self._sleep(seconds)
        return ""

    def _awaited(self, job: str) -> str:
        for seconds in WAITS:
            found = self._calls.app_job(job)
            if found.state == "done":
                return found.app_id
            if found.state == "failed":
                raise Permanent("invalid", found.message)
            self._sleep(seconds)
        raise StillBuilding("Zendesk has not built the sidebar app yet; run this again in some minutes.")
