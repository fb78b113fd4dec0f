"""How a case ends or moves house: solved, spam, deleted, merged, ruled out, closed by Zendesk, hidden."""

import pytest

from tests.desk import ASKS, TIER_1, Desk, OpenDesk, both_parties, ny

VIOLATION = "Violation reported"
ELSE = "else@example.com"
LATE = ny("2026-04-20 10:00")


def other_ticket(desk: Desk, requester_email: str = "") -> int:
    """A ticket on another form, of the same requester or of another, with which the desk has nothing to do."""
    account = desk.zendesk.account
    requester_email = requester_email or ASKS[desk.party][1]
    user = account.user_by_email(requester_email) or account.add_user("Wanda Worker", requester_email)
    form = desk.zendesk.form_id("Default Ticket Form")
    wanted = {"subject": "Hello", "comment": {"body": "Something else."}, "ticket_form_id": form}
    ticket = desk.zendesk.engine.create({**wanted, "requester_id": user.id}, user).ticket.id
    desk.live()
    return ticket


@both_parties
def test_a_ticket_marked_as_spam_closes_the_case_and_nothing_is_posted_any_more(desk: Desk):
    number, ticket = desk.begun()
    desk.people.spam(ticket)
    desk.live()
    assert desk.case(ticket).ended
    desk.until(LATE)
    assert len(desk.messages(number)) == 1
    assert desk.told(ticket)["deadlines"] == []


@both_parties
def test_a_deleted_ticket_closes_the_case_and_nothing_is_posted_any_more(desk: Desk):
    number, ticket = desk.begun()
    desk.people.delete(ticket)
    desk.live()
    assert desk.case(ticket).ended
    desk.until(LATE)
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 1


@both_parties
def test_before_tier_1_a_solved_ticket_gets_no_text_either(desk: Desk):
    ticket = desk.submit(desk.assignment(), requester_email=ELSE)
    said = len(desk.said(ticket))
    desk.people.solve(ticket)
    desk.live()
    desk.until(LATE)
    assert len(desk.said(ticket)) == said


@both_parties
def test_a_request_deleted_before_it_is_read_leaves_nothing_behind(desk: Desk):
    number = desk.assignment()
    ticket = desk.fill_in(number)
    desk.people.delete(ticket)
    desk.live()
    desk.until(LATE)
    assert desk.messages(number) == []
    assert desk.said(ticket) == []


@both_parties
def test_an_undeleted_ticket_is_for_a_person_and_nothing_is_sent(desk: Desk):
    number, ticket = desk.begun()
    desk.people.delete(ticket)
    desk.live()
    desk.people.undelete(ticket)
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    desk.until(LATE)
    assert len(desk.said(ticket)) == 1
    assert len(desk.messages(number)) == 1


@both_parties
def test_merged_into_a_ticket_of_the_same_requester_the_case_moves_there(desk: Desk):
    number, ticket = desk.begun()
    target = other_ticket(desk)
    desk.people.merge(ticket, target)
    desk.for_(seconds=5)  # the merge changed the target this second: its stamp has to grow older
    assert desk.state(target) == "tier_1"
    assert desk.status(target) == "Tier 1: assignment message"
    assert any(f"#{ticket} was merged into it" in note for note in desk.notes(target))
    assert len(desk.messages(number)) == 1


@both_parties
def test_a_moved_case_goes_on_from_its_new_ticket(desk: Desk):
    number, ticket = desk.begun()
    target = other_ticket(desk)
    desk.people.merge(ticket, target)
    desk.live()
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(target) == "Tier 2: direct contact"
    assert desk.mails(target) == [desk.their_address]
    assert len(desk.said(ticket)) == 1
    desk.message(number, desk.other, "Sorry!")
    assert desk.status(target) == "Other side responded"


@both_parties
def test_merged_into_anothers_ticket_the_case_closes(desk: Desk):
    number, ticket = desk.begun()
    target = other_ticket(desk, ELSE)
    desk.people.merge(ticket, target)
    desk.live()
    desk.until(LATE)
    assert desk.case(ticket).ended
    assert len(desk.messages(number)) == 1
    assert desk.said(target) == []


@both_parties
def test_merged_into_a_ticket_that_has_a_case_the_case_closes_and_the_other_goes_on(desk: Desk):
    _, ticket = desk.begun()
    _, target = desk.begun()
    desk.people.merge(ticket, target)
    desk.live()
    assert desk.state(target) == "tier_1"
    desk.until(ny("2026-03-04 10:01"))
    assert desk.state(target) == "tier_2"
    assert desk.mails(ticket) == []


@both_parties
def test_a_ticked_violation_ends_the_case_worded_neutrally(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, fields={VIOLATION: True})
    assert (desk.state(ticket), desk.status(ticket)) == ("not_eligible", "Not eligible")
    assert len(desk.said(ticket)) == 2
    assert "violat" not in desk.said(ticket)[-1].lower()
    desk.until(LATE)
    assert len(desk.messages(number)) == 1


@both_parties
def test_an_unticked_violation_is_for_a_person(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, fields={VIOLATION: True})
    said = len(desk.said(ticket))
    desk.agent(ticket, fields={VIOLATION: False})
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    desk.until(LATE)
    assert len(desk.said(ticket)) == said


