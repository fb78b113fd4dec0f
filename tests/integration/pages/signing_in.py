"""The desk's page before the stand-in Zendesk, without sockets, and people with browsers who sign in to it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.types import ASGIApp

from escalation.policies.policy import Policy
from parley.demo import sandbox_values
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.records.records import User
from tests.in_process import UnservedSandbox
from tests.migrated import migrated
from tests.visitor import Visitor

HOME = "https://desk.test"
ZENDESK = "http://zendesk.test"
BACK = f"{HOME}/desk/signed-in"
OPERATORS = "Desk operators"


class SignInDesk:
    """A desk with the stand-in's second OAuth client. `admin` is the account's; `agent` sees every ticket."""

    def __init__(self, folder: Path, policy: Policy, url: str = "", **more: Any) -> None:
        self.clock = MovableClock(datetime(2026, 3, 2, 15, tzinfo=UTC))
        self.sandbox = UnservedSandbox(self.clock)
        self.sandbox.start()
        self.account = self.sandbox.zendesk.account
        given = self.sandbox.zendesk.credentials
        given.sign_in_redirect_uris = [BACK]
        values = replace(
            sandbox_values(self.sandbox, url or migrated(folder / "desk.db")),
            public_url=HOME,
            sign_in_client_id=given.sign_in_client_id,
            sign_in_client_secret=given.sign_in_client_secret,
        )
        self.app = App(
            replace(values, **more), policy, now=self.clock, sleep=lambda _: None, transport=self.sandbox.transport
        )
        self.web = self.app.web()

    @property
    def agent(self) -> User:
        found = self.account.user_by_email("ada@example.com")
        assert found is not None
        return found

    def browser(self, home: str = HOME) -> PersonAtBrowser:
        return PersonAtBrowser(self.web, self.sandbox, home)

    def calls(self) -> list[str]:
        """What Zendesk was asked, in order."""
        return [f"{one.method} {one.path}" for one in self.sandbox.calls]

    def rows(self) -> list[Any]:
        """All that is kept of sessions."""
        with self.app.store._read_engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql("SELECT hash, body, ends_at FROM sessions")]

    def close(self) -> None:
        self.app.close()
        self.sandbox.leave()
        assert not self.sandbox.unexpected, self.sandbox.unexpected


class PersonAtBrowser(Visitor):
    """A browser that goes to the stand-in's page, where a person chooses who they are, and back."""

    def __init__(self, web: ASGIApp, sandbox: UnservedSandbox, home: str) -> None:
        super().__init__(web, home)
        self._zendesk = httpx.Client(transport=sandbox.transport, base_url=ZENDESK)

    def leave(self) -> None:
        self._zendesk.close()
        super().leave()

    def sign_in(self, user: User, path: str = "/desk") -> httpx.Response:
        """The whole way; the answer to whom Zendesk has sent back."""
        return self.come_back(self.allowed(self.sent_to_zendesk(path), user))

    def sent_to_zendesk(self, path: str = "/desk") -> str:
        """Where the desk sends somebody who wants to see a page and clicks on the button."""
        page = self.get(self.get(path).headers["location"])
        (onward,) = re.findall(r'class="button primary" href="([^"]*)"', page.text)
        return str(self.get(html.unescape(onward)).headers["location"])

    def allowed(self, address: str, user: User | None) -> str:
        """Where Zendesk sends somebody back to who is this user, or who denies it."""
        page = self._zendesk.get(address)
        assert page.status_code == 200, page.text
        fields = {
            name: html.unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)">', page.text)
        }
        fields["user"] = str(user.id) if user else ""
        return str(self._zendesk.post("/oauth/authorizations", data=fields).headers["location"])

    def come_back(self, address: str) -> httpx.Response:
        assert address.startswith(BACK), address
        return self.get(address.removeprefix(HOME))


def asked(address: str) -> dict[str, str]:
    """What an address asks for."""
    return dict(parse_qsl(urlsplit(address).query))


def the_policy(operators: str = OPERATORS) -> Policy:
    return replace(load_rules(None), operators_group=operators)


MakeSignInDesk = Callable[..., SignInDesk]


@contextmanager
def desks(folder: Path, url: str = "") -> Iterator[MakeSignInDesk]:
    """Makes desks, each anew, and closes them."""
    made: list[SignInDesk] = []

    def make(policy: Policy | None = None, **more: Any) -> SignInDesk:
        place = folder / str(len(made))
        place.mkdir()
        made.append(SignInDesk(place, policy or the_policy(), url, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
