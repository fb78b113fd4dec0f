"""Agents move a case by macro, status or field, and are believed."""

import pytest

from tests.desk import MANAGER, NOT_ELIGIBLE, TIER_1, TIER_2, TIER_3, Desk, both_parties, ny

OFF_PLATFORM = "Escalation::Off platform"
UPDATE = "Escalation::Requester update"
TIER_FIELD = "Escalation tier"


@both_parties
def test_a_tiers_macro_moves_the_case_on_and_its_text_is_the_only_one(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, macro=TIER_2)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.shown(ticket, TIER_FIELD) == "escalation_tier_2"
    assert desk.mails(ticket) == [desk.their_address]
    assert len(desk.said(ticket)) == 2


@both_parties
def test_a_tiers_macro_starts_the_tiers_clock_and_leaves_the_month(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, macro=TIER_2)
    desk.for_(minutes=1)
    assert desk.due(ticket, "tier_ends") == ny("2026-03-05 10:00")
    assert desk.due(ticket, "next_update") == ny("2026-03-05 10:00")
    assert desk.due(ticket, "month_ends") == ny("2026-04-02 10:00")


@both_parties
def test_back_to_tier_1_sends_the_other_side_nothing_again(desk: Desk):
    number, ticket = desk.begun(2)
    desk.until(ny("2026-03-05 10:00"))
    desk.agent(ticket, macro=TIER_1)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert desk.due(ticket, "tier_ends") == ny("2026-03-09 10:00")


def test_after_the_way_back_tier_2_sends_its_e_mail_no_second_time(desk: Desk):
    _, ticket = desk.begun(2)
    desk.until(ny("2026-03-05 10:00"))
    desk.agent(ticket, tier=1)
    desk.until(ny("2026-03-09 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [MANAGER]


@both_parties
def test_the_macro_of_the_tier_it_is_in_changes_nothing_but_counts_as_an_update(desk: Desk):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, macro=TIER_1)
    desk.for_(minutes=1)
    assert len(desk.messages(number)) == 1
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")
    assert desk.due(ticket, "next_update") == ny("2026-03-05 10:00")


@both_parties
def test_a_tier_field_alone_moves_the_case_and_the_desk_says_the_tiers_text(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert len(desk.said(ticket)) == 2
    assert "writing to the other side directly" in desk.said(ticket)[-1]


@both_parties
def test_a_tier_status_alone_moves_the_case(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, status="Tier 2: direct contact")
    desk.for_(minutes=1)
    assert desk.shown(ticket, TIER_FIELD) == "escalation_tier_2"
    assert desk.mails(ticket) == [desk.their_address]
    assert "writing to the other side directly" in desk.said(ticket)[-1]


def test_the_tier_field_wins_over_the_status(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, tier=3, status="Tier 2: direct contact")
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 3: account manager"
    assert desk.mails(ticket) == []


@both_parties
def test_a_tier_with_a_public_comment_of_the_agent_says_nothing_more(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, tier=2, comment="I am writing to their manager now.")
    desk.for_(minutes=1)
    assert desk.said(ticket)[1:] == ["I am writing to their manager now."]
    assert desk.mails(ticket) == [desk.their_address]


@both_parties
def test_a_cleared_tier_field_is_ignored_with_a_note(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, tier=0)
    assert desk.state(ticket) == "tier_1"
    assert "The field Escalation tier was cleared." in desk.notes(ticket)[-1]
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


@pytest.mark.parametrize("said", [{"comment": "I have called them twice."}, {"macro": UPDATE}])
@both_parties
def test_an_agents_public_comment_counts_as_the_update(desk: Desk, said: dict[str, str]):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, **said)
    assert desk.due(ticket, "next_update") == ny("2026-03-05 12:00")
    assert desk.shown(ticket, "Next update due") == "Thu 5 Mar 2026, 12:00 EST"


def test_an_agents_internal_note_is_no_update(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, comment="Looks odd to me.", public=False)
    assert desk.due(ticket, "next_update") == ny("2026-03-04 10:00")


@pytest.mark.parametrize("how", [{"macro": NOT_ELIGIBLE}, {"status": "Not eligible"}])
@both_parties
def test_an_agent_refuses_and_the_desk_says_nothing(desk: Desk, how: dict[str, str]):
    _, ticket = desk.begun()
    desk.agent(ticket, **how)
    said = desk.said(ticket)
    desk.until(ny("2026-04-10 10:00"))
    assert (desk.state(ticket), desk.status(ticket)) == ("not_eligible", "Not eligible")
    assert desk.said(ticket) == said
    assert len(said) == (2 if "macro" in how else 1)
    assert desk.told(ticket)["deadlines"] == []


@pytest.mark.parametrize("how", [{"macro": OFF_PLATFORM}, {"status": "Closed: off platform"}])
@both_parties
def test_an_agent_ends_it_off_platform_before_the_month(desk: Desk, how: dict[str, str]):
    _, ticket = desk.begun()
    desk.agent(ticket, **how)
    assert (desk.state(ticket), desk.status(ticket)) == ("off_platform", "Closed: off platform")
    desk.until(ny("2026-04-10 10:00"))
    assert sum("adr.org" in said for said in desk.said(ticket)) == ("macro" in how)


@both_parties
def test_solving_by_an_agent_ends_the_case_and_nothing_follows(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Solved")
    desk.until(ny("2026-04-10 10:00"))
    assert len(desk.said(ticket)) == 1
    assert desk.mails(ticket) == []
    assert len(desk.messages(number)) == 1


@both_parties
def test_zendesks_own_statuses_move_nothing(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, status="Pending")
    assert desk.state(ticket) == "tier_1"
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


@both_parties
def test_needs_review_by_an_agent_stops_the_tier_and_tells_the_requester_once(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, status="Needs review")
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Needs review"
    assert desk.mails(ticket) == []
    assert [("has been asked to look at" in said) for said in desk.said(ticket)] == [
        False,
        True,
    ]


def test_waiting_for_a_date_by_hand_has_no_date_and_is_put_back(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, status="Waiting for date")
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert "there is no date to wait for" in desk.notes(ticket)[-1]


@both_parties
def test_an_agents_question_waits_for_the_requester_and_the_answer_is_read_by_a_person(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, status="Waiting on requester", comment="Which router was it?")
    assert desk.state(ticket) == "waiting_on_requester"
    desk.reply(ticket, "The grey one.")
    assert desk.status(ticket) == "Needs review"


def test_a_macro_of_a_later_tier_while_the_first_message_is_stuck_goes_there(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", times=2, status=503)
    ticket = desk.submit(number)
    desk.agent(ticket, macro=TIER_2)
    desk.for_(minutes=10)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert len(desk.messages(number)) <= 1
    assert desk.mails(ticket) == [MANAGER]


def test_the_journal_names_the_agent_who_moved_the_case(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, macro=TIER_3, agent="Gus Guide")
    desk.for_(minutes=1)
    lines = desk.app.store.read(lambda tx: tx.journal.of_case(desk.case(ticket).id))
    assert ("Gus Guide", "tier_1 → tier_3") in [(line.actor, line.what) for line in lines]
