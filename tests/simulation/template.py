"""What every seed begins with: an account that has been set up, and an empty database, made once and copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from connector.zendesk import ApiToken
from escalation.policies.policy import Policy
from parley.demo import sandbox_values
from parley.wiring.account_setup import set_up_account
from parley.wiring.app import App
from sandbox.shared.outgoing import Delivery, DeliveryPolicy, WebhookQueue, always
from sandbox.zendesk import StandInZendesk
from sync.inbox.process import PolicyVersions
from tests.in_process import UnservedSandbox
from tests.integration.sync.policy import policy
from tests.migrated import migrated
from tests.prepared import frozen, thawed
from tests.simulation.scheduler import START

PUBLIC_URL = "http://desk.test"
COMPANIES: dict[str, dict[str, str]] = {"acme": {}, "beta": {"language": "es-419"}, "gamma": {"language": "de"}}
"""What the policy says differently for client companies, where there are any."""


class Moment:
    """The clock of the stand-ins: the simulation's, whichever that is."""

    def __init__(self) -> None:
        self.read: Callable[[], datetime] = lambda: START

    def __call__(self) -> datetime:
        return self.read()


class Post(WebhookQueue):
    """Where the stand-ins hand in their webhooks; the simulation carries them."""

    def __init__(self) -> None:
        super().__init__()
        self.carry: Callable[[Delivery], object] = lambda _: None

    def put(self, delivery: Delivery, policy: DeliveryPolicy = always) -> None:  # noqa: ARG002
        self.carry(delivery)


@dataclass(frozen=True)
class Template:
    """`copy` gives a stand-in Zendesk of one's own, `database` a database file."""

    frozen: bytes
    file: Path
    policy: Policy
    policies: PolicyVersions
    _folder: Any = field(repr=False)

    def zendesk(self, clock: Moment, post: Post) -> StandInZendesk:
        made: StandInZendesk = thawed(self.frozen, {"clock": clock, "post": post})
        return made

    def database(self, folder: Path) -> str:
        """A new database in a folder, in the place of the last one there; its URL."""
        for left in folder.glob("parley.db-*"):
            left.unlink()
        shutil.copy(self.file, folder / "parley.db")
        return f"sqlite:///{folder / 'parley.db'}"


def credentials(stand_in: StandInZendesk) -> ApiToken:
    given = stand_in.credentials
    return ApiToken(given.email, given.api_token)


@cache
def template() -> Template:
    """Set the account up as an admin does, over a network without faults."""
    folder = tempfile.TemporaryDirectory(prefix="simulation-")
    file = Path(folder.name, "template.db")
    clock, rules = Moment(), replace(policy(), languages=("en", "es-419"), companies=COMPANIES)
    with UnservedSandbox(clock) as sandbox:
        values = replace(sandbox_values(sandbox, migrated(file)), zendesk_credentials=credentials(sandbox.zendesk))
        with App(values, rules, now=clock, transport=sandbox.transport) as app:
            set_up_account(app, PUBLIC_URL)
    assert not sandbox.unexpected, sandbox.unexpected
    made = frozen(sandbox.zendesk, {"clock": clock, "post": sandbox.outgoing})
    return Template(made, file, rules, PolicyVersions(rules), folder)
