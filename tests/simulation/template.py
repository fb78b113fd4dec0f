"""What every seed begins with: an account that has been set up, and an empty database, made once and copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from config.zendesk import load_account
from connector.zendesk import ApiToken, ZendeskClient
from connector.zendesk.account.setup import Setup
from escalation.policies.policy import Policy
from parley.zendesk.account.applying.entries import StoredState
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.planning.desired import desired_account
from parley.zendesk.state.accounts import AccountBook
from sandbox.shared.outgoing import Delivery, DeliveryPolicy, WebhookQueue, always
from sandbox.zendesk import StandInZendesk
from store import Store, migrate
from sync.inbox.process import PolicyVersions
from tests.integration.sync.policy import policy
from tests.prepared import frozen, thawed
from tests.simulation.network import Network, NetworkTransport
from tests.simulation.scheduler import START, Simulation

PUBLIC_URL = "http://desk.test"


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
    url = f"sqlite:///{file}"
    migrate(url)
    clock, post = Moment(), Post()
    stand_in = StandInZendesk(clock, post)
    network = Network(Simulation(0), {"zendesk": stand_in})
    with Store.open(url, now=clock, threads=False) as store:
        book = AccountBook(store, clock)
        zendesk = ZendeskClient(
            PUBLIC_URL,
            credentials(stand_in),
            ids=book.ids,
            now=clock,
            transport=NetworkTransport(network, "zendesk"),
        )
        rules = policy()
        wanted = desired_account(load_account(), rules, PUBLIC_URL)
        Run(wanted, Setup(zendesk.channel), StoredState(store, book, clock)).apply()
    assert not network.unexpected, network.unexpected
    return Template(frozen(stand_in, {"clock": clock, "post": post}), file, rules, PolicyVersions(rules), folder)
