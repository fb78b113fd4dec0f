"""Updates of tickets: one attempt, guarded by a stamp, read back where unclear, refused where hopeless."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from connector.errors import Conflict, Misconfigured, Permanent, Transient, Unclear
from escalation.model.audience import Internal, Public
from escalation.model.effects import CreateTicket, Look, Note, Say, StartConversation, UpdateTicket
from escalation.model.events import Refused
from escalation.model.values import State
from store import NewOutboxRow, OutboxRow
from store.schema.tables import outbox
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.shared.codec import encode_effect
from tests.integration.sync.desk_on_fakes import DeskOnFakes, outcome_of
from tests.integration.sync.fakes import a_ticket
from tests.integration.sync.policy import START, policy

OLD = START - timedelta(hours=1)


@pytest.fixture
def ticket(desk: DeskOnFakes) -> str:
    """A ticket without a case whose stamp is known."""
    desk.zendesk.add(a_ticket("77", updated_at=OLD, on_form=False))
    desk.changed("77")
    desk.work()
    desk.zendesk.calls.clear()
    return "77"


@pytest.fixture
def case_ticket(desk: DeskOnFakes) -> str:
    """The ticket of a case in tier 1, with a stamp that is old enough."""
    desk.arrive()
    desk.clock.move(minutes=5)
    desk.zendesk.calls.clear()
    return "35"


def queue(desk: DeskOnFakes, effect: UpdateTicket | StartConversation | CreateTicket) -> None:
    lane = f"ticket:{effect.ticket_id}" if isinstance(effect, UpdateTicket) else f"other:{effect.id}"
    row = desk.store.read(lambda tx: tx.cases.by_ticket("35"))
    case_id = row.id if row and not isinstance(effect, CreateTicket) else None
    body = {**encode_effect(effect), "home": "ticket:35"}
    queued = NewOutboxRow(effect.id, lane, effect.type, body, desk.clock(), case_id)
    desk.store.write(lambda tx: tx.outbox.add([queued], desk.clock()))


def note(ticket_id: str = "77", effect_id: str = "E-1", *, public: bool = False) -> UpdateTicket:
    said = Say(Public("Hello"), after=Public("More")) if public else Note(Internal("Hello"))
    return UpdateTicket(effect_id, ticket_id, said)


def row(desk: DeskOnFakes, effect_id: str = "E-1") -> OutboxRow:
    found = desk.store.read(lambda tx: tx.outbox.get(effect_id))
    assert found is not None
    return found


def test_an_update_is_one_request_with_the_stamp_known_from_the_last_look(desk: DeskOnFakes, ticket: str) -> None:
    queue(desk, note())
    desk.work()
    assert desk.zendesk.calls == ["write"]
    assert desk.zendesk.written[-1][1] == OLD
    assert row(desk).state == "done"


def test_the_next_update_uses_the_stamp_of_the_last_write(desk: DeskOnFakes, ticket: str) -> None:
    queue(desk, note(effect_id="E-1"))
    queue(desk, note(effect_id="E-2"))
    desk.work()
    assert [stamp for _, stamp in desk.zendesk.written] == [OLD, START]


def test_without_a_stamp_the_ticket_is_read_first(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("77", updated_at=OLD))
    queue(desk, note())
    desk.work()
    assert desk.zendesk.calls == ["settle", "write"]
    assert desk.zendesk.written[-1][1] == OLD


def test_an_update_whose_answer_was_lost_is_found_and_not_repeated(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.swallows("write", Unclear("No answer."))
    queue(desk, note())
    desk.work()
    assert row(desk).state == "unclear"
    desk.wait(minutes=2)
    assert desk.zendesk.calls == ["write", "settle"]
    assert len(desk.zendesk.written) == 1
    assert row(desk).state == "done"


def test_an_update_that_never_arrived_is_repeated_with_a_fresh_stamp(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Unclear("No answer."))
    queue(desk, note())
    desk.work()
    desk.clock.move(seconds=10)
    desk.zendesk.touch("77")
    desk.wait(minutes=2)
    assert desk.zendesk.calls == ["write", "settle", "write"]
    assert desk.zendesk.written[-1][1] == START + timedelta(seconds=10)


def test_an_unclear_update_is_not_looked_for_before_it_can_have_settled(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Unclear("No answer."))
    queue(desk, note())
    desk.work()
    desk.clock.move(seconds=policy().settle_seconds - 1)
    desk.work()
    assert desk.zendesk.calls == ["write"]


def test_a_stamp_of_this_very_second_is_waited_out(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Unclear("No answer."))
    queue(desk, note())
    desk.work()
    desk.clock.move(seconds=policy().settle_seconds)
    desk.zendesk.touch("77")
    desk.work()
    assert desk.zendesk.calls == ["write", "settle"]
    desk.clock.move(seconds=2)
    desk.work()
    assert desk.zendesk.calls == ["write", "settle", "settle", "write"]


def test_a_conflict_is_read_back_after_two_seconds(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Conflict("Safe update."))
    queue(desk, note())
    desk.work()
    assert row(desk).state == "unclear"
    desk.clock.move(seconds=2)
    desk.work()
    assert desk.zendesk.calls == ["write", "settle", "write"]


def test_what_surely_was_not_applied_is_tried_again_after_the_listed_wait(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Transient("Away."), Transient("Away."))
    queue(desk, note())
    desk.work()
    assert (row(desk).state, row(desk).due) == ("todo", START + timedelta(seconds=5))
    desk.clock.move(seconds=5)
    desk.work()
    assert row(desk).due == START + timedelta(seconds=35)
    desk.clock.move(seconds=30)
    desk.work()
    assert row(desk).state == "done"


def test_a_first_attempt_that_lands_after_all_is_found_also_when_the_second_one_failed(
    desk: DeskOnFakes, ticket: str
) -> None:
    desk.zendesk.delays("write", 200)
    queue(desk, note())
    desk.work()
    desk.zendesk.fails("write", Transient("Away."))
    desk.clock.move(seconds=60)
    desk.work()
    assert row(desk).state == "unclear"
    desk.clock.move(seconds=150)
    desk.changed("77")
    desk.wait(minutes=5)
    assert len(desk.zendesk.written) == 1
    assert row(desk).state == "done"


def test_a_pause_that_zendesk_asks_for_is_kept(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Transient("Too many.", 90.0))
    queue(desk, note())
    desk.work()
    assert row(desk).due == START + timedelta(seconds=90)


def test_a_pause_that_zendesk_asks_for_holds_for_every_ticket(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.add(a_ticket("78", updated_at=OLD))
    desk.zendesk.fails("write", Transient("Too many.", 90.0))
    queue(desk, note("77", "E-1"))
    desk.work()
    queue(desk, note("78", "E-2"))
    desk.work()
    assert desk.zendesk.calls == ["write"]
    assert row(desk, "E-2").attempts == 0
    desk.clock.move(seconds=91)
    desk.work()
    assert row(desk, "E-2").state == "done"


def test_waits_are_spread_by_the_jitter(desk: DeskOnFakes, ticket: str) -> None:
    schedule = RetrySchedule.of(policy(), lambda: 0.5)
    deliverer = Deliverer(desk.store, desk.zendesk, desk.workmarket, schedule, now=desk.clock)
    desk.zendesk.fails("write", Transient("Away."))
    queue(desk, note())
    deliverer.deliver("E-1", "ticket:77")
    assert row(desk).due == START + timedelta(seconds=5.5)


def test_after_the_last_wait_it_is_a_dead_letter(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", *[Transient("Away.")] * 100)
    queue(desk, note())
    desk.work()
    desk.wait(days=4)
    assert row(desk).state == "dead"
    assert row(desk).attempts == len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1
    assert "Away." in str(row(desk).error)


def test_refused_credentials_wait_for_a_person_and_are_never_a_dead_letter(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", *[Misconfigured("Check the credentials.")] * 120)
    queue(desk, note())
    desk.work()
    desk.wait(hours=6)
    assert desk.zendesk.calls.count("write") > len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1
    desk.clock.at += timedelta(days=4)  # every five minutes: what is tried meanwhile is the same again
    desk.wait(hours=1)
    assert row(desk).state == "todo"
    assert row(desk).due - desk.clock() <= timedelta(minutes=5)


@pytest.mark.parametrize("code", ["closed", "gone", "suspended", "invalid", "forbidden"])
def test_a_refusal_is_a_dead_letter_and_told_to_the_case(desk: DeskOnFakes, case_ticket: str, code: str) -> None:
    desk.zendesk.fails("write", Permanent(code, "It will not do."))  # type: ignore[arg-type]
    queue(desk, note("35", public=True))
    desk.work()
    assert row(desk).state == "dead"
    (told,) = desk.events("refused:E-1")
    event = outcome_of(told)
    assert (event.type, event.code, event.reason) == ("refused", code, "It will not do.")  # type: ignore[union-attr]
    assert event.owed == "Hello\n\nMore"  # type: ignore[union-attr]
    assert told.lane == "ticket:35"


def refused_update(desk: DeskOnFakes, error: Permanent, **changes: Any) -> Refused:
    desk.zendesk.fails("write", error)
    queue(desk, replace(note("35", public=True), **changes))
    desk.work()
    event = outcome_of(desk.events("refused:E-1")[0])
    assert isinstance(event, Refused)
    return event


def test_a_case_is_told_which_fields_zendesk_asks_for_and_what_was_refused(
    desk: DeskOnFakes, case_ticket: str
) -> None:
    error = Permanent("required", "Not without it.", lacking=("Cost centre",))
    event = refused_update(desk, error, status=State.RESOLVED)
    assert event.lacking == ("Cost centre",)
    assert event.update is not None
    assert (event.update.status, event.update.say) == (State.RESOLVED, note("35", public=True).say)


def test_words_that_were_refused_alone_are_not_tried_once_more(desk: DeskOnFakes, case_ticket: str) -> None:
    assert refused_update(desk, Permanent("invalid", "No.")).update is None


def test_what_is_closed_is_not_tried_without_its_changes(desk: DeskOnFakes, case_ticket: str) -> None:
    assert refused_update(desk, Permanent("closed", "No."), status=State.RESOLVED).update is None


def test_nothing_is_owed_for_an_internal_note(desk: DeskOnFakes, case_ticket: str) -> None:
    desk.zendesk.fails("write", Permanent("closed", "It is closed."))
    queue(desk, note("35"))
    desk.work()
    assert desk.events("refused:E-1")[0].body["event"]["owed"] == ""


def test_a_ticket_that_is_gone_when_read_back_is_refused(desk: DeskOnFakes, case_ticket: str) -> None:
    desk.zendesk.fails("write", Unclear("No answer."))
    desk.zendesk.fails("settle", Permanent("gone", "It is deleted."))
    queue(desk, note("35"))
    desk.wait(minutes=2)
    assert row(desk).state == "dead"
    assert desk.events("refused:E-1")


def test_what_was_attempted_before_its_ticket_was_gone_is_said_to_have_perhaps_arrived(
    desk: DeskOnFakes, case_ticket: str
) -> None:
    desk.zendesk.swallows("write", Unclear("No answer."))
    desk.zendesk.fails("settle", Permanent("gone", "It is deleted."))
    queue(desk, note("35"))
    desk.wait(minutes=2)
    said = "It is deleted. It was attempted before, so it may have arrived."
    assert (row(desk).error, desk.events("refused:E-1")[0].body["event"]["reason"]) == (said, said)


def test_what_cannot_be_read_back_stays_unclear(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.fails("write", Unclear("No answer."))
    desk.zendesk.fails("settle", Transient("Away."), Permanent("forbidden", "Not now."), KeyError("x"))
    queue(desk, note())
    desk.work()
    desk.wait(hours=1)
    assert row(desk).state == "done"
    assert desk.zendesk.calls == ["write", "settle", "settle", "settle", "settle", "write"]


def test_an_error_of_our_own_counts_as_unclear(desk: DeskOnFakes, ticket: str) -> None:
    desk.zendesk.swallows("write", KeyError("a secret"))
    queue(desk, note())
    desk.work()
    assert row(desk).state == "unclear"
    assert "secret" not in str(row(desk).error)
    desk.wait(minutes=2)
    assert len(desk.zendesk.written) == 1


def test_a_row_that_cannot_be_read_is_a_dead_letter_and_its_lane_goes_on(desk: DeskOnFakes, ticket: str) -> None:
    broken = NewOutboxRow("E-0", "ticket:77", "update_ticket", {"type": "rumour", "home": "ticket:77"}, START)
    desk.store.write(lambda tx: tx.outbox.add([broken], START))
    queue(desk, note())
    desk.work()
    assert row(desk, "E-0").state == "dead"
    assert row(desk, "E-1").state == "done"


def test_an_attempt_is_on_disk_before_the_request_leaves(desk: DeskOnFakes, ticket: str) -> None:
    seen: list[tuple[str, int]] = []
    desk.zendesk.at_call = lambda _: seen.append((row(desk).state, row(desk).attempts))
    queue(desk, note())
    desk.work()
    assert seen == [("in_flight", 1)]


def test_a_row_in_flight_without_a_process_is_read_back_after_the_settle_time(
    desk: DeskOnFakes, ticket: str
) -> None:
    queue(desk, note())
    desk.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    desk.work()
    assert (row(desk).state, row(desk).due) == ("unclear", START + timedelta(seconds=60))
    desk.wait(minutes=2)
    assert desk.zendesk.calls == ["settle", "write"]


def test_attempts_that_ended_with_their_processes_make_no_wait_longer_than_the_trouble(
    desk: DeskOnFakes, ticket: str
) -> None:
    queue(desk, note())
    for _ in range(9):
        desk.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    desk.work()
    desk.clock.move(minutes=10)
    desk.zendesk.fails("write", Transient("Away."))
    desk.work()
    assert (row(desk).state, row(desk).attempts) == ("unclear", 10)
    assert row(desk).due == START + timedelta(minutes=20)


def test_a_lane_that_another_process_holds_is_left_alone(desk: DeskOnFakes, ticket: str) -> None:
    queue(desk, note())
    with desk.store.lock("ticket:77") as free:
        assert free
        assert desk.work() == 0
    assert desk.work() > 0


def test_an_attempt_that_somebody_else_made_meanwhile_is_not_made_again(desk: DeskOnFakes, ticket: str) -> None:
    """The lock of PostgreSQL can be lost unnoticed, so the mark itself refuses a second attempt."""
    queue(desk, note())
    stale = row(desk)
    desk.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START))
    assert not desk.store.write(lambda tx: tx.outbox.mark_in_flight("E-1", START, attempts=stale.attempts))


def test_a_side_conversation_whose_answer_was_lost_is_found_by_its_id(desk: DeskOnFakes, case_ticket: str) -> None:
    desk.zendesk.swallows("start_conversation", Unclear("No answer."))
    queue(desk, StartConversation("E-1", "35", "pat@example.com", "Pat", Public("Subject"), Public("Body")))
    desk.work()
    desk.wait(minutes=2)
    assert desk.zendesk.calls == ["start_conversation", "find_conversation"]
    assert row(desk).result == {"conversation_id": "side-1"}


def test_a_side_conversation_that_never_arrived_is_started_again(desk: DeskOnFakes, case_ticket: str) -> None:
    desk.zendesk.fails("start_conversation", Unclear("No answer."))
    queue(desk, StartConversation("E-1", "35", "pat@example.com", "Pat", Public("Subject"), Public("Body")))
    desk.wait(minutes=2)
    assert desk.zendesk.calls == ["start_conversation", "find_conversation", "start_conversation"]


@pytest.mark.parametrize("lost", [Unclear("No answer."), Conflict("That key is known.")])
def test_a_ticket_whose_creation_is_unclear_is_found_by_its_external_id(desk: DeskOnFakes, lost: Exception) -> None:
    desk.zendesk.swallows("create_ticket", lost)
    queue(
        desk,
        CreateTicket(
            "request:1", Public("Subject"), Say(Public("Hi"), public=True), requester_email="w@example.com"
        ),
    )
    desk.wait(minutes=2)
    assert desk.zendesk.calls[:2] == ["create_ticket", "find_ticket"]
    assert row(desk, "request:1").result == {"ticket_id": "900"}


def test_a_ticket_that_was_not_created_is_created_once_the_first_attempt_can_no_longer_land(
    desk: DeskOnFakes,
) -> None:
    desk.zendesk.fails("create_ticket", Conflict("Somebody is at it."))
    queue(
        desk,
        CreateTicket(
            "request:1", Public("Subject"), Say(Public("Hi"), public=True), requester_email="w@example.com"
        ),
    )
    desk.work()
    desk.clock.move(seconds=3)
    desk.work()
    assert desk.zendesk.calls == ["create_ticket", "find_ticket"]
    desk.wait(minutes=2)
    assert row(desk, "request:1").state == "done"


@pytest.mark.parametrize(
    ("said_in", "until", "told"),
    [(State.TIER_1, 3, "In a while."), (State.TIER_1, 1, ""), (State.TIER_2, 3, "")],
    ids=["still so", "its moment has passed", "the case has moved on"],
)
def test_an_update_that_had_to_wait_says_what_comes_next_only_where_that_is_still_so(
    said_in: State, until: int, told: str, desk: DeskOnFakes, case_ticket: str
) -> None:
    until_then = desk.clock() + timedelta(hours=until)
    say = Say(
        Public("Hello"),
        tells="all",
        progress=Public("In a while."),
        progress_until=until_then,
        progress_in=said_in,
    )
    desk.zendesk.fails("write", Transient("Away.", retry_after=7200))
    queue(desk, UpdateTicket("E-1", case_ticket, say))
    desk.work()
    desk.wait(hours=2)
    (sent, _) = next(one for one in desk.zendesk.written if one[0].id == "E-1")
    assert isinstance(sent.say, Say)
    assert (sent.say.text, sent.say.progress) == ("Hello", told)


@pytest.mark.parametrize(
    ("asserts", "told"),
    [(("no_answer", "taken_up"), True), (("answered",), False), (("a fact of later versions",), True)],
    ids=["still so", "no longer so", "not known here"],
)
def test_an_update_that_had_to_wait_says_only_what_is_still_so(
    asserts: tuple[str, ...], told: bool, desk: DeskOnFakes, case_ticket: str
) -> None:
    desk.zendesk.fails("write", Transient("Away.", retry_after=7200))
    queue(desk, UpdateTicket("E-1", case_ticket, Say(Public("Hello"), asserts=asserts), fields={"tier": "1"}))
    desk.work()
    desk.wait(hours=2)
    (sent, _) = next(one for one in desk.zendesk.written if one[0].id == "E-1")
    assert (sent.say is not None, sent.fields) == (told, {"tier": "1"})


def test_of_two_thousand_looks_that_wait_at_one_ticket_two_are_made(desk: DeskOnFakes) -> None:
    """They never joined, as an earlier version or several processes may leave them."""
    case = desk.arrive()
    body = encode_effect(Look("35", frozenset({"ticket"})), "ticket:35")
    looks = [NewOutboxRow(f"l{n}", f"apart:{n}", "look", body, desk.clock(), case.id) for n in range(2000)]
    together = update(outbox).where(outbox.c.id.startswith("l")).values(lane=f"look:{case.id}")
    desk.store.write(lambda tx: tx.outbox.add(looks, desk.clock()))
    desk.store.write(lambda tx: tx.outbox._connection.execute(together))
    desk.zendesk.calls.clear()
    desk.work()
    assert (desk.zendesk.calls.count("look"), desk.unfinished()) == (2, [])


def test_what_a_requester_is_still_owed_has_the_reason_in_front_of_its_closing(
    desk: DeskOnFakes, case_ticket: str
) -> None:
    said = Say(Public("Hello,\n\nWe close it.\n\nKind regards\nThe desk"), after=Public("The reason."))
    event = refused_update(desk, Permanent("closed", "No."), say=said)
    assert event.owed == "Hello,\n\nWe close it.\n\nThe reason.\n\nKind regards\nThe desk"
