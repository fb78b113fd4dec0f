"""Several client companies: each assignment is asked of its own, and one company's trouble is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from escalation.policies.policy import Policy
from parley.demo import sandbox_values
from sync.limits.company_troubles import company_troubles
from tests.desk import WANDA, Addresses, Desk, beside

FIELD = "Client company"


@pytest.fixture
def place(tmp_path: Path) -> Addresses:
    return beside(tmp_path)


@pytest.fixture
def desk(place: Addresses, policy: Policy) -> Iterator[Desk]:
    """A desk that serves two companies."""
    desk = Desk(place, policy, companies=("acme", "beta"))
    yield desk
    desk.close()


def asked(desk: Desk, company: str) -> int:
    """How often a company's assignments were read."""
    return desk.workmarket.companies[company].asked.get("assignments/get", 0)


def troubled(desk: Desk) -> list[str]:
    """The companies that are known not to be usable."""
    return desk.app.store.read(lambda tx: [trouble.company for trouble in company_troubles(tx)])


def words(desk: Desk, ticket: int, number: str) -> str:
    """Everything that is written anywhere about a case."""
    mails = [str(row) for row in desk.zendesk.conversations(ticket)]
    return "\n".join((*desk.said(ticket), *desk.notes(ticket), *desk.messages(number), *mails))


@pytest.mark.parametrize("company", ["acme", "beta"])
def test_an_assignment_is_found_where_it_is_and_asked_of_nobody_else_from_then_on(desk: Desk, company: str) -> None:
    number, ticket = desk.begun(company=company)
    (other,) = {"acme", "beta"} - {company}
    before = asked(desk, other)
    desk.message(number, "owner", "We look into it.")
    assert (desk.state(ticket), desk.told(ticket)["company"]) == ("other_side_responded", company)
    assert len(desk.messages(number)) == 1
    assert (asked(desk, other), before <= 1) == (before, True)


def test_what_agents_say_whose_it_is_is_asked_of_that_company_alone(desk: Desk) -> None:
    number = desk.assignment(company="beta")
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, "worker", "approval_overdue", "Help.")
    desk.people.agent_update(ticket, fields={FIELD: "BETA"})
    desk.live()
    assert (desk.state(ticket), desk.told(ticket)["company"]) == ("tier_1", "beta")
    assert asked(desk, "acme") == 0


def test_a_company_that_nobody_knows_is_told_to_agents_only_until_they_put_it_right(desk: Desk) -> None:
    number = desk.assignment(company="beta")
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, "worker", "approval_overdue", "Help.")
    desk.people.agent_update(ticket, fields={FIELD: "Betta"})
    desk.live()
    assert desk.state(ticket) == "needs_review"
    assert "“Betta”" in "\n".join(desk.notes(ticket))
    assert "Betta" not in "\n".join(desk.said(ticket))
    desk.agent(ticket, fields={FIELD: "beta"})
    assert (desk.state(ticket), desk.told(ticket)["company"]) == ("tier_1", "beta")


def test_what_no_company_shows_is_an_unknown_assignment(desk: Desk) -> None:
    ticket = desk.submit("4711")
    assert (desk.state(ticket), desk.told(ticket)["company"]) == ("waiting_on_requester", None)
    assert "4711" in desk.said(ticket)[-1]


def test_a_number_in_a_reply_is_found_at_its_company(desk: Desk) -> None:
    number = desk.assignment(company="beta")
    ticket = desk.submit("4711")
    desk.reply(ticket, f"Sorry, the assignment is {number}.")
    assert (desk.state(ticket), desk.told(ticket)["company"]) == ("tier_1", "beta")


def test_a_company_that_refuses_us_is_named_to_agents_only(desk: Desk) -> None:
    desk.workmarket.companies["acme"].is_refused()
    ticket = desk.submit(desk.assignment(company="acme"))
    assert desk.state(ticket) == "needs_review"
    assert "acme does not let the desk in." in "\n".join(desk.notes(ticket))
    assert "acme" not in "\n".join(desk.said(ticket))
    assert "acme" in "\n".join(desk.app.health()["troubles"])


