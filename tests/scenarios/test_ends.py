"""How a case ends or moves house: solved, spam, deleted, merged, ruled out, closed by Zendesk, hidden."""

import pytest

from tests.scenarios.town import MANAGER, TIER_1, WANDA, OpenTown, Town, ny

VIOLATION = "Violation reported"
ELSE = "else@example.com"
LATE = ny("2026-04-20 10:00")


def other_ticket(town: Town, requester_email: str = WANDA) -> int:
    """A ticket on another form, with which the desk has nothing to do."""
    account = town.zendesk.account
    user = account.user_by_email(requester_email) or account.add_user("Wanda Worker", requester_email)
    form = town.zendesk.form_id("Default Ticket Form")
    wanted = {"subject": "Hello", "comment": {"body": "Something else."}, "ticket_form_id": form}
    ticket = town.zendesk.engine.create({**wanted, "requester_id": user.id}, user).ticket.id
    town.live()
    return ticket


def test_a_ticket_marked_as_spam_closes_the_case_and_nothing_is_posted_any_more(town: Town):
    number, ticket = town.begun()
    town.people.spam(ticket)
    town.live()
    assert town.case(ticket).ended
    town.until(LATE)
    assert len(town.messages(number)) == 1
    assert town.told(ticket)["deadlines"] == []


def test_a_deleted_ticket_closes_the_case_and_nothing_is_posted_any_more(town: Town):
    number, ticket = town.begun()
    town.people.delete(ticket)
    town.live()
    assert town.case(ticket).ended
    town.until(LATE)
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 1


def test_before_tier_1_a_solved_ticket_gets_no_text_either(town: Town):
    ticket = town.submit(town.assignment(), requester_email=ELSE)
    said = len(town.said(ticket))
    town.people.solve(ticket)
    town.live()
    town.until(LATE)
    assert len(town.said(ticket)) == said


