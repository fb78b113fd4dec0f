"""kill -9 while a file is on its way, at each of its calls: it arrives once, whether that call lands or not."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from escalation.model.files import FileState
from escalation.model.values import POST_TAG
from tests.patience import PATIENCE_S
from tests.system.processes.spawned_desk import POLLED_EVERY_S, MakeDesk, SpawnedDesk

Point = tuple[str, str, str]
COPIED: dict[str, Point] = {
    "the assignment's file is read": ("workmarket", "GET", "attachments/get"),
    "it is uploaded": ("zendesk", "POST", "/uploads"),
    "its note is written": ("zendesk", "PUT", r"tickets/\d+$"),
}
POSTED: dict[str, Point] = {
    "the ticket's file is read": ("zendesk", "GET", "/attachments/token/"),
    "it is added": ("workmarket", "POST", "attachments/add"),
}


@dataclass(frozen=True)
class KilledCase:
    """A case in tier 1 and the desk that is killed over its files."""

    desk: SpawnedDesk
    number: str
    ticket: int

    def killed(self, point: Point, lands: bool, act: Callable[[], object]) -> None:
        """The desk dies while a call waits at its service, which then carries it out or does not."""
        go_on = threading.Event()
        held = self.desk.sandbox.faults.next(*point, until=go_on, status=None if lands else 503)
        act()
        for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
            if held.times == 0 or go_on.wait(POLLED_EVERY_S):
                break
        assert held.times == 0, "The call was not made."
        assert self.desk.stop(signal.SIGKILL) == -signal.SIGKILL
        go_on.set()
        assert held.over.wait(PATIENCE_S)

    def arrives(self, name: str) -> None:
        self.desk.until(lambda: self.states(name) == [FileState.DONE])

    def states(self, name: str) -> list[FileState]:
        case = self.desk.case(self.ticket)
        return [] if case is None else [one.state for one in case.files.moved.values() if one.name == name]

    def on_ticket(self, name: str) -> list[tuple[bytes, bool]]:
        """What files of a name on the ticket hold, each with whether its comment is public."""
        comments = self.desk.zendesk.comments(self.ticket)
        files = [(file, one["public"]) for one in comments for file in one["attachments"]]
        kept = self.desk.zendesk.account.files.by_id
        return [(kept[file["id"]].content, public) for file, public in files if file["file_name"] == name]


@pytest.fixture(scope="module")
def case(desks: MakeDesk) -> Iterator[KilledCase]:
    with desks("") as desk:
        number = desk.assignment()
        desk.open()
        desk.zendesk.account.files.scan_after = timedelta(0)
        ticket = desk.submit(number)
        desk.until(lambda: desk.state(ticket) == "tier_1")
        yield KilledCase(desk, number, ticket)
        assert desk.errors() == []


@pytest.mark.parametrize("lands", [True, False], ids=["lands", "is lost"])
@pytest.mark.parametrize("point", COPIED)
def test_a_file_of_the_assignment_comes_once(case: KilledCase, point: str, lands: bool) -> None:
    name, content = f"{point} {lands}.jpg", f"{point} {lands}".encode()
    case.killed(COPIED[point], lands, lambda: case.desk.workmarket.attach(case.number, name, content))
    case.arrives(name)
    assert case.on_ticket(name) == [(content, False)]


@pytest.mark.parametrize("lands", [True, False], ids=["lands", "is lost"])
@pytest.mark.parametrize("point", POSTED)
def test_a_chosen_file_goes_to_the_assignment_once(case: KilledCase, point: str, lands: bool) -> None:
    name, content = f"{point} {lands}.jpg", f"{point} {lands}".encode()
    chosen = [(name, content)]

    def choose() -> None:
        case.desk.people.agent_update(case.ticket, comment=f"See {name}", add_tags=[POST_TAG], files=chosen)

    case.killed(POSTED[point], lands, choose)
    case.arrives(name)
    added = [one.content for one in case.desk.workmarket.files(case.number) if "[Ref " in one.description]
    assert added.count(content) == 1
    assert case.on_ticket(name) == [(content, True)]
