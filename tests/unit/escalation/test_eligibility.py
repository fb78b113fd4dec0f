"""The verdict: which ruling wins, and what each rule answers for realistic facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from escalation.eligibility.outlooks import Outlook, outlook
from escalation.eligibility.reasons import GROUNDS
from escalation.eligibility.rules import RULES, EscalationRequest, judge, ruled
from escalation.model.values import Party, Reason
from escalation.model.verdict import Finding, Outcome, Ruling, Verdict
from escalation.model.views import (
    Absent,
    AssignmentEvent,
    AssignmentSeen,
    AssignmentView,
    Contact,
    Message,
    ZendeskUser,
)
from escalation.policies.policy import Policy
from tests.unit.escalation.case_world import START, WORKER, assignment, local, policy

SECOND = timedelta(seconds=1)
NOW = START
NAMES = [rule.name for rule in RULES]
KINDS = ("pass", "lasting", "mendable", "not_yet", "unknown")


def finding(rule: str, kind: str) -> Finding:
    outcome = {"lasting": Outcome.FAIL, "mendable": Outcome.FAIL}.get(kind) or Outcome(kind)
    return Finding(rule, outcome, "A fact.", "somewhere", mendable=kind == "mendable")


def expected(kinds: tuple[str, ...]) -> Ruling:
    first = (
        ("lasting", Ruling.NOT_ELIGIBLE),
        ("mendable", Ruling.ASK),
        ("unknown", Ruling.REVIEW),
        ("not_yet", Ruling.WAIT),
    )
    return next((ruling for kind, ruling in first if kind in kinds), Ruling.ELIGIBLE)


def test_every_combination_of_outcomes_has_the_ruling_that_applies_first() -> None:
    for kinds in product(KINDS, repeat=len(NAMES)):
        findings = tuple(finding(rule, kind) for rule, kind in zip(NAMES, kinds, strict=True))
        assert ruled(findings, {}, NOW).ruling is expected(kinds), kinds


def test_an_agent_passes_unknowns_and_nothing_else() -> None:
    for kind in KINDS:
        verdict = ruled((finding("identity", kind),), {"identity": "Ada"}, NOW)
        assert verdict.findings[0].outcome is (Outcome.PASS if kind == "unknown" else finding("x", kind).outcome)


def ask(
    seen: AssignmentSeen | None = None,
    *,
    now: datetime = NOW,
    moments: tuple[AssignmentEvent, ...] = (),
    rules: Policy | None = None,
    **changes: object,
) -> Verdict:
    fields = changes.pop("fields", {})
    request = EscalationRequest(
        Party.WORKER, Reason.APPROVAL_OVERDUE, "880011", WORKER, None, NOW, {}, "Nobody answers.", {}
    )
    request = replace(request, fields=fields, **changes)  # type: ignore[arg-type]
    return judge(request, seen or assignment(), moments, now, rules or policy())


def rule(name: str, verdict: Verdict) -> Finding:
    return next(f for f in verdict.findings if f.rule == name)


def outcome(name: str, verdict: Verdict) -> str:
    found = rule(name, verdict)
    return "mendable" if found.mendable else found.outcome.value


def test_a_request_in_order_passes_every_rule() -> None:
    verdict = ask()
    assert verdict.ruling is Ruling.ELIGIBLE
    assert [f.rule for f in verdict.findings] == NAMES
    assert all(f.fact and f.source for f in verdict.findings)


def test_a_fail_says_what_would_mend_it() -> None:
    verdict = ask(assignment(messages=()))
    assert rule("contacted", verdict).remedy == "Write to the client on the assignment."


# ---- who asks


@pytest.mark.parametrize(
    ("requester", "signed", "answer"),
    [
        (WORKER, None, "pass"),
        (replace(WORKER, email="WANDA@example.com "), None, "pass"),
        (replace(WORKER, verified=False), None, "unknown"),
        (replace(WORKER, email="other@example.com"), None, "unknown"),
        (ZendeskUser("9"), "wanda@example.com", "pass"),
        (ZendeskUser("9"), "other@example.com", "unknown"),
        (ZendeskUser("9", "", verified=True), "", "unknown"),
    ],
)
def test_the_worker_is_known_by_a_verified_or_signed_e_mail(
    requester: ZendeskUser, signed: str | None, answer: str
) -> None:
    assert outcome("identity", ask(requester=requester, signed_email=signed)) == answer


def test_an_assignment_without_a_worker_proves_nobody() -> None:
    bare = assignment(worker=replace(assignment().worker, email=""))
    assert outcome("identity", ask(bare, requester=replace(WORKER, email=""))) == "unknown"


@pytest.mark.parametrize("number", ["880011", None])
def test_no_such_assignment_can_be_mended(number: str | None) -> None:
    verdict = judge(
        EscalationRequest(Party.WORKER, None, number, WORKER, None, NOW, {}), Absent("880011"), (), NOW, policy()
    )
    assert verdict.ruling is Ruling.ASK
    assert outcome("identity", verdict) == "mendable"


def test_a_violation_is_seen_even_without_an_assignment() -> None:
    request = EscalationRequest(Party.WORKER, None, None, WORKER, None, NOW, {"violation_reported": True})
    assert judge(request, None, (), NOW, policy()).ruling is Ruling.NOT_ELIGIBLE


# ---- recent enough


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (local(2025, 9, 2, 10), local(2026, 3, 2, 10)),
        (local(2025, 8, 31, 10), local(2026, 2, 28, 10)),
        (local(2025, 8, 30, 10), local(2026, 2, 28, 10)),
        (local(2023, 8, 31, 10), local(2024, 2, 29, 10)),
        (local(2025, 9, 8, 2, 30), local(2026, 3, 8, 3, 0)),
        (local(2025, 5, 1, 10), local(2025, 11, 1, 10)),
    ],
)
def test_six_months_are_calendar_months_clamped_to_a_month_s_end(end: datetime, last: datetime) -> None:
    seen = assignment(scheduled=end)
    assert outcome("recent", ask(seen, submitted=last)) == "pass"
    assert outcome("recent", ask(seen, submitted=last + SECOND)) == "fail"


def test_it_is_judged_at_submission_and_not_at_the_time_of_the_check() -> None:
    assert outcome("recent", ask(now=NOW + timedelta(days=900))) == "pass"


@pytest.mark.parametrize(("basis", "answer"), [("scheduled_end", "fail"), ("window_end", "pass")])
def test_which_end_counts_is_the_policy_s_choice(basis: str, answer: str) -> None:
    rules = replace(policy(), worker_window_basis=basis)  # type: ignore[arg-type]
    seen = assignment(scheduled=NOW - timedelta(days=200), window_end=NOW - timedelta(days=100))
    assert outcome("recent", ask(seen, rules=rules)) == answer


@pytest.mark.parametrize("basis", ["scheduled_end", "window_end"])
def test_where_one_end_is_missing_the_other_counts_and_without_any_a_person_decides(basis: str) -> None:
    rules = replace(policy(), worker_window_basis=basis)  # type: ignore[arg-type]
    old = NOW - timedelta(days=200)
    assert outcome("recent", ask(assignment(scheduled=None, window_end=old), rules=rules)) == "fail"
    assert outcome("recent", ask(assignment(scheduled=old, window_end=None), rules=rules)) == "fail"
    assert outcome("recent", ask(assignment(scheduled=None), rules=rules)) == "unknown"


@pytest.mark.parametrize(("days", "answer"), [(timedelta(days=60), "pass"), (timedelta(days=60) + SECOND, "fail")])
def test_a_client_has_60_days(days: timedelta, answer: str) -> None:
    verdict = ask(assignment(scheduled=NOW - days), party=Party.CLIENT)
    assert outcome("recent", verdict) == answer


# ---- contacted, and unanswered

DONE = NOW - timedelta(days=10)


def saying(*said: tuple[str, datetime], **changes: object) -> AssignmentView:
    return assignment(messages=tuple(Message(at, who, "Hello.") for who, at in said), **changes)


@pytest.mark.parametrize(
    ("said", "contacted"),
    [
        ((), "mendable"),
        ((("Wanda Worker", DONE - SECOND),), "unknown"),
        ((("Wanda Worker", DONE),), "pass"),
        ((("Sue Support", DONE),), "mendable"),
        ((("Zoe Zebra", DONE),), "unknown"),
    ],
)
def test_the_client_was_contacted_by_a_message_since_the_issue_arose(
    said: tuple[tuple[str, datetime], ...], contacted: str
) -> None:
    assert outcome("contacted", ask(saying(*said))) == contacted


@pytest.mark.parametrize("author", ["John Smith", "Zoe Zebra"])
def test_whoever_may_be_either_side_is_a_persons_to_tell(author: str) -> None:
    seen = replace(saying((author, DONE)), owner="John Smith", worker=Contact("John Smith", WORKER.email))
    verdict = ask(seen)
    assert (outcome("contacted", verdict), outcome("unanswered", verdict)) == ("unknown", "unknown")
    assert verdict.ruling is Ruling.REVIEW
    assert not any("no message by the worker" in finding.fact for finding in verdict.findings)


def test_a_verified_address_is_the_workers_by_ascii_case_and_domain_only() -> None:
    for mail, answer in (
        ("WANDA@b\u00dccher.example", "pass"),
        ("wanda@xn--bcher-kva.example", "pass"),
        ("wand\u0430@b\u00fccher.example", "unknown"),
    ):
        seen = assignment(worker=Contact("Wanda Worker", "wanda@b\u00fccher.example"))
        assert outcome("identity", ask(seen, requester=replace(WORKER, email=mail))) == answer, mail


def test_a_private_note_contacts_nobody() -> None:
    seen = assignment(messages=(Message(DONE, "Wanda Worker", "Hello.", private=True),))
    assert outcome("contacted", ask(seen)) == "mendable"


@pytest.mark.parametrize(
    ("at", "stated", "answer"),
    [
        (None, None, "pass"),
        (DONE - SECOND, None, "pass"),
        (DONE, None, "unknown"),
        (DONE, "stated", "fail"),
        (DONE, "not_stated", "pass"),
        (None, "stated", "fail"),
    ],
)
def test_a_client_s_message_since_the_issue_arose_is_a_person_s_to_read(
    at: datetime | None, stated: str | None, answer: str
) -> None:
    said = (("Sue Support", at),) if at else ()
    verdict = ask(saying(("Wanda Worker", DONE), *said), fields={"justification": stated})
    assert outcome("unanswered", verdict) == answer


def test_where_it_is_not_known_when_the_issue_arose_both_rules_are_unknown_unless_nobody_wrote() -> None:
    blind: dict[str, object] = {"checked_out": None, "checked_in": None}
    both = ask(saying(("Wanda Worker", DONE), ("Sue Support", DONE - timedelta(days=90)), **blind))
    assert (outcome("contacted", both), outcome("unanswered", both)) == ("unknown", "unknown")
    nobody = ask(saying(**blind))
    assert (outcome("contacted", nobody), outcome("unanswered", nobody)) == ("mendable", "pass")


def test_a_dispute_arose_with_the_worker_s_first_message() -> None:
    seen = saying(("Sue Support", DONE - SECOND), ("Wanda Worker", DONE))
    verdict = ask(seen, reason=Reason.PAYMENT_DISPUTE)
    assert verdict.ruling is Ruling.ELIGIBLE


# ---- violation


def test_a_tick_is_lasting_and_a_label_of_the_policy_is_a_person_s() -> None:
    rules = replace(policy(), violation_labels=("Under review",))
    assert outcome("violation", ask(fields={"violation_reported": True})) == "fail"
    assert outcome("violation", ask(assignment(labels=("under  review",)), rules=rules)) == "unknown"
    assert outcome("violation", ask(assignment(labels=("Other",)), rules=rules)) == "pass"


# ---- the reasons


def test_approval_is_overdue_after_the_average_and_48_hours_of_the_clock() -> None:
    due = DONE + timedelta(hours=72 + 48)
    assert outcome("reason", ask(now=due)) == "pass"
    early = rule("reason", ask(now=due - SECOND))
    assert (early.outcome, early.earliest) == (Outcome.NOT_YET, due)
    assert early.assumed and "72 hours that are assumed" in early.fact


@pytest.mark.parametrize(("field", "hours"), [("24", 24), ("3 d", 72), ("1.5 days", 36), ("36 h", 36), ("0", 0)])
def test_an_agent_s_average_counts_instead_of_the_assumed_one(field: str, hours: int) -> None:
    due = DONE + timedelta(hours=hours + 48)
    verdict = ask(now=due - SECOND, fields={"average_approval": field})
    assert rule("reason", verdict).earliest == due
    assert not rule("reason", verdict).assumed


@pytest.mark.parametrize("field", ["soon", "-3", "1e9", "9" * 30, "1.2.3", "2-3 days", "3 business days"])
def test_an_average_that_nobody_can_read_is_for_a_person_and_nothing_is_assumed(field: str) -> None:
    found = rule("reason", ask(now=DONE + timedelta(days=300), fields={"average_approval": field}))
    assert found.outcome is Outcome.UNKNOWN
    assert f"“{field}”" in found.fact
    assert not found.assumed


@pytest.mark.parametrize("field", ["", " \u00a0", None, True])
def test_where_nothing_was_typed_the_average_is_assumed(field: str | bool | None) -> None:
    assert "72 hours that are assumed" in rule("reason", ask(now=DONE, fields={"average_approval": field})).fact


def test_completion_is_known_from_our_record_then_the_history_then_the_check_out() -> None:
    recorded = (AssignmentEvent("completed", NOW - SECOND),)
    told = assignment(history=((NOW - 2 * SECOND, "Moved to Pending Approval"),))
    assert rule("reason", ask(told, moments=recorded)).source == "our record of WorkMarket's webhook"
    assert rule("reason", ask(told)).source == "the assignment's history"
    assert rule("reason", ask()).source == "the last check-out"
    assert outcome("reason", ask(assignment(checked_out=None))) == "unknown"


PAST = {"status": "paymentpending", "payment_due": NOW - timedelta(days=4)}


def past_due(said: datetime | None, now: datetime = NOW, **changes: object) -> Finding:
    seen = saying(*((("Wanda Worker", said),) if said else ()), **{**PAST, **changes})
    return rule("reason", ask(seen, now=now, reason=Reason.PAYMENT_PAST_DUE))


def test_payment_is_past_due_48_hours_after_the_worker_s_message() -> None:
    said = NOW - timedelta(hours=48)
    assert past_due(said).outcome is Outcome.PASS
    early = past_due(said, NOW - SECOND)
    assert (early.outcome, early.earliest) == (Outcome.NOT_YET, NOW)


def test_payment_that_is_not_due_yet_waits_for_its_date() -> None:
    due = NOW + timedelta(days=2)
    early = past_due(NOW, payment_due=due)
    assert (early.outcome, early.earliest) == (Outcome.NOT_YET, due)
    assert past_due(due, due + timedelta(hours=48), payment_due=due).outcome is Outcome.PASS


def test_payment_without_a_due_date_or_without_a_message_since_is_a_person_s() -> None:
    assert past_due(NOW, payment_due=None).outcome is Outcome.UNKNOWN
    assert past_due(NOW - timedelta(days=9)).outcome is Outcome.UNKNOWN


CUT = NOW - timedelta(days=3)


def cancelled(reason: Reason, said: datetime | None, **changes: object) -> Finding:
    seen = saying(*((("Sue Support", said),) if said else ()), **{"status": "cancelled", **changes})
    known = (AssignmentEvent("cancel", CUT),)
    return rule("reason", ask(seen, moments=known, reason=reason))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (None, Outcome.PASS),
        (CUT - timedelta(hours=24) - SECOND, Outcome.PASS),
        (CUT - timedelta(hours=24), Outcome.UNKNOWN),
        (CUT + SECOND, Outcome.UNKNOWN),
    ],
)
def test_a_message_after_a_cancellation_or_in_the_day_before_may_explain_it(
    said: datetime | None, answer: Outcome
) -> None:
    assert cancelled(Reason.CANCELLED_UNEXPLAINED, said).outcome is answer
    assert cancelled(Reason.CANCELLED_UNEXPLAINED, said, status="void").outcome is answer


def test_a_cancellation_at_an_unknown_time_with_messages_is_a_person_s() -> None:
    seen = saying(("Sue Support", DONE), status="cancelled")
    assert outcome("reason", ask(seen, reason=Reason.CANCELLED_UNEXPLAINED)) == "unknown"


@pytest.mark.parametrize(
    ("said", "changes", "answer"),
    [
        (None, {}, Outcome.PASS),
        (DONE - timedelta(hours=3), {}, Outcome.PASS),
        (DONE, {}, Outcome.UNKNOWN),
        (CUT + SECOND, {}, Outcome.UNKNOWN),
        (None, {"checked_out": None}, Outcome.PASS),
        (None, {"checked_out": None, "checked_in": None}, Outcome.UNKNOWN),
        (None, {"checked_out": NOW, "checked_in": NOW}, Outcome.UNKNOWN),
    ],
)
def test_cancelled_after_the_work_needs_work_before_it_and_no_word_since(
    said: datetime | None, changes: dict[str, object], answer: Outcome
) -> None:
    assert cancelled(Reason.CANCELLED_AFTER_WORK, said, **changes).outcome is answer


def test_every_reason_has_its_row() -> None:
    assert [ground.reason for ground in GROUNDS] == list(Reason)


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.PAYMENT_DISPUTE])
@pytest.mark.parametrize("status", ["sent", "inprogress", "refunded", "exception", "declined", "draft", ""])
def test_a_reason_that_does_not_hold_is_a_person_s_and_no_refusal(reason: Reason, status: str) -> None:
    assert outcome("reason", ask(assignment(status=status), reason=reason)) == "unknown"


@pytest.mark.parametrize("reason", [r for r in Reason if r is not Reason.PAYMENT_DISPUTE])
def test_paid_is_a_lasting_fail_with_what_was_seen(reason: Reason) -> None:
    found = rule("reason", ask(assignment(status="paid", paid_on=NOW), reason=reason))
    assert found.outcome is Outcome.FAIL
    assert "paid on Mon 2 Mar 2026, 10:00 EST" in found.fact


def test_a_dispute_is_one_because_the_worker_says_so_and_no_reason_is_a_person_s() -> None:
    assert outcome("reason", ask(reason=Reason.PAYMENT_DISPUTE)) == "pass"
    assert outcome("reason", ask(reason=None)) == "unknown"


# ---- the client's rules


def test_a_client_s_request_is_known_by_the_marketplace_s_signature_only() -> None:
    assert outcome("identity", ask(party=Party.CLIENT)) == "unknown"
    assert outcome("identity", ask(party=Party.CLIENT, signed_email="sue@client.example")) == "pass"


def test_a_signature_vouches_for_the_client_of_the_assignment_that_it_names_and_of_no_other() -> None:
    signed = ask(party=Party.CLIENT, signed_email="sue@client.example", corrected=True)
    assert outcome("identity", signed) == "unknown"
    assert "about another assignment" in rule("identity", signed).fact
    assert outcome("identity", ask(signed_email=WORKER.email, corrected=True)) == "pass"


@pytest.mark.parametrize(("choice", "answer"), [("unknown", "unknown"), ("mendable", "mendable"), ("pass", "pass")])
def test_what_a_client_without_a_message_is_asked_is_the_policy_s_choice(choice: str, answer: str) -> None:
    rules = replace(policy(), client_not_contacted=choice)  # type: ignore[arg-type]
    assert outcome("contacted", ask(party=Party.CLIENT, rules=rules)) == answer
    said = saying(("Sue Support", DONE))
    assert outcome("contacted", ask(said, party=Party.CLIENT, rules=rules)) == "pass"


def test_a_client_gives_details_and_an_outcome_and_needs_no_reason() -> None:
    full = ask(party=Party.CLIENT, reason=None, fields={"outcome": "Come back and finish."})
    assert outcome("reason", full) == "pass"
    assert outcome("reason", ask(party=Party.CLIENT, reason=None)) == "unknown"


# ---- what has become of the reason


@pytest.mark.parametrize(
    ("reason", "judged", "status", "found"),
    [
        (Reason.APPROVAL_OVERDUE, "complete", "complete", Outlook.HOLDS),
        (Reason.APPROVAL_OVERDUE, "complete", "invoiced", Outlook.APPROVED),
        (Reason.APPROVAL_OVERDUE, "complete", "inprogress", Outlook.OTHER),
        (Reason.PAYMENT_PAST_DUE, "paymentpending", "invoiced", Outlook.HOLDS),
        (Reason.PAYMENT_PAST_DUE, "paymentpending", "paid", Outlook.PAID),
        (Reason.PAYMENT_PAST_DUE, "paymentpending", "refunded", Outlook.OTHER),
        (Reason.CANCELLED_UNEXPLAINED, "cancelled", "void", Outlook.HOLDS),
        (Reason.CANCELLED_UNEXPLAINED, "cancelled", "sent", Outlook.OTHER),
        (Reason.PAYMENT_DISPUTE, "inprogress", "complete", Outlook.HOLDS),
        (Reason.PAYMENT_DISPUTE, "complete", "inprogress", Outlook.OTHER),
        (Reason.PAYMENT_DISPUTE, "paid", "refunded", Outlook.OTHER),
    ],
)
def test_the_end_of_a_reason_is_told_from_what_it_was_judged_by(
    reason: Reason, judged: str, status: str, found: Outlook
) -> None:
    assert outlook(reason, status, judged) is found


def test_two_verdicts_that_would_tell_the_same_are_the_same() -> None:
    assert ask(assignment(messages=())).fingerprint == ask(assignment(messages=()), now=NOW + SECOND).fingerprint
    assert ask(assignment(messages=())).fingerprint != ask().fingerprint
