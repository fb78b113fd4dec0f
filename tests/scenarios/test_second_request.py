"""A second request about the same assignment and side."""

from escalation.explain import explain
from escalation.model.values import EndedBy
from escalation.telling.progress_page import progress_page
from escalation.telling.stored import StoredCase
from parley.report.making import make_report, report_json
from parley.report.periods import period_of
from tests.beginning import WANDA
from tests.desk import START, Desk, both_parties, ny

ELSE = "else@example.com"
MORE = "And they still don't answer."


@both_parties
def test_the_same_users_second_request_joins_the_first(desk: Desk):
    number, first = desk.begun()
    second = desk.escalate(number, description=MORE)
    assert (desk.state(second), desk.status(second)) == ("joined", "Joined another request")
    assert f"#{first}" in desk.said(second)[-1]
    assert [MORE in note for note in desk.notes(first)].count(True) == 1


def test_a_joined_request_reads_to_its_requester_as_one_that_goes_on_elsewhere(desk: Desk):
    number, _ = desk.begun()
    second = desk.submit(number, description=MORE)
    assert desk.requesters_word(second) == "Continues in another request"
    assert "checking → joined" in desk.journal(second)
    assert desk.told(second)["state"] == "joined"


def test_a_joined_request_is_counted_and_told_to_agents_as_joined_and_as_nothing_else(desk: Desk):
    number, _ = desk.begun()
    second = desk.submit(number, description=MORE)
    desk.for_(minutes=1)
    week = period_of("week", START.date(), "America/New_York")
    made = report_json(make_report(desk.app.store, desk.app.policy, week, desk.clock(), names={}))
    counted = {row["end"]: row["cases"] for row in made["figures"]["outcomes"]["rows"]}
    assert {end for end, cases in counted.items() if cases} == {"joined"}
    assert counted["joined"] == 1
    assert desk.case(second).ended_by is EndedBy.JOINED
    told = explain(desk.case(second), desk.app.policy.calendar)
    assert "It has ended: it joined another request of the same requester." in told
    page = progress_page(StoredCase(desk.case(second)), desk.clock(), desk.app.policy)
    assert page is not None and "Your request goes on in another one of yours" in page.view.state_said


@both_parties
def test_an_agent_may_say_that_a_request_joins_another(desk: Desk):
    _, ticket = desk.begun()
    said = desk.said(ticket)
    desk.agent(ticket, status="Joined another request")
    desk.until(ny("2026-03-20 10:00"))
    assert (desk.state(ticket), desk.status(ticket)) == ("joined", "Joined another request")
    assert desk.said(ticket) == said


@both_parties
def test_a_reply_to_a_joined_request_is_for_a_person(desk: Desk):
    number, _ = desk.begun()
    second = desk.escalate(number, description=MORE)
    desk.reply(second, "And one thing more.")
    assert (desk.state(second), desk.status(second)) == ("needs_review", "Needs review")


def test_in_an_account_set_up_by_an_earlier_version_it_is_solved_until_the_next_apply(desk: Desk):
    """That account has no such status, and the desk knows of none."""
    desk.never_made("joined", "Joined another request")
    number, first = desk.begun()
    second = desk.submit(number, description=MORE)
    assert (desk.state(second), desk.status(second)) == ("joined", "Solved")
    assert f"#{first}" in desk.said(second)[-1]
    desk.set_up_again()
    third = desk.submit(number, description=MORE)
    assert desk.status(third) == "Joined another request"


@both_parties
def test_a_joined_request_leaves_the_first_case_as_it_was(desk: Desk):
    number, first = desk.begun()
    deadlines = desk.told(first)["deadlines"]
    desk.for_(hours=1)
    desk.escalate(number, description=MORE)
    assert desk.told(first)["deadlines"] == deadlines
    assert desk.status(first) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(first)) == 1


def test_two_requests_at_one_moment_are_one_case_and_one_message(desk: Desk):
    number = desk.assignment()
    first = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    second = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    desk.live()
    assert sorted([desk.status(first), desk.status(second)]) == [
        "Joined another request",
        "Tier 1: assignment message",
    ]
    assert len(desk.messages(number)) == 1


@both_parties
def test_a_request_after_the_first_case_has_ended_is_a_case_of_its_own(desk: Desk):
    number, first = desk.begun()
    desk.people.solve(first)
    desk.live()
    second = desk.escalate(number)
    assert desk.status(second) == "Tier 1: assignment message"


@both_parties
def test_another_users_request_waits_for_a_person_and_is_told_nothing_of_the_first(desk: Desk):
    number, first = desk.begun()
    second = desk.submit(number, requester_email=ELSE, name="Eve Else")
    assert desk.status(second) == "Needs review"
    assert any(f"#{first}" in note for note in desk.notes(second))
    told = "".join(desk.said(second))
    assert f"#{first}" not in told
    assert "Wanda" not in told
    assert "already" not in told


def test_another_users_request_leaves_the_first_case_as_it_was(desk: Desk):
    number, first = desk.begun()
    notes = desk.notes(first)
    desk.submit(number, requester_email=ELSE, name="Eve Else", description="I know all about it.")
    assert desk.state(first) == "tier_1"
    assert desk.notes(first) == notes
    assert len(desk.messages(number)) == 1


@both_parties
def test_another_users_request_hears_nothing_of_an_answer_to_the_first(desk: Desk):
    number, _ = desk.begun()
    second = desk.submit(number, requester_email=ELSE, name="Eve Else")
    desk.message(number, desk.other, "For Wanda: we pay on Friday.")
    assert "Friday" not in "".join(desk.said(second))
    assert desk.state(second) == "needs_review"


@both_parties
def test_an_unverified_request_blocks_nobody(desk: Desk):
    number = desk.assignment()
    stranger = desk.submit(number, requester_email=ELSE, name="Eve Else", verified=False)
    assert desk.state(stranger) == "needs_review"
    rightful = desk.escalate(number)
    assert desk.status(rightful) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1


def test_requests_of_the_two_sides_do_not_meet(desk: Desk):
    number, worker = desk.begun()
    client = desk.submit(number, requester_email="olaf@example.com", name="Olaf Owner", party="client")
    assert desk.status(client) == "Needs review"
    assert desk.state(worker) == "tier_1"
    assert not any(f"#{worker}" in text for text in desk.said(client))


def test_requests_about_two_assignments_are_two_cases(desk: Desk):
    (one, first), (other, second) = desk.begun(), desk.begun()
    desk.message(one, "owner", "Hello.")
    assert (desk.state(first), desk.state(second)) == ("other_side_responded", "tier_1")
    desk.until(ny("2026-03-04 10:01"))
    assert (desk.state(first), desk.state(second)) == ("other_side_responded", "tier_2")
    assert len(desk.messages(other)) == 1
