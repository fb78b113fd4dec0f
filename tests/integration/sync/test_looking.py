"""A look reads both services once, believes nothing half read, and comes back as one observation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.errors import Misconfigured, Permanent, Transient
from escalation.model.effects import Look
from escalation.model.values import State
from escalation.model.views import Absent, Comment
from sync.limits.companies import OneCompany
from sync.outbox.looking import Looker
from sync.outbox.retry_schedule import LONGEST_READ_WAIT
from sync.outbox.stamps import stamp_of
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.fakes import a_ticket, an_assignment
from tests.integration.sync.policy import START

ALL = frozenset({"ticket", "assignment", "conversations"})


@pytest.fixture
def looker(desk: DeskOnFakes) -> Looker:
    return Looker(desk.zendesk, OneCompany(desk.workmarket))


def first_look(desk: DeskOnFakes) -> tuple[str, int]:
    (row,) = [row for row in desk.unfinished() if row.kind == "look"]
    return row.state, row.attempts


def test_the_first_look_brings_ticket_and_assignment(looker: Looker) -> None:
    seen = looker.perform(Look("35", frozenset({"ticket", "assignment"})))
    assert seen.ticket == a_ticket()
    assert seen.assignment == an_assignment()
    assert seen.conversations is None


def test_the_field_as_it_is_now_names_the_assignment(desk: DeskOnFakes, looker: Looker) -> None:
    desk.workmarket.add(an_assignment("7"))
    desk.zendesk.add(a_ticket(fields={"assignment_id": "7"}))
    seen = looker.perform(Look("35", ALL, assignment_id="880011"))
    assert seen.assignment == an_assignment("7")


def test_the_case_s_assignment_is_read_where_the_field_is_empty(desk: DeskOnFakes, looker: Looker) -> None:
    desk.zendesk.add(a_ticket(fields={}))
    assert looker.perform(Look("35", ALL, assignment_id="880011")).assignment == an_assignment()


def test_an_assignment_that_is_not_there_is_absent(desk: DeskOnFakes, looker: Looker) -> None:
    desk.zendesk.add(a_ticket(fields={"assignment_id": "404"}))
    assert looker.perform(Look("35", ALL)).assignment == Absent("404")


def test_an_assignment_nobody_asked_for_is_not_read(desk: DeskOnFakes, looker: Looker) -> None:
    assert looker.perform(Look("35", frozenset({"ticket"}))).assignment is None
    assert desk.workmarket.calls == []


def test_a_ticket_that_is_gone_costs_workmarket_nothing(desk: DeskOnFakes, looker: Looker) -> None:
    assert looker.perform(Look("404", ALL, assignment_id="880011")).gone
    assert desk.workmarket.calls == []


def test_each_number_of_a_reply_is_tried_up_to_ten(desk: DeskOnFakes, looker: Looker) -> None:
    numbers = ("880011", *map(str, range(2, 12)))
    seen = looker.perform(Look("35", frozenset({"ticket"}), candidates=numbers))
    assert [one.id for one in seen.candidates] == list(numbers[:10])
    assert seen.candidates[0] == an_assignment()


def test_the_ticket_merged_into_is_read(desk: DeskOnFakes, looker: Looker) -> None:
    desk.zendesk.add(a_ticket("36"))
    target = looker.perform(Look("35", ALL, merged_into="36")).merge_target
    assert target is not None
    assert (target.ticket_id, target.requester_id) == ("36", "501")


def test_a_merge_target_that_is_gone_belongs_to_nobody(looker: Looker) -> None:
    target = looker.perform(Look("35", ALL, merged_into="404")).merge_target
    assert target is not None
    assert target.requester_id == ""


@pytest.mark.parametrize("trouble", [Transient("Away."), Permanent("forbidden", "No."), KeyError("a secret")])
def test_a_look_that_fails_in_any_part_is_made_again_as_a_whole(desk: DeskOnFakes, trouble: Exception) -> None:
    desk.workmarket.fails("read", trouble)
    desk.submitted()
    desk.work()
    assert first_look(desk) == ("todo", 1)
    assert desk.zendesk.written == []
    desk.wait(seconds=10)
    assert desk.case().state is State.TIER_1


def test_after_a_long_outage_a_look_is_made_again_within_ten_minutes(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("read", *[Transient("Away.")] * 100)
    desk.submitted()
    desk.work()
    desk.wait(hours=10)
    (row,) = desk.unfinished()
    assert row.due - desk.clock() <= timedelta(seconds=LONGEST_READ_WAIT)


def test_an_outage_of_many_days_delays_a_case_and_does_not_leave_it_to_a_person(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("read", *[Transient("Away.")] * 300)
    desk.submitted()
    desk.work()
    desk.wait(days=3)
    assert desk.store.read(lambda tx: tx.outbox.dead_letters()) == []
    desk.wait(days=1)
    assert desk.case().state is State.TIER_1


def test_a_look_that_is_forbidden_for_days_is_a_dead_letter(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("read", *[Permanent("forbidden", "It may not be read.")] * 1000)
    desk.submitted()
    desk.work()
    desk.wait(days=3)
    (letter,) = desk.store.read(lambda tx: tx.outbox.dead_letters())
    assert letter.kind == "look"


def test_a_look_with_refused_credentials_waits_for_a_person(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("read", *[Misconfigured("Check them.")] * 1000)
    desk.submitted()
    desk.work()
    desk.wait(days=3)
    assert desk.store.read(lambda tx: tx.outbox.dead_letters()) == []


def test_a_look_whose_process_was_killed_is_simply_made_again(desk: DeskOnFakes) -> None:
    desk.submitted()
    desk.stepped.handler.handle_ready(desk.clock())
    (row,) = desk.unfinished()
    desk.store.write(lambda tx: tx.outbox.mark_in_flight(row.id, START))
    desk.work()
    assert desk.case().state is State.TIER_1


def test_news_that_come_while_a_look_is_under_way_are_looked_at_too(desk: DeskOnFakes) -> None:
    desk.arrive()
    looked: list[int] = []

    def change_meanwhile(verb: str) -> None:
        if verb == "look" and not looked:
            looked.append(1)
            desk.changed()
            desk.stepped.handler.handle_ready(desk.clock())

    desk.zendesk.at_call = change_meanwhile
    desk.changed()
    desk.work()
    assert desk.zendesk.calls.count("look") == 3


def test_an_echo_of_our_own_update_costs_one_call(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.zendesk.calls.clear()
    desk.workmarket.calls.clear()
    desk.changed()
    desk.work()
    assert desk.zendesk.calls == ["look"]
    assert desk.workmarket.calls == []


def test_looks_that_wait_become_one_that_asks_for_everything(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.changed()
    desk.stepped.handler.handle_ready(desk.clock())
    desk.receive("ticket.merged", {"ticket_id": "35", "target_ticket_id": "36"})
    desk.stepped.handler.handle_ready(desk.clock())
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    desk.stepped.handler.handle_ready(desk.clock())
    (row,) = desk.unfinished()
    assert set(row.body["scope"]) == {"ticket", "conversations"}
    assert row.body["merged_into"] == "36"


def test_what_an_agent_wrote_is_seen_after_the_hint(desk: DeskOnFakes) -> None:
    desk.arrive()
    desk.clock.move(hours=1)
    desk.zendesk.update("35", comment=Comment("c9", "We are at it.", True))
    desk.changed()
    desk.work()
    assert desk.case().last_public == desk.clock()


def test_a_look_that_came_back_late_does_not_take_a_stamp_back(desk: DeskOnFakes) -> None:
    desk.arrive()
    written = desk.zendesk.tickets["35"]
    desk.zendesk.tickets["35"] = replace(written, updated_at=START - timedelta(days=1))
    desk.receive("side_conversation.changed", {"ticket_id": "35"})
    desk.work()
    assert desk.store.read(lambda tx: stamp_of(tx, "35")) == written.updated_at
