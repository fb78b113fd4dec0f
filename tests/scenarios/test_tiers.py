"""The tiers: in which order one is entered, what is said to whom, and what happens where nobody can be told."""

from typing import Any

import pytest

from escalation.model.values import Party
from escalation.policies.policy import Addressee
from sandbox.workmarket.records import WorkMarketUser
from tests.desk import ACCOUNT_MANAGER, MANAGER, TIER_1, TIER_2, TIER_3, Desk, OpenDesk, both_parties, ny

OFF_PLATFORM = "Escalation::Off platform"
UPDATE = "Escalation::Requester update"
UPDATE_AGAIN = f"{UPDATE}: nothing new"


def in_tier(desk: Desk, tier: int, **parts: object) -> tuple[str, int]:
    """A case that an agent has put in a tier."""
    number = desk.assignment(**parts)
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, tier=tier)
    return number, ticket


# In order


def test_the_message_to_the_other_side_goes_before_the_requesters_text(desk: Desk):
    desk.submit(desk.assignment())
    sent = [call.path for call in desk.sandbox.calls if call.method in ("POST", "PUT")]
    public = [call for call in desk.sandbox.calls if call.method == "PUT" and "custom_status_id" in str(call.body)]
    assert len(public) == 1
    assert sent.index("/v1/employer/assignments/add_note") < len(sent) - 1
    assert sent[-1] == public[0].path


@both_parties
def test_until_the_message_is_sent_the_requester_hears_nothing(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=503, times=2)
    ticket = desk.escalate(number)
    assert desk.state(ticket) == "checking"
    assert desk.said(ticket) == []
    desk.for_(minutes=10)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == len(desk.said(ticket)) == 1


@both_parties
def test_the_tiers_clock_starts_once_the_requester_is_told(desk: Desk):
    desk.sandbox.faults.next("workmarket", "POST", "add_note", status=503)
    ticket = desk.escalate(desk.assignment())
    desk.for_(minutes=10)
    entered = desk.case(ticket).opened
    assert entered is not None
    assert entered > ny("2026-03-02 10:00")
    assert abs((desk.due(ticket, "tier_ends") - entered).total_seconds() - 48 * 3600) < 2


def test_status_tier_field_tags_and_text_come_in_one_update(desk: Desk):
    ticket = desk.submit(desk.assignment())
    ours = [audit for audit in desk.zendesk.audits(ticket) if audit["metadata"].get("custom", {}).get("parley")]
    told = [audit for audit in ours if any(event.get("public") for event in audit["events"])]
    assert len(told) == 1
    changed = {event.get("field_name") for event in told[0]["events"] if event["type"] == "Change"}
    assert {"custom_status_id", "tags"} <= changed
    assert desk.shown(ticket, "Escalation tier") == "escalation_tier_1"
    assert "escalation_tier_1" in desk.zendesk.ticket(ticket)["tags"]


def test_the_internal_note_is_an_update_of_its_own(desk: Desk):
    ticket = desk.submit(desk.assignment())
    for audit in desk.zendesk.audits(ticket):
        assert len([event for event in audit["events"] if event["type"] == "Comment"]) <= 1
    assert len(desk.notes(ticket)) == 1


