"""Files: once per case, direction and content, also where what became of an earlier one is not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.model.audience import Internal, Public
from escalation.model.effects import CopyFile, PostFile
from escalation.model.events import Refused, Unsettled
from escalation.model.files import AssignmentFile, Scan, TicketFile
from store import NewOutboxRow, Store
from sync.limits.companies import OneCompany
from sync.operator.case_requests import ask_pause
from sync.outbox.attempts import Later
from sync.outbox.file_ledger import FileLedger
from sync.outbox.file_senders import FilePosts
from sync.shared.codec import encode_effect
from tests.integration.sync.desk_on_fakes import DeskOnFakes, outcome_of
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk, an_assignment
from tests.integration.sync.policy import START


@pytest.fixture
def case(desk: DeskOnFakes) -> Iterator[DeskOnFakes]:
    """A case in tier 1, on which nothing is left to do."""
    desk.arrive()
    desk.clock.move(minutes=5)
    for service in (desk.zendesk, desk.workmarket):
        service.calls.clear()
    return desk


def chosen(number: int, case_id: str = "C", content: str = "photo", **more: Any) -> PostFile:
    """A file that an agent chose. The fake gives for an address that address."""
    reference = f"8F3K-{90 + number}"
    file = TicketFile(str(number), "photo.jpg", len(content), content, Scan.CLEAN)
    described = Public(f"From the desk. [Ref {reference}]")
    post = PostFile(f"F-{number}", case_id, "35", "880011", "c", file, described, reference, 1000, START)
    return replace(post, **more)


def copied(number: int, case_id: str, content: str = "plan") -> CopyFile:
    """A file that came to the assignment. The fake gives for an id that id."""
    file = AssignmentFile(content, "plan.pdf")
    return CopyFile(f"F-{number}", case_id, "35", "880011", file, Internal("A file."), 1000)


def queue(desk: DeskOnFakes, *effects: PostFile | CopyFile) -> None:
    lane = "file"
    for effect in effects:
        body = encode_effect(effect, "ticket:35")
        queued = NewOutboxRow(effect.id, lane, effect.type, body, desk.clock(), effect.case_id)
        desk.store.write(lambda tx, queued=queued: tx.outbox.add([queued], desk.clock()))
    desk.work()


def state(desk: DeskOnFakes, effect_id: str) -> tuple[str, bool]:
    """A row's state, and whether its content was found to have gone before."""
    row = desk.store.read(lambda tx: tx.outbox.get(effect_id))
    assert row is not None
    return row.state, bool((row.result or {}).get("same"))


def test_a_second_file_of_the_same_content_is_not_sent(case: DeskOnFakes) -> None:
    queue(case, chosen(1, case.case().id), chosen(2, case.case().id))
    assert len(case.workmarket.added) == 1
    assert (state(case, "F-1"), state(case, "F-2")) == (("done", False), ("done", True))


def test_a_second_one_waits_in_its_lane_until_the_first_ones_fate_is_read(case: DeskOnFakes) -> None:
    case.workmarket.swallows("add_file", Unclear("No answer."))
    queue(case, chosen(1, case.case().id), chosen(2, case.case().id))
    case.wait(minutes=5)
    assert len(case.workmarket.added) == 1
    assert (state(case, "F-1"), state(case, "F-2")) == (("done", False), ("done", True))


def test_what_was_given_to_a_person_as_it_may_be_there_is_not_sent_by_the_next_one(case: DeskOnFakes) -> None:
    case.workmarket.swallows("add_file", Unclear("No answer."))
    queue(case, chosen(1, case.case().id))
    # It was cut on its way, so what is there is not as large as what was sent.
    case.workmarket.added = [replace(one, size=2) for one in case.workmarket.added]
    case.wait(minutes=5)
    (told,) = case.events("unsettled:F-1")
    assert isinstance(outcome_of(told), Unsettled)
    assert state(case, "F-1") == ("dead", False)
    queue(case, chosen(2, case.case().id))
    assert len(case.workmarket.added) == 1
    (event,) = case.events("refused:F-2")
    refusal = outcome_of(event)
    assert isinstance(refusal, Refused)
    assert refusal.reason == "What went as 8F3K-91 is there, perhaps not as it was."


def test_once_a_person_has_taken_away_what_was_unsettled_it_is_sent_by_the_next_one(case: DeskOnFakes) -> None:
    case.workmarket.swallows("add_file", Unclear("No answer."))
    queue(case, chosen(1, case.case().id))
    case.workmarket.added *= 2
    case.wait(minutes=5)
    assert state(case, "F-1") == ("dead", False)
    case.workmarket.added.clear()
    queue(case, chosen(2, case.case().id))
    assert [one.uuid for one in case.workmarket.added] == ["f-F-2"]


