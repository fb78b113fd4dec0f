"""A second request about the same assignment and side."""

from tests.scenarios.town import WANDA, Town, ny

ELSE = "else@example.com"
MORE = "And they still don't answer."


def test_the_same_users_second_request_joins_the_first(town: Town):
    number, first = town.begun()
    second = town.submit(number, description=MORE)
    assert (town.state(second), town.status(second)) == ("joined", "Joined another request")
    assert f"#{first}" in town.said(second)[-1]
    assert [MORE in note for note in town.notes(first)].count(True) == 1


def test_a_joined_request_reads_to_its_requester_as_one_that_goes_on_elsewhere(town: Town):
    number, _ = town.begun()
    second = town.submit(number, description=MORE)
    assert town.requesters_word(second) == "Continues in another request"
    assert "checking → joined" in town.journal(second)
    assert town.told(second)["state"] == "joined"


def test_an_agent_may_say_that_a_request_joins_another(town: Town):
    _, ticket = town.begun()
    said = town.said(ticket)
    town.agent(ticket, status="Joined another request")
    town.until(ny("2026-03-20 10:00"))
    assert (town.state(ticket), town.status(ticket)) == ("joined", "Joined another request")
    assert town.said(ticket) == said


def test_a_reply_to_a_joined_request_is_for_a_person(town: Town):
    number, _ = town.begun()
    second = town.submit(number, description=MORE)
    town.reply(second, "And one thing more.")
    assert (town.state(second), town.status(second)) == ("needs_review", "Needs review")


def test_in_an_account_set_up_by_an_earlier_version_it_is_solved_until_the_next_apply(town: Town):
    """That account has no such status, and the desk knows of none."""
    town.never_made("joined", "Joined another request")
    number, first = town.begun()
    second = town.submit(number, description=MORE)
    assert (town.state(second), town.status(second)) == ("joined", "Solved")
    assert f"#{first}" in town.said(second)[-1]
    town.set_up_again()
    third = town.submit(number, description=MORE)
    assert town.status(third) == "Joined another request"


def test_a_joined_request_leaves_the_first_case_as_it_was(town: Town):
    number, first = town.begun()
    deadlines = town.told(first)["deadlines"]
    town.for_(hours=1)
    town.submit(number, description=MORE)
    assert town.told(first)["deadlines"] == deadlines
    assert town.status(first) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
    assert len(town.said(first)) == 1


def test_two_requests_at_one_moment_are_one_case_and_one_message(town: Town):
    number = town.assignment()
    first = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    second = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.live()
    assert sorted([town.status(first), town.status(second)]) == [
        "Joined another request",
        "Tier 1: assignment message",
    ]
    assert len(town.messages(number)) == 1


def test_a_request_after_the_first_case_has_ended_is_a_case_of_its_own(town: Town):
    number, first = town.begun()
    town.people.solve(first)
    town.live()
    second = town.submit(number)
    assert town.status(second) == "Tier 1: assignment message"


def test_another_users_request_waits_for_a_person_and_is_told_nothing_of_the_first(town: Town):
    number, first = town.begun()
    second = town.submit(number, requester_email=ELSE, name="Eve Else")
    assert town.status(second) == "Needs review"
    assert any(f"#{first}" in note for note in town.notes(second))
    told = "".join(town.said(second))
    assert f"#{first}" not in told
    assert "Wanda" not in told
    assert "already" not in told


def test_another_users_request_leaves_the_first_case_as_it_was(town: Town):
    number, first = town.begun()
    notes = town.notes(first)
    town.submit(number, requester_email=ELSE, name="Eve Else", description="I know all about it.")
    assert town.state(first) == "tier_1"
    assert town.notes(first) == notes
    assert len(town.messages(number)) == 1


def test_another_users_request_hears_nothing_of_an_answer_to_the_first(town: Town):
    number, _ = town.begun()
    second = town.submit(number, requester_email=ELSE, name="Eve Else")
    town.message(number, "owner", "For Wanda: we pay on Friday.")
    assert "Friday" not in "".join(town.said(second))
    assert town.state(second) == "needs_review"


def test_an_unverified_request_blocks_nobody(town: Town):
    number = town.assignment()
    stranger = town.submit(number, requester_email=ELSE, name="Eve Else", verified=False)
    assert town.state(stranger) == "needs_review"
    rightful = town.submit(number)
    assert town.status(rightful) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1


def test_requests_of_the_two_sides_do_not_meet(town: Town):
    number, worker = town.begun()
    client = town.submit(number, requester_email="olaf@example.com", name="Olaf Owner", party="client")
    assert town.status(client) == "Needs review"
    assert town.state(worker) == "tier_1"
    assert not any(f"#{worker}" in note for note in town.notes(client))


def test_requests_about_two_assignments_are_two_cases(town: Town):
    (one, first), (other, second) = town.begun(), town.begun()
    town.message(one, "owner", "Hello.")
    assert (town.state(first), town.state(second)) == ("other_side_responded", "tier_1")
    town.until(ny("2026-03-04 10:01"))
    assert (town.state(first), town.state(second)) == ("other_side_responded", "tier_2")
    assert len(town.messages(other)) == 1
