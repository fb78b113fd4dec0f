"""Updates of tickets: one attempt, guarded by a stamp, read back where unclear, refused where hopeless."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import Conflict, Misconfigured, Permanent, Transient, Unclear
from escalation.model.audience import Internal, Public
from escalation.model.effects import CreateTicket, Note, Say, StartConversation, UpdateTicket
from escalation.model.events import Refused
from escalation.model.values import State
from store import NewOutboxRow, OutboxRow
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.shared.codec import encode_effect
from tests.integration.sync.fakes import a_ticket
from tests.integration.sync.office import Office, outcome_of
from tests.integration.sync.policy import START, policy

OLD = START - timedelta(hours=1)


@pytest.fixture
def ticket(office: Office) -> str:
    """A ticket without a case whose stamp is known."""
    office.zendesk.add(a_ticket("77", updated_at=OLD, on_form=False))
    office.changed("77")
    office.work()
    office.zendesk.calls.clear()
    return "77"


@pytest.fixture
def case_ticket(office: Office) -> str:
    """The ticket of a case in tier 1, with a stamp that is old enough."""
    office.arrive()
    office.clock.move(minutes=5)
    office.zendesk.calls.clear()
    return "35"


def queue(office: Office, effect: UpdateTicket | StartConversation | CreateTicket) -> None:
    lane = f"ticket:{effect.ticket_id}" if isinstance(effect, UpdateTicket) else f"other:{effect.id}"
    row = office.store.read(lambda tx: tx.cases.by_ticket("35"))
    case_id = row.id if row and not isinstance(effect, CreateTicket) else None
    body = {**encode_effect(effect), "home": "ticket:35"}
    queued = NewOutboxRow(effect.id, lane, effect.type, body, office.clock(), case_id)
    office.store.write(lambda tx: tx.outbox.add([queued], office.clock()))


def note(ticket_id: str = "77", effect_id: str = "E-1", *, public: bool = False) -> UpdateTicket:
    said = Say(Public("Hello"), after=Public("More")) if public else Note(Internal("Hello"))
    return UpdateTicket(effect_id, ticket_id, said)


def row(office: Office, effect_id: str = "E-1") -> OutboxRow:
    found = office.store.read(lambda tx: tx.outbox.get(effect_id))
    assert found is not None
    return found


def test_an_update_is_one_request_with_the_stamp_known_from_the_last_look(office: Office, ticket: str) -> None:
    queue(office, note())
    office.work()
    assert office.zendesk.calls == ["write"]
    assert office.zendesk.written[-1][1] == OLD
    assert row(office).state == "done"


def test_the_next_update_uses_the_stamp_of_the_last_write(office: Office, ticket: str) -> None:
    queue(office, note(effect_id="E-1"))
    queue(office, note(effect_id="E-2"))
    office.work()
    assert [stamp for _, stamp in office.zendesk.written] == [OLD, START]


def test_without_a_stamp_the_ticket_is_read_first(office: Office) -> None:
    office.zendesk.add(a_ticket("77", updated_at=OLD))
    queue(office, note())
    office.work()
    assert office.zendesk.calls == ["settle", "write"]
    assert office.zendesk.written[-1][1] == OLD


def test_an_update_whose_answer_was_lost_is_found_and_not_repeated(office: Office, ticket: str) -> None:
    office.zendesk.swallows("write", Unclear("No answer."))
    queue(office, note())
    office.work()
    assert row(office).state == "unclear"
    office.wait(minutes=2)
    assert office.zendesk.calls == ["write", "settle"]
    assert len(office.zendesk.written) == 1
    assert row(office).state == "done"


def test_an_update_that_never_arrived_is_repeated_with_a_fresh_stamp(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Unclear("No answer."))
    queue(office, note())
    office.work()
    office.clock.move(seconds=10)
    office.zendesk.touch("77")
    office.wait(minutes=2)
    assert office.zendesk.calls == ["write", "settle", "write"]
    assert office.zendesk.written[-1][1] == START + timedelta(seconds=10)


def test_an_unclear_update_is_not_looked_for_before_it_can_have_settled(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Unclear("No answer."))
    queue(office, note())
    office.work()
    office.clock.move(seconds=policy().settle_seconds - 1)
    office.work()
    assert office.zendesk.calls == ["write"]


def test_a_stamp_of_this_very_second_is_waited_out(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Unclear("No answer."))
    queue(office, note())
    office.work()
    office.clock.move(seconds=policy().settle_seconds)
    office.zendesk.touch("77")
    office.work()
    assert office.zendesk.calls == ["write", "settle"]
    office.clock.move(seconds=2)
    office.work()
    assert office.zendesk.calls == ["write", "settle", "settle", "write"]


def test_a_conflict_is_read_back_after_two_seconds(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Conflict("Safe update."))
    queue(office, note())
    office.work()
    assert row(office).state == "unclear"
    office.clock.move(seconds=2)
    office.work()
    assert office.zendesk.calls == ["write", "settle", "write"]


def test_what_surely_was_not_applied_is_tried_again_after_the_listed_wait(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Transient("Away."), Transient("Away."))
    queue(office, note())
    office.work()
    assert (row(office).state, row(office).due) == ("todo", START + timedelta(seconds=5))
    office.clock.move(seconds=5)
    office.work()
    assert row(office).due == START + timedelta(seconds=35)
    office.clock.move(seconds=30)
    office.work()
    assert row(office).state == "done"


def test_a_first_attempt_that_lands_after_all_is_found_also_when_the_second_one_failed(
    office: Office, ticket: str
) -> None:
    office.zendesk.delays("write", 200)
    queue(office, note())
    office.work()
    office.zendesk.fails("write", Transient("Away."))
    office.clock.move(seconds=60)
    office.work()
    assert row(office).state == "unclear"
    office.clock.move(seconds=150)
    office.changed("77")
    office.wait(minutes=5)
    assert len(office.zendesk.written) == 1
    assert row(office).state == "done"


def test_a_pause_that_zendesk_asks_for_is_kept(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Transient("Too many.", 90.0))
    queue(office, note())
    office.work()
    assert row(office).due == START + timedelta(seconds=90)


def test_a_pause_that_zendesk_asks_for_holds_for_every_ticket(office: Office, ticket: str) -> None:
    office.zendesk.add(a_ticket("78", updated_at=OLD))
    office.zendesk.fails("write", Transient("Too many.", 90.0))
    queue(office, note("77", "E-1"))
    office.work()
    queue(office, note("78", "E-2"))
    office.work()
    assert office.zendesk.calls == ["write"]
    assert row(office, "E-2").attempts == 0
    office.clock.move(seconds=91)
    office.work()
    assert row(office, "E-2").state == "done"


def test_waits_are_spread_by_the_jitter(office: Office, ticket: str) -> None:
    schedule = RetrySchedule.of(policy(), lambda: 0.5)
    deliverer = Deliverer(office.store, office.zendesk, office.workmarket, schedule, now=office.clock)
    office.zendesk.fails("write", Transient("Away."))
    queue(office, note())
    deliverer.deliver("E-1", "ticket:77")
    assert row(office).due == START + timedelta(seconds=5.5)


def test_after_the_last_wait_it_is_a_dead_letter(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", *[Transient("Away.")] * 100)
    queue(office, note())
    office.work()
    office.wait(days=4)
    assert row(office).state == "dead"
    assert row(office).attempts == len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1
    assert "Away." in str(row(office).error)


def test_refused_credentials_wait_for_a_person_and_are_never_a_dead_letter(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", *[Misconfigured("Check the credentials.")] * 1200)
    queue(office, note())
    office.work()
    office.wait(days=4)
    assert row(office).state == "todo"
    assert row(office).due - office.clock() <= timedelta(minutes=5)


@pytest.mark.parametrize("code", ["closed", "gone", "suspended", "invalid", "forbidden"])
def test_a_refusal_is_a_dead_letter_and_told_to_the_case(office: Office, case_ticket: str, code: str) -> None:
    office.zendesk.fails("write", Permanent(code, "It will not do."))  # type: ignore[arg-type]
    queue(office, note("35", public=True))
    office.work()
    assert row(office).state == "dead"
    (told,) = office.events("refused:E-1")
    event = outcome_of(told)
    assert (event.type, event.code, event.reason) == ("refused", code, "It will not do.")  # type: ignore[union-attr]
    assert event.owed == "Hello\n\nMore"  # type: ignore[union-attr]
    assert told.lane == "ticket:35"


def refused_update(office: Office, error: Permanent, **changes: Any) -> Refused:
    office.zendesk.fails("write", error)
    queue(office, replace(note("35", public=True), **changes))
    office.work()
    event = outcome_of(office.events("refused:E-1")[0])
    assert isinstance(event, Refused)
    return event


def test_a_case_is_told_which_fields_zendesk_asks_for_and_what_was_refused(
    office: Office, case_ticket: str
) -> None:
    error = Permanent("required", "Not without it.", lacking=("Cost centre",))
    event = refused_update(office, error, status=State.RESOLVED)
    assert event.lacking == ("Cost centre",)
    assert event.update is not None
    assert (event.update.status, event.update.say) == (State.RESOLVED, note("35", public=True).say)


def test_words_that_were_refused_alone_are_not_tried_once_more(office: Office, case_ticket: str) -> None:
    assert refused_update(office, Permanent("invalid", "No.")).update is None


def test_what_is_closed_is_not_tried_without_its_changes(office: Office, case_ticket: str) -> None:
    assert refused_update(office, Permanent("closed", "No."), status=State.RESOLVED).update is None


def test_nothing_is_owed_for_an_internal_note(office: Office, case_ticket: str) -> None:
    office.zendesk.fails("write", Permanent("closed", "It is closed."))
    queue(office, note("35"))
    office.work()
    assert office.events("refused:E-1")[0].body["event"]["owed"] == ""


def test_a_ticket_that_is_gone_when_read_back_is_refused(office: Office, case_ticket: str) -> None:
    office.zendesk.fails("write", Unclear("No answer."))
    office.zendesk.fails("settle", Permanent("gone", "It is deleted."))
    queue(office, note("35"))
    office.wait(minutes=2)
    assert row(office).state == "dead"
    assert office.events("refused:E-1")


def test_what_cannot_be_read_back_stays_unclear(office: Office, ticket: str) -> None:
    office.zendesk.fails("write", Unclear("No answer."))
    office.zendesk.fails("settle", Transient("Away."), Permanent("forbidden", "Not now."), KeyError("x"))
    queue(office, note())
    office.work()
    office.wait(hours=1)
    assert row(office).state == "done"
    assert office.zendesk.calls == ["write", "settle", "settle", "settle", "settle", "write"]


def test_an_error_of_our_own_counts_as_unclear(office: Office, ticket: str) -> None:
    office.zendesk.swallows("write", KeyError("a secret"))
    queue(office, note())
    office.work()
    assert row(office).state == "unclear"
    assert "secret" not in str(row(office).error)
    office.wait(minutes=2)
    assert len(office.zendesk.written) == 1


def test_a_row_that_cannot_be_read_is_a_dead_letter_and_its_lane_goes_on(office: Office, ticket: str) -> None:
    broken = NewOutboxRow("E-0", "ticket:77", "update_ticket", {"type": "rumour", "home": "ticket:77"}, START)
    office.store.write(lambda tx: tx.outbox.add([broken], START))
    queue(office, note())
    office.work()
    assert row(office, "E-0").state == "dead"
    assert row(office, "E-1").state == "done"


def test_an_attempt_is_on_disk_before_the_request_leaves(office: Office, ticket: str) -> None:
    seen: list[tuple[str, int]] = []
    office.zendesk.at_call = lambda _: seen.append((row(office).state, row(office).attempts))
    queue(office, note())
    office.work()
    assert seen == [("in_flight", 1)]


def test_a_row_in_flight_without_a_process_is_read_back_after_the_settle_time(office: Office, ticket: str) -> None:
    queue(office, note())
    office.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    office.work()
    assert (row(office).state, row(office).due) == ("unclear", START + timedelta(seconds=60))
    office.wait(minutes=2)
    assert office.zendesk.calls == ["settle", "write"]


def test_attempts_that_ended_with_their_processes_make_no_wait_longer_than_the_trouble(
    office: Office, ticket: str
) -> None:
    queue(office, note())
    for _ in range(9):
        office.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    office.work()
    office.clock.move(minutes=10)
    office.zendesk.fails("write", Transient("Away."))
    office.work()
    assert (row(office).state, row(office).attempts) == ("unclear", 10)
    assert row(office).due == START + timedelta(minutes=20)


def test_a_lane_that_another_process_holds_is_left_alone(office: Office, ticket: str) -> None:
    queue(office, note())
    with office.store.lock("ticket:77") as free:
        assert free
        assert office.work() == 0
    assert office.work() > 0


def test_an_attempt_that_somebody_else_made_meanwhile_is_not_made_again(office: Office, ticket: str) -> None:
    """The lock of PostgreSQL can be lost unnoticed, so the mark itself refuses a second attempt."""
    queue(office, note())
    stale = row(office)
    office.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    assert not office.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START, attempts=stale.attempts))


def test_a_side_conversation_whose_answer_was_lost_is_found_by_its_id(office: Office, case_ticket: str) -> None:
    office.zendesk.swallows("start_conversation", Unclear("No answer."))
    queue(office, StartConversation("E-1", "35", "pat@example.com", "Pat", Public("Subject"), Public("Body")))
    office.work()
    office.wait(minutes=2)
    assert office.zendesk.calls == ["start_conversation", "find_conversation"]
    assert row(office).result == {"conversation_id": "side-1"}


def test_a_side_conversation_that_never_arrived_is_started_again(office: Office, case_ticket: str) -> None:
    office.zendesk.fails("start_conversation", Unclear("No answer."))
    queue(office, StartConversation("E-1", "35", "pat@example.com", "Pat", Public("Subject"), Public("Body")))
    office.wait(minutes=2)
    assert office.zendesk.calls == ["start_conversation", "find_conversation", "start_conversation"]


@pytest.mark.parametrize("lost", [Unclear("No answer."), Conflict("That key is known.")])
def test_a_ticket_whose_creation_is_unclear_is_found_by_its_external_id(office: Office, lost: Exception) -> None:
    office.zendesk.swallows("create_ticket", lost)
    queue(
        office,
        CreateTicket(
            "request:1", Public("Subject"), Say(Public("Hi"), public=True), requester_email="w@example.com"
        ),
    )
    office.wait(minutes=2)
    assert office.zendesk.calls[:2] == ["create_ticket", "find_ticket"]
    assert row(office, "request:1").result == {"ticket_id": "900"}


def test_a_ticket_that_was_not_created_is_created_once_the_first_attempt_can_no_longer_land(
    office: Office,
) -> None:
    office.zendesk.fails("create_ticket", Conflict("Somebody is at it."))
    queue(
        office,
        CreateTicket(
            "request:1", Public("Subject"), Say(Public("Hi"), public=True), requester_email="w@example.com"
        ),
    )
    office.work()
    office.clock.move(seconds=3)
    office.work()
    assert office.zendesk.calls == ["create_ticket", "find_ticket"]
    office.wait(minutes=2)
    assert row(office, "request:1").state == "done"