def test_a_file_that_did_not_arrive_is_not_read_back_while_its_case_sends_nothing(case: DeskOnFakes) -> None:
    case.workmarket.fails("add_file", Unclear("No answer."))
    post = chosen(1, case.case().id)
    case.zendesk.files["1"] = post.file
    queue(case, post)
    until = case.clock() + timedelta(minutes=60)
    ask_pause(case.store, case.case().id, until, "Holidays", "Ada", case.clock())
    case.wait(minutes=5)
    asked = len(case.workmarket.calls)
    case.wait(minutes=30)
    assert len(case.workmarket.calls) == asked
    case.wait(minutes=40)
    assert [one.uuid for one in case.workmarket.added] == ["f-F-1"]


def test_a_file_that_was_refused_leaves_its_content_to_the_next_one(case: DeskOnFakes) -> None:
    case.workmarket.fails("add_file", Permanent("forbidden", "No."))
    queue(case, chosen(1, case.case().id), chosen(2, case.case().id))
    assert (state(case, "F-1"), state(case, "F-2")) == (("dead", False), ("done", False))
    assert [one.uuid for one in case.workmarket.added] == ["f-F-2"]


def test_a_discarded_one_that_arrived_all_the_same_is_not_sent_again(case: DeskOnFakes) -> None:
    case.workmarket.swallows("add_file", Unclear("No answer."))
    queue(case, chosen(1, case.case().id))
    case.store.write(lambda tx: tx.outbox.dead("F-1", "Given up.") and tx.outbox.discard("F-1"))
    queue(case, chosen(2, case.case().id))
    assert len(case.workmarket.added) == 1
    assert state(case, "F-2") == ("done", True)


def test_a_note_that_was_given_up_unread_and_is_there_is_not_written_again(case: DeskOnFakes) -> None:
    case.zendesk.swallows("write", Unclear("No answer."))
    queue(case, copied(1, case.case().id))
    case.store.write(lambda tx: tx.outbox.dead("F-1", "It could not be read back for days."))
    queue(case, copied(2, case.case().id))
    assert case.zendesk.notes().count("A file.") == 1
    assert state(case, "F-2") == ("done", True)


def test_a_note_that_was_given_up_and_is_not_there_leaves_its_content_to_the_next_one(case: DeskOnFakes) -> None:
    case.zendesk.fails("write", Transient("Away."))
    queue(case, copied(1, case.case().id))
    case.store.write(lambda tx: tx.outbox.dead("F-1", "It was tried for days."))
    queue(case, copied(2, case.case().id))
    assert case.zendesk.notes().count("A file.") == 1
    assert state(case, "F-2") == ("done", False)


def test_a_case_whose_assignment_was_put_right_sends_the_content_there_too(case: DeskOnFakes) -> None:
    case.workmarket.add(an_assignment("880012"))
    moved = chosen(2, case.case().id, assignment_id="880012")
    queue(case, chosen(1, case.case().id), moved)
    assert len(case.workmarket.added) == 2


def test_what_another_process_is_sending_is_waited_for(store: Store, clock: Clock) -> None:
    zendesk, workmarket = FakeZendesk(clock), FakeWorkMarket(clock)
    posts = FilePosts(zendesk, OneCompany(workmarket), clock, FileLedger(store, clock))
    first, second = chosen(1), chosen(2)
    rows = [NewOutboxRow(one.id, one.id, one.type, encode_effect(one), clock()) for one in (first, second)]
    store.write(lambda tx: tx.outbox.add(rows, clock()))
    store.write(lambda tx: tx.outbox.mark_in_flight("F-1", clock()))
    workmarket.swallows("add_file", Unclear("No answer."))
    with pytest.raises(Unclear):
        posts.send(first, None, first=True)
    waits = posts.send(second, None, first=True)
    assert isinstance(waits, Later)
    assert waits.why == "What it holds is on its way already, as F-1."
    assert workmarket.calls == ["add_file"]


def test_what_an_effect_has_claimed_and_could_not_send_is_its_own_still(case: DeskOnFakes) -> None:
    first = chosen(1, case.case().id)
    case.zendesk.files[first.file.id] = first.file
    case.workmarket.fails("add_file", Transient("Away."))
    queue(case, first)
    case.wait(minutes=5)
    assert (state(case, "F-1"), len(case.workmarket.added)) == (("done", False), 1)
