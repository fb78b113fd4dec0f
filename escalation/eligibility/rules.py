"""The verdict on a request: every rule answers with its fact and remedy; the first ruling that applies wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.eligibility.facts import Facts, Speaker
from escalation.eligibility.reasons import holds
from escalation.language.people import same_address
from escalation.model.case import DECIDES, Finding, Outcome, Ruling, Verdict
from escalation.model.values import Party, Reason
from escalation.model.views import Absent, AssignmentSeen, FieldValue, Moment, Person
from escalation.policies.calendar import add_months
from escalation.policies.policy import Policy

ORDER = (Ruling.NOT_ELIGIBLE, Ruling.ASK, Ruling.REVIEW, Ruling.WAIT)
RULES = ("identity", "recent", "contacted", "unanswered", "violation", "reason")


@dataclass(frozen=True, slots=True)
class Request:
    """What is judged: who asks, about which assignment, and what agents have said and passed so far."""

    party: Party
    reason: Reason | None
    assignment_id: str | None
    requester: Person
    signed_email: str | None
    submitted: datetime
    fields: Mapping[str, FieldValue]
    description: str = ""
    passes: Mapping[str, str] | None = None


Rule = Callable[[Request, Facts, datetime], Finding]


def judge(
    request: Request,
    seen: AssignmentSeen | None,
    moments: tuple[Moment, ...],
    now: datetime,
    policy: Policy,
    ours: frozenset[str] = frozenset(),
) -> Verdict:
    """Return the verdict on a request. An assignment that is not there leaves the rules about it unknown."""
    if seen is None or isinstance(seen, Absent):
        findings = _without_assignment(request)
    else:
        facts = Facts(seen, moments, request.fields, policy, ours)
        rules = WORKER_RULES if request.party is Party.WORKER else CLIENT_RULES
        findings = tuple(rule(request, facts, now) for rule in rules)
    return ruled(findings, request.passes or {}, now)


def ruled(findings: tuple[Finding, ...], passes: Mapping[str, str], at: datetime) -> Verdict:
    """Return the verdict that findings make, once what agents have passed is passed."""
    findings = tuple(_passed_by_agent(f, passes) for f in findings)
    ruling = next((r for r in ORDER if any(DECIDES[r](f) for f in findings)), Ruling.ELIGIBLE)
    return Verdict(ruling, findings, at)


def _passed_by_agent(finding: Finding, passes: Mapping[str, str]) -> Finding:
    if finding.outcome is Outcome.UNKNOWN and finding.rule in passes:
        return replace(finding, outcome=Outcome.PASS, source=f"accepted by {passes[finding.rule]}", remedy="")
    return finding


def _without_assignment(request: Request) -> tuple[Finding, ...]:
    number = request.assignment_id
    missing = Finding(
        "identity",
        Outcome.FAIL,
        f"WorkMarket shows us no assignment {number}." if number else "The request names no assignment.",
        "WorkMarket" if number else "the request",
        "Send the number of the assignment, as it stands on its page.",
        mendable=True,
        say="ask.assignment_wrong" if number else "ask.assignment_missing",
        values=(("number", number),) if number else (),
    )
    blind = tuple(
        Finding(rule, Outcome.UNKNOWN, "Cannot be told without the assignment.", "nowhere")
        for rule in RULES
        if rule not in ("identity", "violation")
    )
    return missing, _ticked_violation(request) or _pass("violation", "None is reported.", "the ticket"), *blind


def _pass(rule: str, fact: str, source: str) -> Finding:
    return Finding(rule, Outcome.PASS, fact, source)


def _unknown(rule: str, fact: str, source: str, remedy: str) -> Finding:
    return Finding(rule, Outcome.UNKNOWN, fact, source, remedy, say=f"looking_at.{rule}")


UNPLACED = "by somebody who is neither surely the worker nor surely the client"


def worker_is_requester(request: Request, facts: Facts, now: datetime) -> Finding:
    worker = facts.assignment.worker.email
    if same_address(request.signed_email, worker):
        return _pass("identity", "The signed request names the assignment's worker.", "the marketplace")
    if request.requester.verified and same_address(request.requester.email, worker):
        return _pass("identity", "The requester's verified e-mail is the assignment's worker's.", "Zendesk")
    known = "is not the assignment's worker's" if worker else "can't be compared: the assignment names none"
    fact = f"The requester's e-mail {known}." if request.requester.verified else "The e-mail is not verified."
    return _unknown("identity", fact, "Zendesk and WorkMarket", "An agent confirms who the requester is.")


def client_is_requester(request: Request, facts: Facts, now: datetime) -> Finding:
    if request.signed_email:
        return _pass("identity", "The marketplace signed the request.", "the marketplace")
    return _unknown("identity", "The request is not signed.", "the request", "An agent confirms who asks.")


def recent_for_worker(request: Request, facts: Facts, now: datetime) -> Finding:
    end, months = facts.ended(), facts.policy.worker_window_months
    if end is None:
        return _unknown("recent", "The assignment has no end date.", "WorkMarket", "An agent finds the date.")
    zone = facts.policy.calendar.zone
    fact = f"The assignment ended on {facts.policy.calendar.label(end)}."
    if request.submitted <= add_months(end, months, zone):
        return _pass("recent", fact, "WorkMarket")
    return Finding(
        "recent",
        Outcome.FAIL,
        f"{fact} That is more than {months} months before the request.",
        "WorkMarket",
        say="because.too_old",
        values=(("months", str(months)),),
    )


def recent_for_client(request: Request, facts: Facts, now: datetime) -> Finding:
    end, days = facts.ended(), facts.policy.client_window_days
    if end is None:
        return _unknown("recent", "The assignment has no end date.", "WorkMarket", "An agent finds the date.")
    fact = f"The assignment ended on {facts.policy.calendar.label(end)}."
    if request.submitted <= end + timedelta(days=days):
        return _pass("recent", fact, "WorkMarket")
    return Finding(
        "recent",
        Outcome.FAIL,
        f"{fact} That is more than {days} days before the request.",
        "WorkMarket",
        say="because.too_old_client",
        values=(("days", str(days)),),
    )


def client_was_contacted(request: Request, facts: Facts, now: datetime) -> Finding:
    said, arose = facts.said_by(Speaker.WORKER), facts.arose(request.reason)
    source = "the assignment's messages"
    if not said and facts.unplaced():
        return _unknown("contacted", f"There is a message {UNPLACED}.", source, "An agent reads who wrote it.")
    if not said:
        return Finding(
            "contacted",
            Outcome.FAIL,
            "There is no message by the worker on the assignment.",
            source,
            "Write to the client on the assignment.",
            mendable=True,
            say="ask.not_contacted",
            values=(("assignment_id", facts.assignment.id),),
        )
    last = facts.policy.calendar.label(said[-1].at)
    if arose is None:
        fact = f"The worker wrote on {last}; when the issue arose is not known."
        return _unknown("contacted", fact, source, "An agent reads the messages.")
    if said[-1].at >= arose:
        return _pass("contacted", f"The worker wrote on {last}, after the issue arose.", source)
    fact = f"The worker's last message, {last}, is older than the issue."
    return _unknown("contacted", fact, source, "The worker writes again, or an agent accepts it.")


def worker_was_contacted(request: Request, facts: Facts, now: datetime) -> Finding:
    said, source = facts.said_by(Speaker.CLIENT), "the assignment's messages"
    if said:
        return _pass("contacted", f"The client's side wrote on {facts.policy.calendar.label(said[-1].at)}.", source)
    finding = _unknown("contacted", "The client's side wrote no message there.", source, "An agent decides.")
    if facts.policy.client_not_contacted == "pass":
        return replace(finding, outcome=Outcome.PASS)
    if facts.unplaced():
        return replace(finding, fact=f"There is a message {UNPLACED}.", remedy="An agent reads who wrote it.")
    if facts.policy.client_not_contacted == "mendable":
        values = (("assignment_id", facts.assignment.id),)
        return replace(finding, outcome=Outcome.FAIL, mendable=True, say="ask.not_contacted", values=values)
    return finding


def not_yet_answered(request: Request, facts: Facts, now: datetime) -> Finding:
    stated = request.fields.get("justification")
    if stated == "stated":
        fact = "An agent found the client's explanation in the messages."
        return Finding("unanswered", Outcome.FAIL, fact, "the agent", say="because.justification_stated")
    source, said = "the assignment's messages", facts.said_by(Speaker.CLIENT)
    if stated == "not_stated":
        return _pass("unanswered", "An agent found no explanation in the client's messages.", "the agent")
    arose = facts.arose(request.reason)
    if facts.unplaced(arose) and not (said and arose and said[-1].at >= arose):
        return _unknown("unanswered", f"There is a message {UNPLACED}.", source, "An agent reads who wrote it.")
    if not said:
        return _pass("unanswered", "The client's side wrote nothing on the assignment.", source)
    last = facts.policy.calendar.label(said[-1].at)
    if arose is not None and said[-1].at < arose:
        return _pass("unanswered", f"The client's last message, {last}, is older than the issue.", source)
    since = "since the issue arose" if arose else "and when the issue arose is not known"
    fact, remedy = f"The client wrote on {last}, {since}.", "An agent fills in `Justification already stated`."
    return _unknown("unanswered", fact, source, remedy)


def _ticked_violation(request: Request) -> Finding | None:
    if request.fields.get("violation_reported") is not True:
        return None
    return Finding("violation", Outcome.FAIL, "An agent ticked it.", "the agent", say="because.violation")


def no_violation(request: Request, facts: Facts, now: datetime) -> Finding:
    if ticked := _ticked_violation(request):
        return ticked
    if label := facts.policy.violation_label(facts.assignment.labels):
        fact = f"The assignment has the label {label!r}."
        return _unknown("violation", fact, "WorkMarket", "An agent reads it and ticks, or accepts the case.")
    return _pass("violation", "None is reported.", "the ticket and WorkMarket")


def worker_has_reason(request: Request, facts: Facts, now: datetime) -> Finding:
    return holds(request.reason, facts, now)


def client_has_details(request: Request, facts: Facts, now: datetime) -> Finding:
    if request.description.strip() and str(request.fields.get("outcome") or "").strip():
        return _pass("reason", "Details and the outcome hoped for are given.", "the request")
    fact, remedy = "Details or the outcome hoped for are missing.", "The client adds them, or an agent asks."
    return _unknown("reason", fact, "the request", remedy)


WORKER_RULES: tuple[Rule, ...] = (
    worker_is_requester,
    recent_for_worker,
    client_was_contacted,
    not_yet_answered,
    no_violation,
    worker_has_reason,
)
CLIENT_RULES: tuple[Rule, ...] = (
    client_is_requester,
    recent_for_client,
    worker_was_contacted,
    no_violation,
    client_has_details,
)
