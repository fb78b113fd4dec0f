"""A worker's request is checked on arrival, rule by rule."""

from datetime import timedelta

from escalation.eligibility.rules import RULES
from tests.desk import Desk, OpenDesk, ny


def test_the_verified_worker_of_the_assignment_passes(desk: Desk):
    ticket = desk.submit(desk.assignment())
    assert desk.findings(ticket) == dict.fromkeys((rule.name for rule in RULES), "pass")


def test_letter_case_in_the_workers_address_does_not_matter(desk: Desk):
    number = desk.assignment(worker=("Wanda", "Worker", "Wanda@Example.com"))
    assert desk.findings(desk.submit(number))["identity"] == "pass"


def test_somebody_elses_assignment_is_for_a_person_to_look_at(desk: Desk):
    ticket = desk.submit(desk.assignment(), requester_email="mallory@example.com", name="Mallory Other")
    assert desk.findings(ticket)["identity"] == "unknown"
    assert desk.status(ticket) == "Needs review"
    assert "how you are connected with the assignment" in desk.said(ticket)[0]
    assert "Wanda" not in desk.said(ticket)[0]


def test_an_unverified_address_proves_nothing(desk: Desk):
    ticket = desk.submit(desk.assignment(), verified=False)
    assert desk.findings(ticket)["identity"] == "unknown"
    assert desk.status(ticket) == "Needs review"


def test_an_assignment_without_a_worker_can_not_be_matched(desk: Desk):
    ticket = desk.submit(desk.assignment(worker=None, said=False))
    assert desk.findings(ticket)["identity"] == "unknown"


def test_six_months_after_its_end_an_assignment_is_just_recent_enough(open_desk: OpenDesk):
    desk = open_desk(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 10:00")
    number = desk.assignment(scheduled_start=end, scheduled_end=end)
    assert desk.findings(desk.submit(number))["recent"] == "pass"


def test_a_second_more_than_six_months_is_too_long_ago(open_desk: OpenDesk):
    desk = open_desk(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 10:00") - timedelta(seconds=1)
    ticket = desk.submit(desk.assignment(scheduled_start=end, scheduled_end=end))
    assert desk.findings(ticket)["recent"] == "fail"
    assert desk.status(ticket) == "Not eligible"
    assert "date was more than 6 months before you wrote to us" in desk.said(ticket)[0]


def test_six_months_are_clamped_to_a_months_end(open_desk: OpenDesk):
    desk = open_desk(ny("2026-02-28 10:00"))
    end = ny("2025-08-31 10:00")
    ticket = desk.submit(desk.assignment(scheduled_start=end, scheduled_end=end))
    desk.for_(days=2)  # it came in on a Saturday
    assert desk.findings(ticket)["recent"] == "pass"


def test_recent_enough_is_judged_by_the_moment_of_submission(open_desk: OpenDesk):
    desk = open_desk(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 12:00")
    ticket = desk.submit(desk.assignment(said=False, scheduled_start=end, scheduled_end=end))
    desk.for_(days=3)
    number = desk.case(ticket).assignment_id or ""
    desk.message(number, "worker", "Hello?")
    assert desk.findings(ticket)["recent"] == "pass"
    assert desk.state(ticket) == "tier_1"


def test_a_worker_who_never_wrote_on_the_assignment_is_asked_to(desk: Desk):
    number = desk.assignment(said=False)
    ticket = desk.submit(number, attempts=["email", "phone"])
    assert desk.findings(ticket)["contacted"] == "fail"
    assert desk.status(ticket) == "Waiting on requester"
    assert f"write a message to the other side on assignment {number}" in desk.said(ticket)[0]


def test_a_private_note_of_the_worker_contacts_nobody(desk: Desk):
    number = desk.assignment(said=False)
    desk.past(lambda: desk.workmarket.message(number, "worker", "Note to self", private=True), days=2)
    assert desk.findings(desk.submit(number))["contacted"] == "fail"


def test_a_message_older_than_the_issue_is_for_a_person_to_read(desk: Desk):
    number = desk.assignment(said=False)
    desk.past(lambda: desk.workmarket.message(number, "worker", "On my way."), days=11)
    ticket = desk.submit(number)
    assert desk.findings(ticket)["contacted"] == "unknown"
    assert desk.status(ticket) == "Needs review"
    assert "the messages on the assignment about this issue" in desk.said(ticket)[0]


def test_a_client_who_has_written_since_may_have_answered(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = desk.submit(number)
    assert desk.findings(ticket)["unanswered"] == "unknown"
    assert "what has been said on the assignment so far" in desk.said(ticket)[0]


def test_the_support_contact_speaks_for_the_client_too(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "support", "We are looking into it."), days=1)
    assert desk.findings(desk.submit(number))["unanswered"] == "unknown"


def test_a_name_from_the_policy_speaks_for_the_client_too(open_desk: OpenDesk):
    desk = open_desk(client_names=("Casey Client",))
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "Casey Client", "We are looking into it."), days=1)
    assert desk.findings(desk.submit(number))["unanswered"] == "unknown"


def test_a_client_message_from_before_the_issue_is_no_answer(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "Please be on time."), days=12)
    assert desk.findings(desk.submit(number))["unanswered"] == "pass"