def test_another_company_s_outage_holds_up_nobody_and_its_own_cases_go_on_afterwards(desk: Desk) -> None:
    theirs, their_ticket = desk.begun(company="acme")
    desk.workmarket.companies["acme"].is_down()
    ours, our_ticket = desk.begun(company="beta")
    desk.until(desk.due(their_ticket, "tier_ends") + timedelta(minutes=1))
    desk.reconcile()
    assert (desk.state(our_ticket), desk.state(their_ticket)) == ("tier_2", "tier_1")
    assert troubled(desk) == ["acme"]
    desk.workmarket.companies["acme"].is_well()
    desk.for_(minutes=15)
    assert desk.state(their_ticket) == "tier_2"
    assert troubled(desk) == []
    assert (len(desk.messages(theirs)), len(desk.messages(ours))) == (1, 1)


def test_a_company_that_is_left_out_of_the_file_is_in_trouble_no_more(desk: Desk) -> None:
    desk.begun(company="beta")
    trouble = {"since": desk.clock().isoformat(), "why": "It does not answer."}
    desk.app.store.write(lambda tx: tx.marks.set("company:gone", trouble, desk.clock()))
    assert troubled(desk) == ["gone"]
    desk.clock.move(timedelta(minutes=1))
    desk.reconcile()
    assert troubled(desk) == []


def test_an_assignment_nobody_shows_waits_for_a_company_that_is_down_and_then_agents_are_told(desk: Desk) -> None:
    desk.workmarket.companies["acme"].is_down()
    ticket = desk.submit(desk.assignment(company="acme"))
    assert desk.said(ticket) == []
    desk.for_(hours=1)
    assert desk.state(ticket) == "needs_review"
    assert "acme could not be asked." in "\n".join(desk.notes(ticket))
    assert "been asked to look at how you are connected with the assignment (" in desk.said(ticket)[-1]


def test_too_many_calls_of_one_company_pause_that_one_only(desk: Desk) -> None:
    theirs, their_ticket = desk.begun(company="acme")
    desk.workmarket.companies["acme"].is_limited("600")
    desk.message(theirs, "owner", "We look into it.")
    number, ticket = desk.begun(company="beta")
    desk.message(number, "owner", "We do too.")
    assert (desk.state(their_ticket), desk.state(ticket)) == ("tier_1", "other_side_responded")
    paused = desk.app.store.read(lambda tx: [row.name for row in tx.budgets.all().values() if row.refusals])
    assert paused == ["workmarket:acme"]
    desk.workmarket.companies["acme"].is_well()
    desk.for_(minutes=11)
    assert desk.state(their_ticket) == "other_side_responded"


def test_a_company_s_webhook_says_nothing_about_another_s_assignment(desk: Desk) -> None:
    number, ticket = desk.begun(company="beta")
    body = {"event": "cancel", "assignment_id": number, "status": "cancelled", "now": "1"}
    before = asked(desk, "beta")
    for company, status in (("acme", 202), ("nobody", 401)):
        headers = {"Authorization": f"Bearer {company}-webhook-token"}
        assert desk.http.post("/webhooks/workmarket", json=body, headers=headers).status_code == status
    desk.live()
    assert asked(desk, "beta") == before
    moments = desk.app.store.read(lambda tx: tx.moments.told(number))
    assert [company for event, _, company in moments if event == "cancel"] == ["acme"]
    desk.message(number, "owner", "We look into it.")
    assert [moment.event for moment in desk.case(ticket).moments] == ["completed"] or not desk.case(ticket).moments


def test_a_desk_that_had_one_company_goes_on_with_several(place: Addresses, policy: Policy) -> None:
    desk = Desk(place, policy)
    number, ticket = desk.begun()
    desk.app.close()
    desk.workmarket.add_company("acme")
    desk.workmarket.add_company("beta")
    desk.workmarket.assignments[number].company = "beta"
    desk.open(sandbox_values(desk.sandbox, desk.url), policy)
    desk.reconcile()
    assert desk.told(ticket)["company"] == "beta"
    desk.message(number, "owner", "We look into it.")
    assert desk.state(ticket) == "other_side_responded"
    desk.close()


def test_a_round_asks_those_companies_that_have_open_cases_and_each_twice_at_most(
    place: Addresses, policy: Policy
) -> None:
    desk = Desk(place, policy, companies=[f"company-{one}" for one in range(12)])
    with_cases = ["company-3", "company-7", "company-11"]
    numbers = [desk.begun(company=company)[0] for company in with_cases]
    desk.reconcile()
    desk.clock.move(timedelta(hours=25))  # every access token has ended
    desk.workmarket.webhook_url = None
    desk.workmarket.message(numbers[0], "owner", "We look into it.")
    for company in desk.workmarket.companies.values():
        company.asked.clear()
    assert desk.app.reconciler().round(desk.clock()) >= 1
    made = {name: sum(one.asked.values()) for name, one in desk.workmarket.companies.items() if one.asked}
    assert made == dict.fromkeys(with_cases, 2)
    desk.close()


