"""Letters that wait for the same person leave as one, and each case is told exactly once, whoever dies when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, literal_column

from connector.errors import Permanent, Transient, Unclear
from escalation.model.values import State
from store import Store
from store.schema.tables import marks
from sync.runtime.clock import tick
from tests.integration.sync.desk_on_fakes import DeskOnFakes, Killed, Services
from tests.integration.sync.policy import START
from tests.migrated import migrated
from tests.scale import scaled

ENDS = START + timedelta(days=2)
"""When the first tier of each of them is over."""
TICKETS = ("35", "36", "37")
ZendeskTrouble = Callable[[Services], None]


def until(desk: DeskOnFakes, at: timedelta, step: float = 4) -> None:
    """Work, and let time pass up to a moment after the first tiers' end."""
    desk.work()
    while desk.clock() < ENDS + at:
        desk.clock.at = min(desk.clock() + timedelta(hours=step), ENDS + at)
        for _ in range(6):
            tick(desk.store, desk.clock())
            desk.work()
            due = [row.due for row in desk.unfinished()]
            if not due or min(due) > desk.clock() + timedelta(minutes=3):
                break
            desk.clock.at = max(desk.clock(), min(due))


def told(services: Services) -> Counter[str]:
    """How often each case's assignment is named in a letter."""
    said = ["\n".join(letter.letter) for letter in services.zendesk.letters]
    return Counter(number for number in services.workmarket.assignments for text in said if number in text)


@pytest.fixture
def services() -> Services:
    return Services(3)


@pytest.fixture
def desk(services: Services, store: Store) -> DeskOnFakes:
    desk = services.desk(store)
    for ticket in TICKETS:
        desk.submitted(ticket)
    until(desk, timedelta(minutes=5), 24)
    return desk


def test_the_first_leaves_at_once_and_the_others_as_one_when_the_hours_are_over(
    services: Services, desk: DeskOnFakes
) -> None:
    assert [letter.tells for letter in services.zendesk.letters] == [()]
    assert sorted(desk.case(one).state for one in TICKETS) == [State.TIER_1, State.TIER_1, State.TIER_2]
    until(desk, timedelta(hours=3, minutes=55), 1)
    assert len(services.zendesk.letters) == 1
    until(desk, timedelta(hours=4, minutes=5), 1)
    first, digest = services.zendesk.letters
    assert told(services) == dict.fromkeys(services.workmarket.assignments, 1)
    assert digest.letter[0] == "WorkMarket escalations desk: several assignments"
    assert len(digest.tells) == 1
    assert first.ticket_id not in (digest.ticket_id, desk.case(first.ticket_id).heard.digests)
    assert {desk.case(one).state for one in TICKETS} == {State.TIER_2}


def test_who_else_was_written_to_is_not_asked(services: Services, desk: DeskOnFakes) -> None:
    """A mark of somebody else, which is damaged, is not read."""
    broken = insert(marks).values(name="letter:zz", value=literal_column("'{'"), at=START)
    desk.store.write(lambda tx: tx.marks._connection.execute(broken))
    until(desk, timedelta(hours=4, minutes=5), 1)
    assert told(services) == dict.fromkeys(services.workmarket.assignments, 1)


def test_each_case_of_a_digest_knows_where_it_stands_and_whom_else_it_tells(
    services: Services, desk: DeskOnFakes
) -> None:
    until(desk, timedelta(hours=4, minutes=5), 1)
    digest = services.zendesk.letters[1]
    (other,) = {*TICKETS} - {digest.ticket_id, services.zendesk.letters[0].ticket_id}
    for ticket, beside in ((digest.ticket_id, other), (other, digest.ticket_id)):
        heard = desk.case(ticket).heard
        assert heard.digests == {digest.id: digest.ticket_id}
        assert heard.beside[digest.id][0] == desk.case(beside).assignment_id
    assert desk.case(digest.ticket_id).heard.told_with == (other,)
    assert sum(f"stands on ticket #{digest.ticket_id}" in note for note in services.zendesk.notes()) == 1