def test_the_assignment_message_says_who_writes_and_ends_with_its_reference(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    (message,) = desk.messages(number)
    assert message.startswith("This message comes from the WorkMarket escalations desk.")
    assert message.endswith(f"[Ref {desk.case(ticket).reference}-1]")
    assert "Wanda" not in message


def test_tier_2_writes_to_the_support_contact_after_48_business_hours(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.until(ny("2026-03-04 09:59"))
    assert desk.mails(ticket) == []
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == ["sally@example.com"]
    assert "we are now writing to the other side directly" in desk.said(ticket)[-1]
    assert len(desk.said(ticket)) == 2


def test_tier_2_writes_to_the_tickets_address_first(open_desk: OpenDesk):
    desk = open_desk(project_managers={"77": Addressee("Pat", "pat@example.com")})
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, tier=2, fields={"Project manager's e-mail": "mia@example.com"})
    assert desk.mails(ticket) == ["mia@example.com"]


def test_tier_3_writes_to_the_account_manager_after_another_48_business_hours(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.agent(ticket, fields={"Account manager's e-mail": "alan@example.com"})
    desk.until(ny("2026-03-06 09:59"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    desk.until(ny("2026-03-06 10:01"))
    assert desk.status(ticket) == "Tier 3: account manager"
    assert desk.mails(ticket) == ["sally@example.com", "alan@example.com"]


def test_tier_3_does_not_end_before_the_month(desk: Desk):
    _, ticket = in_tier(desk, 3)
    kinds = {row["kind"] for row in desk.told(ticket)["deadlines"]}
    assert kinds == {"next_update", "month_ends", "agent_reminder"}


def test_what_was_approved_before_tier_2_is_not_escalated(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.workmarket.webhook_url = None
    desk.workmarket.approve(number)
    desk.until(ny("2026-03-04 10:00"))
    assert desk.status(ticket) == "Confirming outcome"
    assert desk.mails(ticket) == []
    assert "Your assignment now shows as approved" in desk.said(ticket)[-1]
    assert len(desk.said(ticket)) == 2


@both_parties
def test_an_answer_that_no_webhook_told_of_is_read_before_tier_2(desk: Desk):
    number = desk.assignment()
    ticket = desk.escalate(number)
    desk.workmarket.webhook_url = None
    desk.message(number, desk.other, "We will approve it tomorrow.")
    desk.until(ny("2026-03-04 10:00"))
    assert desk.status(ticket) == "Other side responded"
    assert desk.mails(ticket) == []


# Where nobody can be told


NO_ADDRESS: dict[Party, dict[str, Any]] = {
    Party.WORKER: {"support_contact": None},
    Party.CLIENT: {"worker": ("Wanda", "Worker", "")},
}
LACKS = {Party.WORKER: "Please fill in Project manager's e-mail", Party.CLIENT: "no e-mail address of the worker"}


def address_found(desk: Desk, number: str, ticket: int, address: str) -> None:
    """Where the other side is written to becomes known: agents fill it in, or WorkMarket shows it."""
    if desk.party is Party.WORKER:
        desk.agent(ticket, fields={"Project manager's e-mail": address})
        return
    desk.workmarket.assignments[number].worker = WorkMarketUser("Wanda", "Worker", address)
    desk.message(number, "Somebody Else", "Hello")  # which lets the desk look


@both_parties
def test_without_an_address_tier_2_begins_with_a_text_that_says_so_and_a_note(desk: Desk):
    _, ticket = in_tier(desk, 2, **NO_ADDRESS[desk.party])
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == []
    assert "our team has been asked to find a way" in desk.said(ticket)[-1]
    assert LACKS[desk.party] in desk.notes(ticket)[-1]
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


@both_parties
def test_once_the_address_is_known_the_e_mail_goes_out_once(desk: Desk):
    number, ticket = in_tier(desk, 2, **NO_ADDRESS[desk.party])
    before = len(desk.said(ticket))
    address_found(desk, number, ticket, "pat@example.com")
    assert desk.mails(ticket) == ["pat@example.com"]
    address_found(desk, number, ticket, "other@example.com")
    assert desk.mails(ticket) == ["pat@example.com"]
    assert len(desk.said(ticket)) == before
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_the_policys_project_manager_comes_before_the_support_contact(open_desk: OpenDesk):
    desk = open_desk(project_managers={"77": Addressee("Pat", "pat@example.com")})
    _, ticket = in_tier(desk, 2)
    assert desk.mails(ticket) == ["pat@example.com"]


def test_an_address_filled_in_during_the_next_tier_still_gets_its_e_mail_once(desk: Desk):
    ticket = desk.submit(desk.assignment(support_contact=None))
    desk.until(ny("2026-03-06 10:05"))
    assert desk.status(ticket) == "Tier 3: account manager"
    desk.agent(ticket, fields={"Project manager's e-mail": "pat@example.com"})
    desk.until(ny("2026-03-12 10:05"))
    assert desk.mails(ticket) == ["pat@example.com"]
    assert desk.status(ticket) == "Tier 3: account manager"


def test_two_addresses_filled_in_at_once_get_one_e_mail_each(desk: Desk):
    ticket = desk.submit(desk.assignment(support_contact=None))
    desk.until(ny("2026-03-06 10:05"))
    addresses = {"Project manager's e-mail": "pat@example.com", "Account manager's e-mail": "alan@example.com"}
    desk.agent(ticket, fields=addresses)
    desk.for_(minutes=5)
    assert sorted(desk.mails(ticket)) == ["alan@example.com", "pat@example.com"]


def test_something_that_is_no_address_is_not_written_to(desk: Desk):
    _, ticket = in_tier(desk, 2, support_contact=None)
    desk.agent(ticket, fields={"Project manager's e-mail": "ask Pat"})
    assert desk.mails(ticket) == []


@pytest.mark.parametrize(
    "typed", ["Pat <pat@example.com>", "mailto:pat@example.com", " pat@example.com.", "pat＠example.com"]
)
def test_an_address_is_read_as_people_type_it(desk: Desk, typed: str):
    _, ticket = desk.begun()
    desk.agent(ticket, fields={"Project manager's e-mail": typed})
    desk.until(ny("2026-03-04 10:05"))
    assert desk.mails(ticket) == ["pat@example.com"]


@pytest.mark.parametrize("typed", ["ask Pat", "pat@example", "pat at example.com"])
def test_where_an_address_cant_be_read_nobody_else_is_written_to(desk: Desk, typed: str):
    """Not the assignment's support contact either: the agent meant somebody else."""
    _, ticket = desk.begun()
    desk.agent(ticket, fields={"Project manager's e-mail": typed})
    assert f"We can't read “{typed}” in the field Project manager's e-mail" in desk.notes(ticket)[-1]
    desk.until(ny("2026-03-04 10:05"))
    assert (desk.status(ticket), desk.mails(ticket)) == ("Tier 2: direct contact", [])
    assert "there is nobody to write to" in desk.notes(ticket)[-1]
    assert f"We can't read “{typed}”" in desk.notes(ticket)[-1]
    desk.agent(ticket, fields={"Project manager's e-mail": "pat@example.com"})
    assert desk.mails(ticket) == ["pat@example.com"]


def test_an_account_manager_who_cant_be_read_is_not_replaced_by_the_policys(open_desk: OpenDesk):
    desk = open_desk(account_managers={"77": Addressee("Marta", ACCOUNT_MANAGER)})
    ticket = desk.submit(desk.assignment())
    desk.agent(ticket, fields={"Account manager's e-mail": "Alan, alan@example"})
    desk.until(ny("2026-03-06 10:05"))
    assert desk.status(ticket) == "Tier 3: account manager"
    assert desk.mails(ticket) == [MANAGER]
    assert "We can't read “Alan, alan@example”" in desk.notes(ticket)[-1]


def test_of_several_addresses_the_first_is_written_to_and_the_agents_are_told(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, fields={"Project manager's e-mail": "pat@example.com; sue@example.com"})
    assert "writes to the first of them only, pat@example.com" in desk.notes(ticket)[-1]
    desk.until(ny("2026-03-04 10:05"))
    assert desk.mails(ticket) == ["pat@example.com"]


def test_without_an_account_manager_the_agents_group_is_asked(desk: Desk):
    _, ticket = in_tier(desk, 3)
    assert "Escalations team: please reach them" in desk.notes(ticket)[-1]
    desk.agent(ticket, fields={"Account manager's e-mail": "alan@example.com"})
    assert desk.mails(ticket) == ["alan@example.com"]


@both_parties
def test_an_invisible_assignment_lets_the_tier_begin_without_a_message(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.workmarket.hide(number)
    desk.agent(ticket, tier=1)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert desk.messages(number) == []
    assert "are looking for a way to reach the other side" in desk.said(ticket)[-1]
    assert "WorkMarket does not show us the assignment" in "".join(desk.notes(ticket))


@both_parties
def test_an_assignment_that_is_visible_again_gets_its_message_once(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.workmarket.hide(number)
    desk.agent(ticket, tier=1)
    desk.workmarket.show(number)
    desk.message(number, "Somebody Else", "Hello")
    assert len(desk.messages(number)) == 1
    desk.message(number, "Somebody Else", "Hello again")
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 2


def test_an_assignment_that_goes_out_of_sight_is_noted_and_the_clocks_run(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.workmarket.hide(number)
    desk.until(ny("2026-03-04 10:00"))
    assert "WorkMarket no longer shows us assignment" in "".join(desk.notes(ticket))
    assert desk.status(ticket) == "Tier 2: direct contact"


def test_an_account_without_side_conversations_goes_on_without_them(desk: Desk):
    desk.zendesk.account.features.side_conversations = False
    _, ticket = in_tier(desk, 2)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert "could not be sent" in "".join(desk.notes(ticket))


# The team's words


@both_parties
@pytest.mark.parametrize("tier", [1, 2, 3])
def test_another_assignment_named_in_a_tier_is_for_a_person(desk: Desk, tier: int):
    number, ticket = desk.begun(tier)
    written = len(desk.messages(number)), desk.mails(ticket)
    other = desk.assignment()
    desk.agent(ticket, fields={"WorkMarket assignment ID": other})
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    desk.for_(days=5)
    assert (len(desk.messages(number)), desk.mails(ticket)) == written
    assert desk.messages(other) == []


@pytest.mark.parametrize(("macro", "tier"), [(TIER_1, 1), (TIER_2, 2), (TIER_3, 3)])
def test_what_the_team_wrote_in_a_tiers_macro_is_what_is_sent(desk: Desk, macro: str, tier: int):
    desk.rewrite(macro, "Hello from the team about request {{ticket.id}}.")
    ticket = desk.submit(desk.assignment())
    desk.agent(ticket, tier=tier, fields={"Account manager's e-mail": "alan@example.com"})
    assert desk.said(ticket)[-1].startswith(f"Hello from the team about request {ticket}.")


def test_the_verdict_follows_the_teams_words_in_the_same_comment(desk: Desk):
    desk.rewrite(TIER_1, "Hello from the team.")
    ticket = desk.submit(desk.assignment())
    first = "Hello from the team.\n\nThank you for turning to us. We have checked your request"
    assert desk.said(ticket)[0].startswith(first)


def test_our_status_and_tier_win_over_the_macros(desk: Desk):
    solved = str(desk.people.status_id("Resolved"))
    field = f"custom_fields_{desk.people.field_id('Escalation tier')}"
    desk.rewrite(TIER_1, "Hello from the team.", custom_status_id=solved, **{field: "escalation_tier_3"})
    ticket = desk.submit(desk.assignment())
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert desk.shown(ticket, "Escalation tier") == "escalation_tier_1"


def test_a_macro_that_urges_payment_is_sent_all_the_same(desk: Desk):
    desk.rewrite(TIER_1, "The client must pay.")
    ticket = desk.submit(desk.assignment())
    assert desk.said(ticket)[0].startswith("The client must pay.")


def test_the_general_update_is_the_teams_too(desk: Desk):
    desk.rewrite(UPDATE, "No news, says the team.")
    desk.rewrite(UPDATE_AGAIN, "Still none, says the team.")
    _, ticket = in_tier(desk, 3)
    desk.agent(ticket, fields={"Account manager's e-mail": "alan@example.com"})
    desk.until(ny("2026-03-06 10:00"))
    first, second = desk.said(ticket)[-2:]
    assert first.startswith("No news, says the team.\n\n")
    assert second.startswith("Still none, says the team.\n\n")


def test_the_refusal_is_the_teams_and_the_reason_is_ours(desk: Desk):
    desk.rewrite("Escalation::Not eligible", "Sorry, says the team.")
    ticket = desk.submit(desk.assignment(status="paid"))
    assert desk.said(ticket)[0].startswith("Sorry, says the team.\n\nThis stands in the way of your request: ")


def test_a_macro_that_is_gone_leaves_our_own_text(desk: Desk):
    macros = desk.zendesk.account.macros
    del macros[next(key for key, row in macros.items() if row["title"] == TIER_1)]
    ticket = desk.submit(desk.assignment())
    assert "We have left a message for the other side on your assignment" in desk.said(ticket)[0]


def test_an_agents_tier_field_wins_over_the_macro_of_the_same_update(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, verified=False)
    desk.agent(ticket, macro=TIER_1, tier=2)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.messages(number) == []
    assert desk.mails(ticket) == ["sally@example.com"]


def test_a_label_that_an_agent_has_accepted_stops_no_tier(open_desk: OpenDesk):
    desk = open_desk(violation_labels=("Reported",))
    number = desk.assignment(labels=["Reported"])
    ticket = desk.submit(number)
    desk.agent(ticket, macro=TIER_1)
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"


def test_an_average_filled_in_during_a_tier_changes_nothing(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.agent(ticket, fields={"Client's average approval time": "90 d"})
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.said(ticket)) == 1


# Off the platform


@both_parties
def test_a_month_without_an_answer_ends_off_the_platform(desk: Desk):
    _, ticket = in_tier(desk, 3)
    assert desk.due(ticket, "month_ends") == ny("2026-04-02 10:00")
    desk.until(ny("2026-04-02 09:59"))
    assert desk.status(ticket) == "Tier 3: account manager"
    before = len(desk.said(ticket))
    desk.until(ny("2026-04-02 10:00"))
    assert desk.status(ticket) == "Closed: off platform"
    assert len(desk.said(ticket)) == before + 1
    named = {one in desk.said(ticket)[-1] for one in ("American Arbitration Association", "https://www.adr.org/")}
    assert named == {desk.party is Party.WORKER}
    assert desk.told(ticket)["deadlines"] == []


def test_the_month_of_a_31st_is_clamped_to_the_months_end(open_desk: OpenDesk):
    desk = open_desk(ny("2026-03-31 10:00"))
    ticket = desk.submit(desk.assignment())
    assert desk.due(ticket, "month_ends") == ny("2026-04-30 10:00")


def test_a_month_that_ends_on_a_weekend_ends_with_the_next_business_day(open_desk: OpenDesk):
    desk = open_desk(ny("2026-04-02 15:30"))
    ticket = desk.submit(desk.assignment())
    assert desk.due(ticket, "month_ends") == ny("2026-05-04 09:00")
    desk.until(ny("2026-05-04 08:59"))
    assert desk.state(ticket) == "tier_3"
    desk.until(ny("2026-05-04 09:00"))
    assert desk.status(ticket) == "Closed: off platform"


def test_a_month_from_the_end_of_january_ends_after_the_weekend(open_desk: OpenDesk):
    desk = open_desk(ny("2026-01-30 16:00"))
    ticket = desk.submit(desk.assignment())
    assert desk.due(ticket, "month_ends") == ny("2026-03-02 09:00")


def test_a_month_that_ends_on_thanksgiving_ends_the_day_after(open_desk: OpenDesk):
    desk = open_desk(ny("2026-10-26 10:00"))
    ticket = desk.submit(desk.assignment())
    assert desk.due(ticket, "month_ends") == ny("2026-11-27 09:00")


def test_a_month_counted_from_submission_began_with_the_request(open_desk: OpenDesk):
    desk = open_desk(month_counted_from="submission")
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.for_(days=2)
    desk.agent(ticket, tier=1)
    assert desk.due(ticket, "month_ends") == ny("2026-04-02 10:00")


@both_parties
def test_moving_between_tiers_leaves_the_month_alone(desk: Desk):
    _, ticket = in_tier(desk, 2)
    due = desk.due(ticket, "month_ends")
    desk.for_(days=1)
    desk.agent(ticket, tier=3)
    assert desk.due(ticket, "month_ends") == due


@both_parties
def test_an_answer_counts_the_month_anew(desk: Desk):
    number, ticket = in_tier(desk, 3)
    desk.until(ny("2026-03-12 11:00"))
    desk.message(number, desk.other, "We are looking into it.")
    desk.agent(ticket, status="Tier 3: account manager")
    assert desk.due(ticket, "month_ends") == ny("2026-04-13 09:00")


def test_the_off_platform_macro_of_an_agent_ends_the_case_with_its_own_text(desk: Desk):
    _, ticket = in_tier(desk, 1)
    before = len(desk.said(ticket))
    desk.agent(ticket, macro=OFF_PLATFORM)
    assert desk.state(ticket) == "off_platform"
    assert len(desk.said(ticket)) == before + 1


def test_the_teams_words_end_it_off_the_platform(desk: Desk):
    desk.rewrite(OFF_PLATFORM, "Goodbye from the team: https://www.adr.org/")
    _, ticket = desk.begun(3)
    desk.until(ny("2026-04-02 10:00"))
    last = desk.said(ticket)[-1]
    assert last.startswith("Goodbye from the team: https://www.adr.org/\n\nWe left a message for the other side")
