"""An inbox row is decided upon and kept in one transaction, once, whatever goes wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Table, literal_column, update

from connector.errors import Transient
from escalation.decide import decide
from escalation.engine.turn import Decision
from escalation.model.case import Case
from escalation.model.events import CloseAsked, Event, Hint, Observed, PauseAsked, PostAsked, ResumeAsked, TimerDue
from escalation.model.messages import LookResult
from escalation.model.seen import UNSEEN
from escalation.model.values import State, Timer
from escalation.policies.policy import Policy
from store import Store, VersionConflict
from store.schema.tables import inbox, outbox
from sync.inbox.handle import WAITS, InboxHandler
from sync.inbox.process import PolicyVersions, ProcessFunctions
from sync.operator.case_requests import ask_close, ask_pause, ask_resume
from sync.operator.dead import dead_letters
from sync.shared.codec import decode_effect, encode_message
from tests.inboxes import next_rows
from tests.integration.store.test_plans import overheard
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import Clock, a_ticket
from tests.integration.sync.policy import START, policy


class HeardEvents:
    """The real process, which also notes what each case was told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fails: list[Exception] = []

    def __call__(self, case: Case, event: Event, now: datetime, rules: Policy) -> Decision:
        self.events.append(event)
        if self.fails:
            raise self.fails.pop(0)
        return decide(case, event, now, rules)


@pytest.fixture
def heard(desk: DeskOnFakes) -> HeardEvents:
    """From here on what the cases are told is noted."""
    ear = HeardEvents()
    desk.stepped = replace(
        desk.stepped, handler=InboxHandler(desk.store, policy(), process=ProcessFunctions(decide=ear))
    )
    return ear


def handle(desk: DeskOnFakes) -> int:
    return desk.stepped.handler.handle_ready(desk.clock()).rows


def look_rows(desk: DeskOnFakes) -> list[str]:
    return [row.id for row in desk.unfinished() if row.kind == "look"]


def test_a_ticket_without_a_case_is_looked_at(desk: DeskOnFakes) -> None:
    desk.submitted()
    handle(desk)
    (row,) = desk.unfinished()
    assert (row.kind, row.lane, row.case_id) == ("look", "look:ticket:35", None)
    assert decode_effect(row.body).seen == UNSEEN  # type: ignore[union-attr]
    assert set(row.body["scope"]) == {"ticket", "assignment"}


def test_several_hints_about_a_ticket_without_a_case_are_one_look(desk: DeskOnFakes) -> None:
    for _ in range(3):
        desk.changed()
        handle(desk)
    assert len(look_rows(desk)) == 1


def test_a_hint_that_comes_while_the_look_is_under_way_is_a_look_of_its_own(desk: DeskOnFakes) -> None:
    desk.changed()
    handle(desk)
    desk.store.write(lambda tx: tx.outbox.mark_in_flight(look_rows(desk)[0], START))
    desk.changed()
    handle(desk)
    assert len(look_rows(desk)) == 2


@pytest.mark.parametrize("kind", ["ticket.status_changed", "ticket.soft_deleted", "side_conversation.changed"])
def test_what_happens_to_a_ticket_without_a_case_concerns_nobody(desk: DeskOnFakes, kind: str) -> None:
    desk.receive(kind, {"ticket_id": "99"})
    assert handle(desk) == 1
    assert desk.unfinished() == []


def test_a_ticket_that_wants_no_case_gets_none(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("36", on_form=False))
    desk.submitted("36")
    desk.work()
    assert desk.store.read(lambda tx: tx.cases.by_ticket("36")) is None


def test_a_case_is_begun_once_however_often_its_ticket_is_announced(desk: DeskOnFakes) -> None:
    for _ in range(3):
        desk.submitted()
    desk.work()
    desk.submitted()
    desk.work()
    assert len(desk.store.read(lambda tx: tx.cases.list())) == 1
    assert len(desk.workmarket.posted) == 1


@pytest.mark.parametrize(
    ("kind", "event"),
    [
        ("ticket.changed", Hint("ticket")),
        ("ticket.status_changed", Hint("ticket")),
        ("ticket.soft_deleted", Hint("ticket")),
        ("ticket.permanently_deleted", Hint("ticket")),
        ("ticket.undeleted", Hint("ticket")),
        ("ticket.marked_as_spam", Hint("ticket")),
        ("reconcile.ticket", Hint("ticket")),
        ("side_conversation.changed", Hint("conversations")),
        ("reconcile.conversations", Hint("conversations")),
    ],
)
def test_a_hint_about_a_ticket_reaches_its_case(
    desk: DeskOnFakes, heard: HeardEvents, kind: str, event: Hint
) -> None:
    desk.arrive()
    heard.events.clear()
    desk.receive(kind, {"ticket_id": "35"})
    handle(desk)
    assert heard.events == [event]


