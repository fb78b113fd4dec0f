"""Both sides have escalated one assignment: two cases that know of each other, and requesters who don't."""

from __future__ import annotations

import pytest

from tests.desk import Desk

CANARY = "canary-of-the-client"
TAG = "escalation_post_to_assignment"


@pytest.fixture
def crossed(desk: Desk) -> tuple[str, int, int]:
    """A worker's case in tier 1 and, an hour later, the client's about the same assignment."""
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "Please finish it first."), days=11)
    worker = desk.submit(number)
    desk.for_(hours=1)
    person = {"name": "Olaf Owner", "email": "olaf@example.com"}
    desk.hand_in(
        number, "msg_client", party="client", reason=None, requester=person, description=f"Unfinished. {CANARY}",
        anticipated_outcome="Finish it.", kind_of_outcome="redo",
    )  # fmt: skip
    desk.live()
    return number, worker, max(desk.tickets())


def test_each_goes_through_its_own_tiers_and_each_other_side_gets_its_own_message(
    desk: Desk, crossed: tuple[str, int, int]
):
    number, worker, client = crossed
    assert (desk.state(worker), desk.state(client)) == ("tier_1", "tier_1")
    assert [("The worker on" in one, "The client of" in one) for one in desk.messages(number)] == [
        (True, False),
        (False, True),
    ]


def test_each_agents_note_names_the_other_ticket_and_both_keep_one_line_of_time(
    desk: Desk, crossed: tuple[str, int, int]
):
    _, worker, client = crossed
    for ticket, other in ((worker, client), (client, worker)):
        first = [note for note in desk.notes(ticket) if "The other side has escalated this assignment too" in note]
        assert len(first) == 1
        assert f"#{other}" in first[0]
        assert desk.told(ticket)["crossed_with"] == str(other)
    assert f"Mon 2 Mar 2026, 10:00 EST, #{worker}: checking → tier 1" in "".join(desk.notes(client))
    assert f"Mon 2 Mar 2026, 11:00 EST, #{client}: checking → tier 1" in "".join(desk.notes(worker))
    desk.until(desk.due(worker, "tier_ends"))
    desk.for_(minutes=1)
    assert f"#{worker}: tier 1 → tier 2" in "".join(desk.notes(client))


def test_a_message_counts_by_its_author_in_both(desk: Desk, crossed: tuple[str, int, int]):
    number, worker, client = crossed
    desk.message(number, "worker", "I was there on Monday.")
    assert (desk.state(worker), desk.state(client)) == ("tier_1", "other_side_responded")
    desk.message(number, "owner", "Nobody saw you.")
    assert (desk.state(worker), desk.state(client)) == ("other_side_responded", "other_side_responded")


def test_neither_requester_learns_of_the_others_ticket_from_us(desk: Desk, crossed: tuple[str, int, int]):
    number, worker, client = crossed
    desk.message(number, "worker", "I was there on Monday.")
    desk.for_(days=12)
    for ticket, other in ((worker, client), (client, worker)):
        told = "\n".join(desk.said(ticket))
        assert f"#{other}" not in told
        assert "other side has escalated" not in told
    outside = [*desk.said(worker), *desk.messages(number), *map(str, desk.zendesk.conversations(worker))]
    assert not [text for text in outside if CANARY in text]


def test_what_has_ended_is_told_once_and_written_to_no_more(desk: Desk, crossed: tuple[str, int, int]):
    _, worker, client = crossed
    desk.people.solve(client)
    desk.live()
    assert f"#{client}: tier 1 → resolved" in "".join(desk.notes(worker))
    before = len(desk.zendesk.comments(client))
    desk.until(desk.due(worker, "tier_ends"))
    desk.for_(minutes=1)
    assert desk.state(worker) == "tier_2"
    assert len(desk.zendesk.comments(client)) == before
    assert desk.dead() == []


def test_a_file_that_one_case_holds_back_does_not_hold_up_the_others(desk: Desk, crossed: tuple[str, int, int]):
    number, worker, client = crossed
    desk.agent(worker, comment="The order.", add_tags=[TAG], files=[("order.pdf", b"order")])
    desk.agent(worker, add_tags=["escalation_pause"])
    desk.agent(client, comment="The plan.", add_tags=[TAG], files=[("plan.pdf", b"plan")])
    desk.for_(minutes=5)
    assert [one.name for one in desk.workmarket.files(number)] == ["plan.pdf"]
