"""A desk that is backed up, and later put back to what it knew then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from escalation.policies.policy import Policy
from store import Store
from sync.operator.dead import dead_letters
from sync.operator.restored import Restored, restored
from tests.desk import Addresses, Desk
from tests.system.operations import backups


@dataclass(frozen=True)
class BackedUp:
    """A database and where it is restored to: each as a setting, and as the commands of the page name it."""

    kind: str
    place: Addresses
    source: str
    second: str
    target: str
    backup: Path


class RestoredDesk(Desk):
    def __init__(self, kept: BackedUp, policy: Policy) -> None:
        super().__init__(kept.place, policy)
        self.kept = kept
        self.policy = policy

    def back_up(self) -> None:
        backups.run(f"backup {self.kept.kind}", self.kept.source, self.kept.backup)

    def put_back(self) -> Restored:
        """The database is lost; the backup takes its place, and the desk starts on it."""
        self._stop()
        backups.run(f"restore {self.kept.kind}", self.kept.target, self.kept.backup)
        with Store.open(self.kept.second, now=self.clock) as store:
            done = restored(store, self.policy, "the operator", self.clock())
        self.start_on(self.kept.second)
        self.look_for_what_was_missed()
        return done

    def look_for_what_was_missed(self) -> None:
        """Zendesk's export tells of a change only a minute later."""
        self.for_(minutes=3)
        self.reconcile()

    def start_on(self, url: str) -> None:
        """Another desk, on another database, for the same accounts."""
        self._stop()
        self.open(replace(self.app.values, database_url=url), self.policy)

    def _stop(self) -> None:
        self.app.close()

    def seen(self) -> dict[str, Any]:
        """What people outside of the desk have got from it."""
        return {
            "requesters": {ticket: self.said(ticket) for ticket in self.tickets()},
            "mails": {ticket: self.mails(ticket) for ticket in self.tickets()},
            "assignments": {number: self.messages(number) for number in self.workmarket.assignments},
        }

    def letters(self) -> set[int]:
        """The tickets that a dead letter is about."""
        return {int(letter.body["ticket_id"]) for letter in dead_letters(self.app.store)}
