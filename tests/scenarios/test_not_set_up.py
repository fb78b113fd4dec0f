"""A desk that knows no form: webhooks are kept, no ticket is taken for nobody's, and somebody is told."""

from __future__ import annotations

from tests.scenarios.town import WANDA, Town


def forgets_the_account(town: Town) -> None:
    """As where the signing secret is set by hand, and `parley zendesk apply` never ran on this database."""
    town.house.store.write(lambda tx: tx.account.forget("ids"))
    town.for_(seconds=30)


def troubles(town: Town) -> list[str]:
    said: list[str] = town.http.get("/readyz").json()["troubles"]
    return said


def test_what_came_in_before_the_account_was_set_up_is_done_afterwards(town: Town):
    forgets_the_account(town)
    number = town.assignment()
    ticket = town.submit(number)
    town.for_(hours=3)
    assert town.house.store.read(lambda tx: tx.cases.by_ticket(str(ticket))) is None
    town.set_up_again()
    town.for_(minutes=15)
    assert town.state(ticket) == "tier_1"
    assert len(town.messages(number)) == 1


def test_what_no_webhook_told_of_before_the_account_was_set_up_is_found_afterwards(town: Town):
    forgets_the_account(town)
    town.zendesk.webhook_policy = lambda _: "drop"
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    for _ in range(4):
        town.for_(minutes=5)
        town.reconcile()
    town.set_up_again()
    town.for_(minutes=5)
    town.reconcile()
    assert town.state(ticket) == "tier_1"


def test_a_request_from_elsewhere_waits_for_its_ticket(town: Town):
    forgets_the_account(town)
    assert town.hand_in(town.assignment()).status_code == 202
    town.for_(hours=3)
    assert town.tickets() == []
    town.set_up_again()
    town.for_(minutes=15)
    assert [town.state(ticket) for ticket in town.tickets()] == ["tier_1"]


def test_readiness_says_nothing_of_an_account_that_is_set_up(town: Town):
    assert not any("apply" in trouble for trouble in troubles(town))


def test_readiness_tells_what_to_run(town: Town):
    forgets_the_account(town)
    answer = town.http.get("/readyz")
    assert answer.status_code == 200
    assert "The Zendesk account is not set up: run `parley zendesk apply`." in answer.json()["troubles"]


def test_what_waits_for_it_says_why(town: Town):
    forgets_the_account(town)
    town.submit(town.assignment())
    (row,) = town.house.store.read(lambda tx: list(tx.outbox.unfinished()))
    assert row.error == "The Zendesk account is not set up: run `parley zendesk apply`."
