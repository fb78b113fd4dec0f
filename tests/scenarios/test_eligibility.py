"""A worker's request is checked on arrival, rule by rule."""

from datetime import timedelta

from escalation.eligibility.rules import RULES
from tests.scenarios.town import OpenTown, Town, ny


def test_the_verified_worker_of_the_assignment_passes(town: Town):
    ticket = town.submit(town.assignment())
    assert town.findings(ticket) == dict.fromkeys((rule.name for rule in RULES), "pass")


def test_letter_case_in_the_workers_address_does_not_matter(town: Town):
    number = town.assignment(worker=("Wanda", "Worker", "Wanda@Example.com"))
    assert town.findings(town.submit(number))["identity"] == "pass"


def test_somebody_elses_assignment_is_for_a_person_to_look_at(town: Town):
    ticket = town.submit(town.assignment(), requester_email="mallory@example.com", name="Mallory Other")
    assert town.findings(ticket)["identity"] == "unknown"
    assert town.status(ticket) == "Needs review"
    assert "how you are connected with the assignment" in town.said(ticket)[0]
    assert "Wanda" not in town.said(ticket)[0]


def test_an_unverified_address_proves_nothing(town: Town):
    ticket = town.submit(town.assignment(), verified=False)
    assert town.findings(ticket)["identity"] == "unknown"
    assert town.status(ticket) == "Needs review"


def test_an_assignment_without_a_worker_can_not_be_matched(town: Town):
    ticket = town.submit(town.assignment(worker=None, said=False))
    assert town.findings(ticket)["identity"] == "unknown"


def test_six_months_after_its_end_an_assignment_is_just_recent_enough(open_town: OpenTown):
    town = open_town(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 10:00")
    number = town.assignment(scheduled_start=end, scheduled_end=end)
    assert town.findings(town.submit(number))["recent"] == "pass"


def test_a_second_more_than_six_months_is_too_long_ago(open_town: OpenTown):
    town = open_town(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 10:00") - timedelta(seconds=1)
    ticket = town.submit(town.assignment(scheduled_start=end, scheduled_end=end))
    assert town.findings(ticket)["recent"] == "fail"
    assert town.status(ticket) == "Not eligible"
    assert "ended more than 6 months before you wrote to us" in town.said(ticket)[0]


def test_six_months_are_clamped_to_a_months_end(open_town: OpenTown):
    town = open_town(ny("2026-02-28 10:00"))
    end = ny("2025-08-31 10:00")
    number = town.assignment(scheduled_start=end, scheduled_end=end)
    assert town.findings(town.submit(number))["recent"] == "pass"


def test_recent_enough_is_judged_by_the_moment_of_submission(open_town: OpenTown):
    town = open_town(ny("2026-03-02 10:00"))
    end = ny("2025-09-02 12:00")
    ticket = town.submit(town.assignment(said=False, scheduled_start=end, scheduled_end=end))
    town.for_(days=3)
    number = town.case(ticket).assignment_id or ""
    town.message(number, "worker", "Hello?")
    assert town.findings(ticket)["recent"] == "pass"
    assert town.state(ticket) == "tier_1"


def test_a_worker_who_never_wrote_on_the_assignment_is_asked_to(town: Town):
    number = town.assignment(said=False)
    ticket = town.submit(number, attempts=["email", "phone"])
    assert town.findings(ticket)["contacted"] == "fail"
    assert town.status(ticket) == "Waiting on requester"
    assert f"write a message to the other side on assignment {number}" in town.said(ticket)[0]


def test_a_private_note_of_the_worker_contacts_nobody(town: Town):
    number = town.assignment(said=False)
    town.past(lambda: town.workmarket.message(number, "worker", "Note to self", private=True), days=2)
    assert town.findings(town.submit(number))["contacted"] == "fail"


def test_a_message_older_than_the_issue_is_for_a_person_to_read(town: Town):
    number = town.assignment(said=False)
    town.past(lambda: town.workmarket.message(number, "worker", "On my way."), days=11)
    ticket = town.submit(number)
    assert town.findings(ticket)["contacted"] == "unknown"
    assert town.status(ticket) == "Needs review"
    assert "the messages on the assignment about this issue" in town.said(ticket)[0]


def test_a_client_who_has_written_since_may_have_answered(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = town.submit(number)
    assert town.findings(ticket)["unanswered"] == "unknown"
    assert "what has been said on the assignment so far" in town.said(ticket)[0]


def test_the_support_contact_speaks_for_the_client_too(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "support", "We are looking into it."), days=1)
    assert town.findings(town.submit(number))["unanswered"] == "unknown"


def test_a_name_from_the_policy_speaks_for_the_client_too(open_town: OpenTown):
    town = open_town(client_names=("Casey Client",))
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "Casey Client", "We are looking into it."), days=1)
    assert town.findings(town.submit(number))["unanswered"] == "unknown"


