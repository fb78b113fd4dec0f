"""The seeded past: every situation leads where its line on the page says."""

from datetime import timedelta

import httpx
import pytest

from connector.workmarket.parse import assignment_view
from escalation.eligibility.rules import EscalationRequest, judge
from escalation.model.values import Party, Reason
from escalation.model.verdict import Ruling
from escalation.model.views import Absent, AssignmentSeen, ZendeskUser
from escalation.policies.policy import Policy
from parley.demo import ACCOUNT_MANAGERS
from parley.wiring.load_policy import load_rules
from sandbox import MovableClock, Sandbox
from sandbox.pages import seed
from sandbox.pages.scenarios import SCENARIOS, Scenario, person_named
from sandbox.pages.seed import PASTS
from tests.patience import PATIENCE_S
from tests.unencrypted import UNENCRYPTED

EXPECTED = {
    "overdue": Ruling.ELIGIBLE,
    "in_spanish": Ruling.ELIGIBLE,
    "past_due": Ruling.ELIGIBLE,
    "cancelled": Ruling.ELIGIBLE,
    "too_early": Ruling.WAIT,
    "no_message": Ruling.ASK,
    "too_old": Ruling.NOT_ELIGIBLE,
    "wrong_number": Ruling.ASK,
    "not_theirs": Ruling.REVIEW,
    "dispute": Ruling.REVIEW,
    "after_work": Ruling.ELIGIBLE,
    "paid": Ruling.NOT_ELIGIBLE,
    "clients": Ruling.REVIEW,
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_rules(None)


def seen(sandbox: Sandbox, assignment_id: str) -> AssignmentSeen:
    """The assignment as the desk's connector reads it from the stand-in's API."""
    base = f"{sandbox.workmarket_url}/v1/employer"
    credentials = sandbox.workmarket.credentials
    with httpx.Client(trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S) as http:
        given = {"token": credentials.token, "secret": credentials.secret}
        token = http.post(f"{base}/authorization/request", data=given).json()["response"]["access_token"]
        asked = {"id": assignment_id, "access_token": token}
        answer = http.get(f"{base}/assignments/get", params=asked)
    if not answer.is_success:
        return Absent(assignment_id)
    return assignment_view(answer.json()["response"], assignment_id)


@pytest.mark.parametrize("row", SCENARIOS, ids=lambda row: row.key)
def test_a_situation_gets_the_verdict_that_its_line_promises(
    row: Scenario, sandbox: Sandbox, clock: MovableClock, policy: Policy
) -> None:
    who = person_named(row.person)
    request = EscalationRequest(
        party=Party(who.party),
        reason=Reason(row.reason) if row.reason else None,
        assignment_id=row.assignment_id,
        requester=ZendeskUser("1", who.email, who.name, verified=True),
        signed_email=None,
        submitted=clock(),
        fields={"outcome": row.outcome},
        description=row.description,
    )
    with sandbox:
        verdict = judge(request, seen(sandbox, row.assignment_id), (), clock(), policy)
    assert verdict.ruling is EXPECTED[row.key], verdict.findings


def test_the_situations_cover_every_reason_and_every_ruling() -> None:
    assert {row.reason for row in SCENARIOS} >= {reason.value for reason in Reason}
    assert set(EXPECTED.values()) == set(Ruling)


def test_seeding_twice_adds_nothing(sandbox: Sandbox) -> None:
    before = {key: len(row.notes) for key, row in sandbox.workmarket.assignments.items()}
    people = len(sandbox.zendesk.account.users)
    seed(sandbox)
    assert {key: len(row.notes) for key, row in sandbox.workmarket.assignments.items()} == before
    assert len(sandbox.zendesk.account.users) == people


def test_nothing_in_the_past_is_ahead_of_the_clock(sandbox: Sandbox, clock: MovableClock) -> None:
    for row in sandbox.workmarket.assignments.values():
        assert all(note.at < clock() for note in row.notes)
        assert all(moment["date"] < clock().timestamp() for moment in row.history)
        assert row.modified <= clock()
        assert row.created < clock() - timedelta(days=1)


def test_every_client_but_lucias_has_an_account_manager() -> None:
    projects = {str(past.project[0]) for past in PASTS}
    assert projects - set(ACCOUNT_MANAGERS) == {str(past.project[0]) for past in PASTS if past.worker[0] == "Lucía"}