def test_where_the_agent_finds_no_justification_the_case_goes_on(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = desk.submit(number)
    desk.agent(ticket, fields={"Justification already stated": "escalation_justification_not_stated"})
    assert desk.findings(ticket)["unanswered"] == "pass"
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_where_the_agent_finds_the_justification_stated_the_case_ends(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "The work was not done."), days=1)
    ticket = desk.submit(number)
    desk.agent(ticket, fields={"Justification already stated": "escalation_justification_stated"})
    assert desk.status(ticket) == "Not eligible"
    assert "already stated in the messages on the assignment" in desk.said(ticket)[-1]


def test_a_label_named_in_the_policy_is_for_a_person_to_look_at(open_desk: OpenDesk):
    desk = open_desk(violation_labels=("Reported",))
    ticket = desk.submit(desk.assignment(labels=["reported"]))
    assert desk.findings(ticket)["violation"] == "unknown"
    assert desk.status(ticket) == "Needs review"
    assert "the details of the assignment" in desk.said(ticket)[0]


def test_other_labels_mean_nothing(open_desk: OpenDesk):
    desk = open_desk(violation_labels=("Reported",))
    assert desk.state(desk.submit(desk.assignment(labels=["unreported", "VIP"]))) == "tier_1"


def test_a_ticked_violation_ends_the_case_in_neutral_words(open_desk: OpenDesk):
    desk = open_desk(violation_labels=("Reported",))
    ticket = desk.submit(desk.assignment(labels=["Reported"]))
    desk.agent(ticket, fields={"Violation reported": True})
    assert desk.status(ticket) == "Not eligible"
    assert "possibly not in line with the Terms of Service or the Community Guidelines" in desk.said(ticket)[-1]
    assert "violat" not in "".join(desk.said(ticket)).lower()


def test_several_unknowns_are_named_in_one_sentence(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = desk.submit(number, verified=False)
    assert (
        "how you are connected with the assignment (your e-mail address alone does not show us that) "
        "and what has been said on the assignment so far." in desk.said(ticket)[0]
    )


def test_several_lasting_fails_are_told_at_once(desk: Desk):
    end = desk.clock() - timedelta(days=300)
    number = desk.assignment(said=False, scheduled_start=end, scheduled_end=end, status="paid")
    ticket = desk.submit(number)
    assert desk.status(ticket) == "Not eligible"
    assert "before you wrote to us, and the assignment already shows as settled" in desk.said(ticket)[0]


def test_a_lasting_fail_wins_over_what_the_requester_could_mend(desk: Desk):
    end = desk.clock() - timedelta(days=300)
    number = desk.assignment(said=False, scheduled_start=end, scheduled_end=end)
    ticket = desk.submit(number)
    assert desk.findings(ticket)["contacted"] == "fail"
    assert desk.status(ticket) == "Not eligible"


def test_what_the_requester_can_mend_wins_over_what_a_person_has_to_say(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False), verified=False)
    assert desk.findings(ticket)["identity"] == "unknown"
    assert desk.status(ticket) == "Waiting on requester"


def test_what_a_person_has_to_say_wins_over_a_date(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(days=2)), verified=False)
    assert desk.findings(ticket)["reason"] == "not_yet"
    assert desk.status(ticket) == "Needs review"


def test_a_refusal_says_nothing_about_who_is_right_and_offers_another_look(desk: Desk):
    number = desk.assignment(status="paid")
    ticket = desk.submit(number)
    assert "This says nothing about who is right." in desk.said(ticket)[0]
    assert "This stands in the way of your request: the assignment already shows as settled" in desk.said(ticket)[0]
    assert desk.messages(number) == []


def test_the_agents_note_names_every_rule_with_its_fact_and_source(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False))
    note = desk.notes(ticket)[0]
    for rule in ("On the assignment", "Recent enough", "Other side contacted", "No answer yet", "Reason holds"):
        assert f"{rule}: " in note
    assert "What would help: Write to the client on the assignment." in note
    assert "from: the assignment's messages" in note
