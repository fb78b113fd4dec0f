"""A desk that knows no form: webhooks are kept, no ticket is taken for nobody's, and somebody is told."""

from __future__ import annotations

from tests.beginning import WANDA
from tests.desk import Desk


def forgets_the_account(desk: Desk) -> None:
    """As where the signing secret is set by hand, and `parley zendesk apply` never ran on this database."""
    desk.app.store.write(lambda tx: tx.account.forget("ids"))
    desk.for_(seconds=30)


def troubles(desk: Desk) -> list[str]:
    said: list[str] = desk.http.get("/readyz").json()["troubles"]
    return said


def test_what_came_in_before_the_account_was_set_up_is_done_afterwards(desk: Desk):
    forgets_the_account(desk)
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.for_(hours=3)
    assert desk.app.store.read(lambda tx: tx.cases.by_ticket(str(ticket))) is None
    desk.set_up_again()
    desk.for_(minutes=15)
    assert desk.state(ticket) == "tier_1"
    assert len(desk.messages(number)) == 1


def test_what_no_webhook_told_of_before_the_account_was_set_up_is_found_afterwards(desk: Desk):
    forgets_the_account(desk)
    desk.zendesk.webhook_policy = lambda _: "drop"
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    for _ in range(4):
        desk.for_(minutes=5)
        desk.reconcile()
    desk.set_up_again()
    desk.for_(minutes=5)
    desk.reconcile()
    assert desk.state(ticket) == "tier_1"


def test_a_request_from_elsewhere_waits_for_its_ticket(desk: Desk):
    forgets_the_account(desk)
    assert desk.hand_in(desk.assignment()).status_code == 202
    desk.for_(hours=3)
    assert desk.tickets() == []
    desk.set_up_again()
    desk.for_(minutes=15)
    assert [desk.state(ticket) for ticket in desk.tickets()] == ["tier_1"]


def test_readiness_says_nothing_of_an_account_that_is_set_up(desk: Desk):
    assert not any("apply" in trouble for trouble in troubles(desk))


def test_readiness_tells_what_to_run(desk: Desk):
    forgets_the_account(desk)
    answer = desk.http.get("/readyz")
    assert answer.status_code == 200
    assert "The Zendesk account is not set up: run `parley zendesk apply`." in answer.json()["troubles"]


def test_what_waits_for_it_says_why(desk: Desk):
    forgets_the_account(desk)
    desk.submit(desk.assignment())
    (row,) = desk.app.store.read(lambda tx: list(tx.outbox.unfinished()))
    assert row.error == "The Zendesk account is not set up: run `parley zendesk apply`."