def test_a_merge_names_its_target(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    heard.events.clear()
    desk.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "36"})
    handle(desk)
    assert heard.events == [Hint("ticket", merged_into="36")]


def test_a_post_without_an_open_case_is_refused_with_a_note(desk: DeskOnFakes) -> None:
    desk.zendesk.add(a_ticket("77", on_form=False))
    desk.receive("assignment.post", {"ticket_id": "77", "text": "Hello"})
    desk.wait(seconds=10)
    assert len(desk.zendesk.notes()) == 1
    assert desk.workmarket.posted == []


def test_a_post_reaches_the_open_case(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    desk.receive("assignment.post", {"ticket_id": "35", "text": "Please answer."})
    desk.work()
    assert PostAsked("Please answer.") in heard.events
    assert len(desk.workmarket.posted) == 2


def test_a_request_from_outside_becomes_one_ticket_that_is_looked_at(desk: DeskOnFakes) -> None:
    told = {
        "assignment_id": "880011",
        "party": "worker",
        "reason": "approval_overdue",
        "requester": {"name": "Wanda Worker", "email": "wanda@example.com"},
        "description": "Nobody answers.",
    }
    desk.zendesk.add(a_ticket("900"))
    desk.receive("request.received", told, lane="request:abc", key="request:abc")
    desk.receive("request.received", told, lane="request:abc", key="request:abc")
    desk.work()
    assert list(desk.zendesk.created) == ["request:abc"]
    assert desk.case("900").state is State.TIER_1


def test_a_timer_reaches_its_case(desk: DeskOnFakes, heard: HeardEvents) -> None:
    case = desk.arrive()
    body = {"case_id": case.id, "timer": "tier_ends", "generation": 3}
    desk.receive("timer", body, lane="ticket:35")
    handle(desk)
    assert heard.events[-1] == TimerDue(Timer.TIER_ENDS, 3)


def test_commands_reach_their_case(desk: DeskOnFakes, heard: HeardEvents) -> None:
    case = desk.arrive()
    until = START + timedelta(days=9)
    ask_pause(desk.store, case.id, until, "Holidays", "Ada", START)
    handle(desk)
    ask_resume(desk.store, case.id, "Ada", START, "Back.")
    handle(desk)
    ask_close(desk.store, case.id, "Ada", START, "Agreed.")
    handle(desk)
    asked = [event for event in heard.events if isinstance(event, PauseAsked | ResumeAsked | CloseAsked)]
    assert asked == [
        PauseAsked(until, "Holidays", "Ada"),
        ResumeAsked("Ada", "Back."),
        CloseAsked("Ada", "Agreed."),
    ]
    assert desk.case().ended


def test_a_command_for_a_case_that_is_not_there_is_refused(desk: DeskOnFakes) -> None:
    with pytest.raises(LookupError, match="C-9"):
        ask_resume(desk.store, "C-9", "Ada", START)


def test_effects_to_one_place_keep_their_order(desk: DeskOnFakes) -> None:
    desk.arrive()
    lanes = [row.id for row in desk.effects() if row.lane == "ticket:35"]
    assert [update.id for update, _ in desk.zendesk.written] == lanes


def test_a_case_that_ends_posts_nothing_any_more(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.workmarket.fails("post", Transient("Away."))
    desk.submitted()
    desk.work()
    desk.store.write(lambda tx: tx.outbox.postpone(desk.post().id, "todo", START + timedelta(hours=1), ""))
    ask_close(desk.store, desk.case().id, "Ada", START)
    desk.wait(hours=2)
    assert desk.post().state == "discarded"
    assert desk.workmarket.posted == []


def test_a_row_that_cannot_be_handled_waits_a_few_times_and_is_then_a_dead_letter(desk: DeskOnFakes) -> None:
    desk.receive("rumour", {"ticket_id": "35", "text": "a secret"})
    for wait in (0, *WAITS):
        desk.clock.move(seconds=wait)
        assert handle(desk) == 0
    (letter,) = desk.store.read(lambda tx: tx.inbox.dead())
    assert letter.error is not None
    assert "LookupError" in letter.error
    assert "secret" not in letter.error


def test_a_failure_is_told_by_where_in_the_process_it_happened(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    heard.fails.append(ZeroDivisionError("a secret"))
    desk.changed()
    handle(desk)
    (told,) = [row.error for row in desk.events("") if row.error]
    assert re.fullmatch(r"Handling it failed with ZeroDivisionError at work\.py:\d+\.", told)


def test_a_row_that_cannot_be_handled_holds_up_its_own_lane_only(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    heard.fails.append(ZeroDivisionError("a secret"))
    desk.changed()
    desk.receive("ticket.changed", {"ticket_id": "36"})
    assert handle(desk) == 1
    desk.clock.move(seconds=WAITS[0])
    assert handle(desk) == 1


def test_several_rows_of_a_lane_are_handled_in_one_go_and_in_order(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    heard.events.clear()
    desk.changed()
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    desk.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "36"})
    assert handle(desk) == 3
    assert heard.events == [Hint("ticket"), Hint("conversations"), Hint("ticket", merged_into="36")]


def test_behind_a_row_that_fails_its_lane_is_left_for_later(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    heard.events.clear()
    heard.fails.append(ZeroDivisionError())
    desk.changed()
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    assert handle(desk) == 0
    desk.clock.move(seconds=WAITS[0])
    assert handle(desk) == 2
    assert heard.events == [Hint("ticket"), Hint("ticket"), Hint("conversations")]


def test_of_rows_that_are_handled_together_only_the_one_that_fails_and_its_lane_are_left(
    desk: DeskOnFakes, heard: HeardEvents
) -> None:
    desk.arrive()
    desk.receive("ticket.changed", {"ticket_id": "36"})
    desk.changed()
    desk.receive("ticket.changed", {"ticket_id": "37"})
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    heard.fails.append(ZeroDivisionError())
    assert handle(desk) == 2
    assert len(look_rows(desk)) == 2
    desk.clock.move(seconds=WAITS[0])
    assert handle(desk) == 2


SPOILT = ("{", "null", "[" * 5000)


def spoil(store: Store, box: Table, lane: str, left: str) -> None:
    """What a broken disk, or a hand, leaves of a body."""
    broken = update(box).where(box.c.lane == lane).values(body=literal_column(f"'{left}'"))
    store.write(lambda tx: tx.inbox._connection.execute(broken))


@pytest.mark.parametrize("left", SPOILT, ids=("cut", "null", "too deep"))
def test_a_body_that_is_no_json_any_more_holds_up_its_own_lane_until_it_is_a_dead_letter(
    desk: DeskOnFakes, left: str
) -> None:
    for ticket in ("36", "37", "38"):
        desk.receive("ticket.changed", {"ticket_id": ticket})
    spoil(desk.store, inbox, "ticket:37", left)
    assert handle(desk) == 2
    for wait in WAITS:
        desk.clock.move(seconds=wait)
        assert handle(desk) == 0
    (letter,) = dead_letters(desk.store)
    assert (letter.kind, letter.body) == ("ticket.changed", {})


@pytest.mark.parametrize("left", (*SPOILT, '{"type": "look", "ticket_id": "36", "scope": 5}'))
def test_an_effect_whose_body_is_no_json_any_more_holds_up_no_other_lane(desk: DeskOnFakes, left: str) -> None:
    for ticket in ("36", "37"):
        desk.zendesk.add(a_ticket(ticket))
        desk.submitted(ticket)
    handle(desk)
    spoil(desk.store, outbox, "look:ticket:36", left)
    desk.work()
    assert [letter.kind for letter in dead_letters(desk.store)] == ["look"]
    assert desk.case("37").state is State.TIER_1


def test_what_collides_together_is_handled_once_each_for_itself(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    desk.receive("ticket.changed", {"ticket_id": "36"})
    desk.changed()
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    heard.events.clear()
    heard.fails.append(VersionConflict())
    assert handle(desk) == 3
    assert heard.events == [Hint("ticket"), Hint("ticket"), Hint("conversations")]
    assert len(look_rows(desk)) == 2


def test_a_case_that_several_rows_speak_of_is_read_once_while_nothing_changes_it(desk: DeskOnFakes) -> None:
    desk.arrive()
    for kind in ("ticket.changed", "side_conversation.changed", "ticket.undeleted"):
        desk.receive(kind, {"ticket_id": "35"})
    with overheard(asked := []):
        assert handle(desk) == 3
    assert len([statement for statement in asked if "FROM cases" in statement]) == 1


def test_a_policy_is_kept_anew_where_the_database_was_put_back_from_before(store: Store, clock: Clock) -> None:
    policies = PolicyVersions(policy())
    policies.is_kept = True
    handler = InboxHandler(store, policies)
    seen = encode_message("observed", LookResult(event=Observed(ticket=a_ticket()), ticket_id="35"))
    store.write(lambda tx: tx.inbox.record("a", "observed", "ticket:35", seen, START))
    assert handler.handle_ready(START).rows == 0
    assert handler.handle_ready(START + timedelta(seconds=WAITS[0])).rows == 1
    assert policies.is_kept
    assert store.read(lambda tx: tx.policies.get(policies.digest)) is not None


def test_every_lane_has_its_turn_also_where_few_are_listed_at_once(desk: DeskOnFakes) -> None:
    for ticket in ("97", "98", "99"):
        desk.receive("ticket.status_changed", {"ticket_id": ticket})
    handler = desk.stepped.handler
    assert [handler.handle_ready(desk.clock(), 1).rows for _ in range(4)] == [1, 1, 1, 0]
    desk.receive("ticket.status_changed", {"ticket_id": "96"})
    assert handler.handle_ready(desk.clock(), 1).rows == 1


def test_a_failure_leaves_nothing_behind(desk: DeskOnFakes, heard: HeardEvents) -> None:
    before = desk.arrive()
    effects = len(desk.effects())
    heard.fails.append(ZeroDivisionError())
    desk.changed()
    handle(desk)
    assert desk.case() == before
    assert len(desk.effects()) == effects


def test_failures_and_handled_rows_are_counted(store: Store, clock: Clock) -> None:
    counted: list[tuple[str, str]] = []
    handler = InboxHandler(store, policy(), count=lambda what, kind: counted.append((what, kind)))
    store.write(lambda tx: tx.inbox.record("a", "ticket.changed", "ticket:1", {"ticket_id": "1"}, START))
    store.write(lambda tx: tx.inbox.record("b", "rumour", "ticket:2", {}, START))
    handler.handle_ready(START)
    assert sorted(counted) == [("failed", "inbox"), ("handled", "ticket.changed")]


def test_a_row_is_handled_once(desk: DeskOnFakes) -> None:
    desk.submitted()
    (row,) = desk.store.read(lambda tx: next_rows(tx, 10, START))
    assert desk.stepped.handler.handle(row.id, START)
    assert not desk.stepped.handler.handle(row.id, START)


def test_a_row_is_not_handled_before_the_older_ones_of_its_lane(desk: DeskOnFakes) -> None:
    desk.submitted()
    desk.receive("ticket.status_changed", {"ticket_id": "35"})
    older, younger = 1, 2
    assert not desk.stepped.handler.handle(younger, START)
    assert desk.stepped.handler.handle(older, START)
    assert desk.stepped.handler.handle(younger, START)


def test_a_policy_edited_meanwhile_does_not_change_a_running_case(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    edited = replace(policy(), tier_1_hours=480.0)
    desk.stepped = replace(desk.stepped, handler=InboxHandler(desk.store, edited))
    desk.wait(days=3)
    assert desk.case().state is State.TIER_2
    stored = desk.store.read(lambda tx: tx.cases.get(case.id))
    assert stored is not None
    assert stored.policy == policy().fingerprint()


def test_a_result_that_came_twice_is_heard_once(desk: DeskOnFakes, heard: HeardEvents) -> None:
    desk.arrive()
    done = [event for event in heard.events if event.type == "done"]
    effects = [row.id for row in desk.effects() if row.kind != "look"]
    assert sorted(event.effect_id for event in done) == sorted(effects)


def test_an_observation_of_a_ticket_that_the_case_left_is_ignored(desk: DeskOnFakes, heard: HeardEvents) -> None:
    case = desk.arrive()
    heard.events.clear()
    body = encode_message("observed", LookResult(case_id=case.id, event=Observed(gone=True), ticket_id="34"))
    desk.receive("observed", body, lane="ticket:35")
    handle(desk)
    assert heard.events == []


def test_a_case_that_changes_nothing_is_not_written(desk: DeskOnFakes) -> None:
    case = desk.arrive()
    before = desk.store.read(lambda tx: tx.cases.get(case.id))
    desk.changed()
    handle(desk)
    assert desk.store.read(lambda tx: tx.cases.get(case.id)) == before