def test_a_client_message_from_before_the_issue_is_no_answer(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "Please be on time."), days=12)
    assert town.findings(town.submit(number))["unanswered"] == "pass"


def test_where_the_agent_finds_no_justification_the_case_goes_on(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = town.submit(number)
    town.agent(ticket, fields={"Justification already stated": "escalation_justification_not_stated"})
    assert town.findings(ticket)["unanswered"] == "pass"
    assert town.status(ticket) == "Tier 1: assignment message"


def test_where_the_agent_finds_the_justification_stated_the_case_ends(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "The work was not done."), days=1)
    ticket = town.submit(number)
    town.agent(ticket, fields={"Justification already stated": "escalation_justification_stated"})
    assert town.status(ticket) == "Not eligible"
    assert "already stated in the messages on the assignment" in town.said(ticket)[-1]


def test_a_label_named_in_the_policy_is_for_a_person_to_look_at(open_town: OpenTown):
    town = open_town(violation_labels=("Reported",))
    ticket = town.submit(town.assignment(labels=["reported"]))
    assert town.findings(ticket)["violation"] == "unknown"
    assert town.status(ticket) == "Needs review"
    assert "the details of the assignment" in town.said(ticket)[0]


def test_other_labels_mean_nothing(open_town: OpenTown):
    town = open_town(violation_labels=("Reported",))
    assert town.state(town.submit(town.assignment(labels=["unreported", "VIP"]))) == "tier_1"


def test_a_ticked_violation_ends_the_case_in_neutral_words(open_town: OpenTown):
    town = open_town(violation_labels=("Reported",))
    ticket = town.submit(town.assignment(labels=["Reported"]))
    town.agent(ticket, fields={"Violation reported": True})
    assert town.status(ticket) == "Not eligible"
    assert "being looked at under the Community Guidelines" in town.said(ticket)[-1]
    assert "violat" not in "".join(town.said(ticket)).lower()


def test_several_unknowns_are_named_in_one_sentence(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "We are looking into it."), days=1)
    ticket = town.submit(number, verified=False)
    assert (
        "looking at how you are connected with the assignment and what has been said on the assignment so far."
        in town.said(ticket)[0]
    )


def test_several_lasting_fails_are_told_at_once(town: Town):
    end = town.clock() - timedelta(days=300)
    number = town.assignment(said=False, scheduled_start=end, scheduled_end=end, status="paid")
    ticket = town.submit(number)
    assert town.status(ticket) == "Not eligible"
    assert "before you wrote to us and because the assignment already shows as settled" in town.said(ticket)[0]


def test_a_lasting_fail_wins_over_what_the_requester_could_mend(town: Town):
    end = town.clock() - timedelta(days=300)
    number = town.assignment(said=False, scheduled_start=end, scheduled_end=end)
    ticket = town.submit(number)
    assert town.findings(ticket)["contacted"] == "fail"
    assert town.status(ticket) == "Not eligible"


def test_what_the_requester_can_mend_wins_over_what_a_person_has_to_say(town: Town):
    ticket = town.submit(town.assignment(said=False), verified=False)
    assert town.findings(ticket)["identity"] == "unknown"
    assert town.status(ticket) == "Waiting on requester"


def test_what_a_person_has_to_say_wins_over_a_date(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(days=2)), verified=False)
    assert town.findings(ticket)["reason"] == "not_yet"
    assert town.status(ticket) == "Needs review"


def test_a_refusal_says_nothing_about_who_is_right_and_offers_another_look(town: Town):
    number = town.assignment(status="paid")
    ticket = town.submit(number)
    assert "This says nothing about who is right." in town.said(ticket)[0]
    assert "In this case: the assignment already shows as settled" in town.said(ticket)[0]
    assert town.messages(number) == []


def test_the_agents_note_names_every_rule_with_its_fact_and_source(town: Town):
    ticket = town.submit(town.assignment(said=False))
    note = town.notes(ticket)[0]
    for rule in ("On the assignment", "Recent enough", "Other side contacted", "No answer yet", "Reason holds"):
        assert f"{rule}: " in note
    assert "What would help: Write to the client on the assignment." in note
    assert "from: the assignment's messages" in note