@both_parties
def test_an_answer_after_the_end_is_an_internal_note_only(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    said = len(desk.said(ticket))
    desk.message(number, desk.other, "Here I am.")
    assert "after the case had ended" in desk.notes(ticket)[-1]
    assert "Here I am." in desk.notes(ticket)[-1]
    assert desk.zendesk.ticket(ticket)["status"] == "solved"
    desk.until(LATE)
    assert len(desk.said(ticket)) == said


@both_parties
def test_a_late_answer_by_e_mail_is_an_internal_note_only(desk: Desk):
    _, ticket = desk.begun(2)
    desk.people.solve(ticket)
    desk.live()
    desk.for_(minutes=1)
    desk.mail_back(ticket, desk.their_address, "Here I am.")
    desk.for_(minutes=1)
    assert "Here I am." in desk.notes(ticket)[-1]
    assert desk.zendesk.ticket(ticket)["status"] == "solved"


@both_parties
def test_a_follow_up_by_the_requester_is_adopted(desk: Desk):
    number, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.for_(days=5)
    assert desk.people.close_solved() == [ticket]
    desk.live()
    follow_up = desk.reply(ticket, "It is still open!")
    assert follow_up != ticket
    assert desk.case(follow_up).id.startswith("C-")
    assert (desk.state(follow_up), desk.status(follow_up)) == ("needs_review", "Needs review")
    assert len(desk.messages(number)) == 1


@both_parties
def test_an_adopted_follow_up_can_be_put_in_a_tier(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.for_(days=5)
    desk.people.close_solved()
    follow_up = desk.reply(ticket, "It is still open!")
    desk.agent(follow_up, tier=2)
    desk.for_(minutes=1)
    assert desk.status(follow_up) == "Tier 2: direct contact"
    assert desk.mails(follow_up) == [desk.their_address]


def owed_on_a_closed_ticket(desk: Desk) -> tuple[int, int]:
    """Zendesk closed a ticket before the case's last text could be sent: that ticket, and the follow-up."""
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", status=503)
    desk.until(desk.due(ticket, "confirmation"))
    desk.people.close(ticket)
    desk.for_(minutes=5)
    return ticket, max(desk.zendesk.account.tickets)


@both_parties
def test_a_last_text_that_met_a_closed_ticket_goes_out_on_a_follow_up(desk: Desk):
    ticket, follow_up = owed_on_a_closed_ticket(desk)
    assert follow_up != ticket
    assert "we take it that the matter is settled" in desk.zendesk.public_comments(follow_up)[0]
    assert desk.zendesk.ticket(follow_up)["via"]["source"]["rel"] == "follow_up"
    assert (desk.state(follow_up), desk.status(follow_up)) == ("resolved", "Resolved")


def test_a_follow_up_of_ours_is_the_cases_ticket_and_begins_no_other_case(desk: Desk):
    _, follow_up = owed_on_a_closed_ticket(desk)
    desk.for_(days=2)
    assert len(desk.app.store.read(lambda tx: tx.cases.list())) == 1
    assert len(desk.zendesk.comments(follow_up)) == 1
    desk.reply(follow_up, "It is not settled.")
    assert desk.state(follow_up) == "needs_review"


@both_parties
def test_solving_assigns_an_unassigned_ticket_to_the_integrations_user(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Resolved"
    assert desk.zendesk.ticket(ticket)["assignee_id"] == desk.zendesk.agent("Parley").id


def test_solving_assigns_an_unassigned_ticket_to_solve_as(open_desk: OpenDesk):
    desk = open_desk(solve_as="ada@example.com")
    ada = desk.zendesk.agent("Ada Agent")
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Resolved"
    assert desk.zendesk.ticket(ticket)["assignee_id"] == ada.id


def test_solving_leaves_the_assignee_there_is(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, assignee="Gus Guide")
    desk.workmarket.approve(number)
    desk.live()
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Resolved"
    assert desk.zendesk.ticket(ticket)["assignee_id"] == desk.zendesk.agent("Gus Guide").id


@both_parties
def test_an_assignment_that_is_hidden_is_a_note_and_the_clocks_run(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.hide(number)
    desk.until(ny("2026-03-04 10:01"))
    assert desk.state(ticket) == "tier_2"
    desk.until(ny("2026-03-06 10:01"))
    assert desk.state(ticket) == "tier_3"
    assert [f"no longer shows us assignment {number}" in note for note in desk.notes(ticket)].count(True) == 1


@both_parties
def test_an_assignment_that_is_back_is_a_note(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.hide(number)
    desk.until(ny("2026-03-04 10:01"))
    desk.workmarket.show(number)
    desk.until(ny("2026-03-06 10:01"))
    assert any(f"shows us assignment {number} again" in note for note in desk.notes(ticket))


@both_parties
def test_a_label_that_may_mean_a_violation_stops_a_tier_for_a_person(open_desk: OpenDesk):
    desk = open_desk(violation_labels=("Under investigation",))
    number, ticket = desk.begun()
    desk.workmarket.label(number, "under investigation")
    desk.live()
    desk.until(ny("2026-03-04 10:01"))
    assert desk.state(ticket) == "needs_review"
    desk.agent(ticket, macro=TIER_1)
    desk.for_(minutes=10)
    assert desk.state(ticket) == "tier_1"


@pytest.mark.parametrize("end", ["spam", "delete"])
@both_parties
def test_what_is_on_its_way_when_a_ticket_goes_is_not_sent_any_more(desk: Desk, end: str):
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=503)
    ticket = desk.escalate(number)
    getattr(desk.people, end)(ticket)
    desk.live()
    desk.until(LATE)
    assert desk.messages(number) == []