def test_a_side_conversation_that_changed_is_looked_at_by_every_case_it_tells(
    services: Services, desk: DeskOnFakes
) -> None:
    until(desk, timedelta(hours=4, minutes=5), 1)
    digest = services.zendesk.letters[1]
    desk.receive("side_conversation.changed", {"ticket_id": digest.ticket_id})
    desk.stepped.handler.handle_ready(desk.clock())
    asked = [row.body for row in desk.unfinished() if row.kind == "look"]
    assert {body["ticket_id"] for body in asked} == {*TICKETS} - {services.zendesk.letters[0].ticket_id}
    assert all("conversations" in body["scope"] for body in asked)


@pytest.mark.parametrize(
    "trouble",
    [
        lambda zendesk: zendesk.swallows("start_conversation", Unclear("No answer.")),
        lambda zendesk: zendesk.fails("start_conversation", Unclear("No answer.")),
        lambda zendesk: zendesk.fails("start_conversation", Transient("Away.")),
        lambda zendesk: zendesk.delays("start_conversation", 40),
    ],
    ids=["its answer was lost", "it never arrived", "it surely was not sent", "it landed late"],
)
def test_each_case_is_told_once_though(trouble: ZendeskTrouble, services: Services, desk: DeskOnFakes) -> None:
    until(desk, timedelta(hours=3, minutes=55), 1)
    trouble(services.zendesk)  # type: ignore[arg-type]
    until(desk, timedelta(hours=4, minutes=30), 0.1)
    assert told(services) == dict.fromkeys(services.workmarket.assignments, 1)
    assert len(services.zendesk.letters) == 2
    assert {desk.case(one).state for one in TICKETS} == {State.TIER_2}


def test_where_the_first_one_s_ticket_takes_no_letter_the_others_go_without_it(
    services: Services, desk: DeskOnFakes
) -> None:
    until(desk, timedelta(hours=3, minutes=55), 1)
    services.zendesk.fails("start_conversation", Permanent("gone", "There is no such ticket."))
    until(desk, timedelta(hours=4, minutes=30), 0.1)
    assert sorted(told(services).values()) == [1, 1]
    assert {row.state for row in desk.effects() if row.kind == "start_conversation"} == {"done", "dead"}


def test_a_case_that_is_over_before_it_leaves_is_not_told(services: Services, desk: DeskOnFakes) -> None:
    until(desk, timedelta(hours=3, minutes=55), 1)
    waiting = [one for one in TICKETS if desk.case(one).state is State.TIER_1]
    services.zendesk.update(waiting[0], changes={"status": "resolved"})
    desk.changed(waiting[0])
    until(desk, timedelta(hours=4, minutes=30), 0.1)
    assert [len(letter.tells) for letter in services.zendesk.letters] == [0, 0]
    assert desk.case(waiting[0]).assignment_id not in told(services)


def life(tmp_path: Path, kill_at: int, *, lost: bool) -> int:
    """A life that ends at the given passing of any seam after the hours, 0 being none, and one that goes on."""
    services, passed, killed = Services(3), 0, False
    url = migrated(tmp_path / f"{kill_at}-{lost}.db")

    def crash(seam: str) -> None:
        nonlocal passed
        if services.clock() >= ENDS + timedelta(hours=4):
            passed += 1
            if passed == kill_at:
                raise Killed

    try:
        with services.process(url, crash) as desk:
            for ticket in TICKETS:
                desk.submitted(ticket)
            until(desk, timedelta(hours=3, minutes=55), 24)
            if lost:
                services.zendesk.swallows("start_conversation", Unclear("No answer."))
            until(desk, timedelta(hours=4, minutes=10), 0.1)
    except Killed:
        killed = True
    assert killed == (kill_at > 0)
    with services.process(url) as desk:
        until(desk, timedelta(hours=4, minutes=40), 0.1)
        assert told(services) == dict.fromkeys(services.workmarket.assignments, 1), kill_at
        assert {row.state for row in desk.effects()} == {"done"}
        assert {desk.case(one).state for one in TICKETS} == {State.TIER_2}
    return passed


@pytest.mark.parametrize("lost", [False, True], ids=["heard", "unheard"])
def test_a_kill_at_any_seam_tells_each_case_once(tmp_path: Path, lost: bool) -> None:
    passed = life(tmp_path, 0, lost=lost)
    assert passed > 20
    for kill_at in range(1, passed + 1, scaled(commit=4, nightly=1)):
        life(tmp_path, kill_at, lost=lost)