def test_the_policy_may_say_something_different_for_a_company(place: Addresses, policy: Policy) -> None:
    pat = {"name": "Pat Manager", "email": "pat@beta.example"}
    calendar = {**policy.to_json()["calendar"], "zone": "America/Los_Angeles"}
    differs = {"beta": {"project_managers": {"77": pat}, "calendar": calendar}, "acme": {}}
    desk = Desk(place, replace(policy, companies=differs), companies=("acme", "beta"))
    _, ours = desk.begun(tier=2, company="acme")
    desk.for_(hours=3)  # the office of the other one opens three hours later
    _, theirs = desk.begun(tier=2, company="beta")
    assert (desk.mails(ours), desk.mails(theirs)) == (["sally@example.com"], ["pat@beta.example"])
    shown = [str(desk.shown(ticket, "Next update due")).split()[-1] for ticket in (ours, theirs)]
    assert shown == ["EDT", "PDT"]
    desk.close()


def test_each_company_is_written_to_in_its_language_and_a_requester_in_theirs(
    place: Addresses, policy: Policy
) -> None:
    desk = Desk(
        place, replace(policy, companies={"acme": {}, "beta": {"language": "es-419"}}), companies=("acme", "beta")
    )
    desk.people.choose_language(WANDA, "de")
    for company, opening, subject in (
        ("acme", "This message comes from", "WorkMarket escalations desk"),
        ("beta", "Este mensaje es del", "Equipo de escalamientos"),
    ):
        number, ticket = desk.begun(tier=2, company=company)
        assert all(message.startswith(opening) for message in desk.messages(number))
        assert desk.zendesk.conversations(ticket)[-1]["subject"].startswith(subject)
        assert all("Das Eskalationsteam" in said for said in desk.said(ticket))
    desk.close()


def test_no_company_s_words_are_in_what_is_written_about_another_s_case(desk: Desk) -> None:
    """Each company plants a word in all that it says; both cases go the whole way beside each other."""
    cases: dict[str, tuple[str, int]] = {}
    for company in ("acme", "beta"):
        canary = f"cnr{company}"
        parts = {
            "title": f"Swap a router {canary}",
            "project_name": f"Project {canary}",
            "owner": ("Olaf", canary),
            "support_contact": ("Sally", canary, f"sally@{canary}.example"),
        }
        number, ticket = desk.begun(company=company, **parts)
        desk.message(number, "owner", f"We look into it. {canary}")
        cases[company] = number, ticket
    for number, ticket in cases.values():
        desk.agent(ticket, fields={"Other side responded": False})
        desk.until(max(desk.clock(), desk.due(ticket, "tier_ends")) + timedelta(minutes=1))
        assert desk.mails(ticket)
        assert desk.messages(number)
    for company, (number, ticket) in cases.items():
        written = words(desk, ticket, number)
        assert f"cnr{company}" in written
        assert not [other for other in cases if other != company and f"cnr{other}" in written]


def test_files_go_to_and_come_from_their_own_companys_assignment_only(desk: Desk) -> None:
    begun = {company: desk.begun(company=company) for company in ("acme", "beta")}
    desk.zendesk.account.files.scan_after = timedelta(0)
    for company, (number, ticket) in begun.items():
        desk.agent(
            ticket,
            comment="The order.",
            add_tags=["escalation_post_to_assignment"],
            files=[("order.pdf", f"sent for {company}".encode())],
        )
        desk.workmarket.attach(number, "site.jpg", f"canary-of-{company}".encode())
    desk.live()
    for company, (number, ticket) in begun.items():
        held = {one.content.decode() for one in desk.workmarket.files(number)}
        assert held == {f"sent for {company}", f"canary-of-{company}"}
        attached = [one for comment in desk.zendesk.comments(ticket) for one in comment["attachments"]]
        contents = {desk.zendesk.account.files.by_id[one["id"]].content.decode() for one in attached}
        assert contents == held