def test_a_request_deleted_before_it_is_read_leaves_nothing_behind(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.people.delete(ticket)
    town.live()
    town.until(LATE)
    assert town.messages(number) == []
    assert town.said(ticket) == []


def test_an_undeleted_ticket_is_for_a_person_and_nothing_is_sent(town: Town):
    number, ticket = town.begun()
    town.people.delete(ticket)
    town.live()
    town.people.undelete(ticket)
    town.live()
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    town.until(LATE)
    assert len(town.said(ticket)) == 1
    assert len(town.messages(number)) == 1


def test_merged_into_a_ticket_of_the_same_requester_the_case_moves_there(town: Town):
    number, ticket = town.begun()
    target = other_ticket(town)
    town.people.merge(ticket, target)
    town.for_(seconds=5)  # the merge changed the target this second: its stamp has to grow older
    assert town.state(target) == "tier_1"
    assert town.status(target) == "Tier 1: assignment message"
    assert any(f"#{ticket} was merged into it" in note for note in town.notes(target))
    assert len(town.messages(number)) == 1


def test_a_moved_case_goes_on_from_its_new_ticket(town: Town):
    number, ticket = town.begun()
    target = other_ticket(town)
    town.people.merge(ticket, target)
    town.live()
    town.until(ny("2026-03-04 10:01"))
    assert town.status(target) == "Tier 2: direct contact"
    assert town.mails(target) == [MANAGER]
    assert len(town.said(ticket)) == 1
    town.message(number, "owner", "Sorry!")
    assert town.status(target) == "Other side responded"


def test_merged_into_anothers_ticket_the_case_closes(town: Town):
    number, ticket = town.begun()
    target = other_ticket(town, ELSE)
    town.people.merge(ticket, target)
    town.live()
    town.until(LATE)
    assert town.case(ticket).ended
    assert len(town.messages(number)) == 1
    assert town.said(target) == []


def test_merged_into_a_ticket_that_has_a_case_the_case_closes_and_the_other_goes_on(town: Town):
    _, ticket = town.begun()
    _, target = town.begun()
    town.people.merge(ticket, target)
    town.live()
    assert town.state(target) == "tier_1"
    town.until(ny("2026-03-04 10:01"))
    assert town.state(target) == "tier_2"
    assert town.mails(ticket) == []


def test_a_ticked_violation_ends_the_case_worded_neutrally(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, fields={VIOLATION: True})
    assert (town.state(ticket), town.status(ticket)) == ("not_eligible", "Not eligible")
    assert len(town.said(ticket)) == 2
    assert "violat" not in town.said(ticket)[-1].lower()
    town.until(LATE)
    assert len(town.messages(number)) == 1


def test_an_unticked_violation_is_for_a_person(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, fields={VIOLATION: True})
    said = len(town.said(ticket))
    town.agent(ticket, fields={VIOLATION: False})
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    town.until(LATE)
    assert len(town.said(ticket)) == said


def test_an_answer_after_the_end_is_an_internal_note_only(town: Town):
    number, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    said = len(town.said(ticket))
    town.message(number, "owner", "Here I am.")
    assert "after the case had ended" in town.notes(ticket)[-1]
    assert "Here I am." in town.notes(ticket)[-1]
    assert town.zendesk.ticket(ticket)["status"] == "solved"
    town.until(LATE)
    assert len(town.said(ticket)) == said


def test_a_late_answer_by_e_mail_is_an_internal_note_only(town: Town):
    _, ticket = town.begun(2)
    town.people.solve(ticket)
    town.live()
    town.for_(minutes=1)
    town.mail_back(ticket, MANAGER, "Here I am.")
    town.for_(minutes=1)
    assert "Here I am." in town.notes(ticket)[-1]
    assert town.zendesk.ticket(ticket)["status"] == "solved"


def test_a_follow_up_by_the_requester_is_adopted(town: Town):
    number, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.for_(days=5)
    assert town.people.close_solved() == [ticket]
    town.live()
    follow_up = town.reply(ticket, "It is still open!")
    assert follow_up != ticket
    assert town.case(follow_up).id.startswith("C-")
    assert (town.state(follow_up), town.status(follow_up)) == ("needs_review", "Needs review")
    assert len(town.messages(number)) == 1


def test_an_adopted_follow_up_can_be_put_in_a_tier(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.for_(days=5)
    town.people.close_solved()
    follow_up = town.reply(ticket, "It is still open!")
    town.agent(follow_up, tier=2)
    town.for_(minutes=1)
    assert town.status(follow_up) == "Tier 2: direct contact"
    assert town.mails(follow_up) == [MANAGER]


def owed_on_a_closed_ticket(town: Town) -> tuple[int, int]:
    """Zendesk closed a ticket before the case's last text could be sent: that ticket, and the follow-up."""
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    town.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", status=503)
    town.until(town.due(ticket, "confirmation"))
    town.people.close(ticket)
    town.for_(minutes=5)
    return ticket, max(town.zendesk.account.tickets)


def test_a_last_text_that_met_a_closed_ticket_goes_out_on_a_follow_up(town: Town):
    ticket, follow_up = owed_on_a_closed_ticket(town)
    assert follow_up != ticket
    assert "we take it that the matter is settled" in town.zendesk.public_comments(follow_up)[0]
    assert town.zendesk.ticket(follow_up)["via"]["source"]["rel"] == "follow_up"
    assert (town.state(follow_up), town.status(follow_up)) == ("resolved", "Resolved")


def test_a_follow_up_of_ours_is_the_cases_ticket_and_begins_no_other_case(town: Town):
    _, follow_up = owed_on_a_closed_ticket(town)
    town.for_(days=2)
    assert len(town.house.store.read(lambda tx: tx.cases.list())) == 1
    assert len(town.zendesk.comments(follow_up)) == 1
    town.reply(follow_up, "It is not settled.")
    assert town.state(follow_up) == "needs_review"


def test_solving_assigns_an_unassigned_ticket_to_the_integrations_user(town: Town):
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Resolved"
    assert town.zendesk.ticket(ticket)["assignee_id"] == town.zendesk.agent("Parley").id


def test_solving_assigns_an_unassigned_ticket_to_solve_as(open_town: OpenTown):
    town = open_town(solve_as="ada@example.com")
    ada = town.zendesk.agent("Ada Agent")
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Resolved"
    assert town.zendesk.ticket(ticket)["assignee_id"] == ada.id


def test_solving_leaves_the_assignee_there_is(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, assignee="Gus Guide")
    town.workmarket.approve(number)
    town.live()
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Resolved"
    assert town.zendesk.ticket(ticket)["assignee_id"] == town.zendesk.agent("Gus Guide").id


def test_an_assignment_that_is_hidden_is_a_note_and_the_clocks_run(town: Town):
    number, ticket = town.begun()
    town.workmarket.hide(number)
    town.until(ny("2026-03-04 10:01"))
    assert town.state(ticket) == "tier_2"
    town.until(ny("2026-03-06 10:01"))
    assert town.state(ticket) == "tier_3"
    assert [f"no longer shows us assignment {number}" in note for note in town.notes(ticket)].count(True) == 1


def test_an_assignment_that_is_back_is_a_note(town: Town):
    number, ticket = town.begun()
    town.workmarket.hide(number)
    town.until(ny("2026-03-04 10:01"))
    town.workmarket.show(number)
    town.until(ny("2026-03-06 10:01"))
    assert any(f"shows us assignment {number} again" in note for note in town.notes(ticket))


def test_a_label_that_may_mean_a_violation_stops_a_tier_for_a_person(open_town: OpenTown):
    town = open_town(violation_labels=("Under investigation",))
    number, ticket = town.begun()
    town.workmarket.label(number, "under investigation")
    town.live()
    town.until(ny("2026-03-04 10:01"))
    assert town.state(ticket) == "needs_review"
    town.agent(ticket, macro=TIER_1)
    town.for_(minutes=10)
    assert town.state(ticket) == "tier_1"


@pytest.mark.parametrize("end", ["spam", "delete"])
def test_what_is_on_its_way_when_a_ticket_goes_is_not_sent_any_more(town: Town, end: str):
    number = town.assignment()
    town.sandbox.faults.next("workmarket", "POST", "add_note", status=503)
    ticket = town.submit(number)
    getattr(town.people, end)(ticket)
    town.live()
    town.until(LATE)
    assert town.messages(number) == []
