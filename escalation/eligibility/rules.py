"""The verdict on a request: every rule answers with its fact and remedy; the first ruling that applies wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.eligibility.facts import Facts, Speaker
from escalation.eligibility.outcomes import MESSAGES, failed, mendable, named, passed, unknown, who_wrote
from escalation.eligibility.reasons import arose, holds
from escalation.language.same_people import same_address
from escalation.model.measures import Quantity
from escalation.model.values import COMPANY_FIELD, KINDS_OF_OUTCOME, KindOfOutcome, Party, Reason
from escalation.model.verdict import DECIDES, NO_SOURCE, Finding, Outcome, Ruling, Verdict
from escalation.model.views import Absent, AssignmentEvent, AssignmentSeen, FieldValue, ZendeskUser
from escalation.policies.calendar import add_months
from escalation.policies.policy import Policy

IDENTITY, UNANSWERED, VIOLATION = "identity", "unanswered", "violation"
"""The rules that the process knows by name: the others are only asked."""

ORDER = (Ruling.NOT_ELIGIBLE, Ruling.ASK, Ruling.REVIEW, Ruling.WAIT)


@dataclass(frozen=True, slots=True)
class EscalationRequest:
    """What is judged: who asks, about which assignment, and what agents have said and passed so far.

    `corrected` says that another assignment stands in the place of the one that the request named.
    """

    party: Party
    reason: Reason | None
    assignment_id: str | None
    requester: ZendeskUser
    signed_email: str | None
    submitted: datetime
    fields: Mapping[str, FieldValue]
    description: str = ""
    passes: Mapping[str, str] | None = None
    corrected: bool = False


def judge(
    request: EscalationRequest,
    seen: AssignmentSeen | None,
    moments: tuple[AssignmentEvent, ...],
    now: datetime,
    policy: Policy,
    ours: frozenset[str] = frozenset(),
) -> Verdict:
    """Return the verdict on a request. An assignment that is not there leaves the rules about it unknown."""
    if seen is None or isinstance(seen, Absent):
        findings = _without_assignment(request, seen.why if isinstance(seen, Absent) else "")
    else:
        facts = Facts(seen, moments, request.fields, policy, ours)
        checks = ((rule.name, rule.check_for(request.party)) for rule in RULES)
        findings = tuple(named(name, check(request, facts, now)) for name, check in checks if check)
    return ruled(findings, request.passes or {}, now)


def ruled(findings: tuple[Finding, ...], passes: Mapping[str, str], at: datetime) -> Verdict:
    """Return the verdict that findings make, once what agents have passed is passed."""
    findings = tuple(_passed_by_agent(f, passes) for f in findings)
    ruling = next((r for r in ORDER if any(DECIDES[r](f) for f in findings)), Ruling.ELIGIBLE)
    return Verdict(ruling, findings, at)


def _passed_by_agent(finding: Finding, passes: Mapping[str, str]) -> Finding:
    if finding.outcome is Outcome.UNKNOWN and finding.rule in passes:
        return replace(finding, outcome=Outcome.PASS, passed_by=passes[finding.rule], remedy="")
    return finding


def _without_assignment(request: EscalationRequest, why: str) -> tuple[Finding, ...]:
    blind = (
        Finding(rule.name, Outcome.UNKNOWN, "Cannot be told without the assignment.", NO_SOURCE)
        for rule in RULES
        if rule.name not in (IDENTITY, VIOLATION)
    )
    ticked = _ticked_violation(request) or passed("None is reported.", "the ticket")
    return named(IDENTITY, _no_assignment(request.assignment_id, why)), named(VIOLATION, ticked), *blind


def _no_assignment(number: str | None, why: str) -> Finding:
    """What is missing; a person is asked where it may be an assignment of a company that could not be asked."""
    remedy = "Send the number of the assignment, as it stands on its page."
    if not number:
        found = mendable("The request names no assignment.", "the request", remedy, "ask.assignment_missing")
        return replace(found, field="assignment_id")
    fact = f"WorkMarket shows us no assignment {number}."
    if why:
        return unknown(
            f"{fact} {why}", "WorkMarket", "An agent says in Client company whose assignment it is.", COMPANY_FIELD
        )
    return replace(
        mendable(fact, "WorkMarket", remedy, "ask.assignment_wrong", number=number), field="assignment_id"
    )


def worker_is_requester(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    worker = facts.assignment.worker.email
    if same_address(request.signed_email, worker):
        return passed("The signed request names the assignment's worker.", "the marketplace")
    if request.requester.verified and same_address(request.requester.email, worker):
        return passed("The requester's verified e-mail is the assignment's worker's.", "Zendesk")
    known = "is not the assignment's worker's" if worker else "can't be compared: the assignment names none"
    fact = f"The requester's e-mail {known}." if request.requester.verified else "The e-mail is not verified."
    return unknown(fact, "Zendesk and WorkMarket", "An agent confirms who the requester is.")


def client_is_requester(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    if request.signed_email and not request.corrected:
        return passed("The marketplace signed the request.", "the marketplace")
    signed = "The marketplace signed a request about another assignment."
    fact = signed if request.signed_email else "The request is not signed."
    return unknown(fact, "the request", "An agent confirms who asks.")


def recent_for_worker(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    end, months = facts.ended(), facts.policy.worker_window_months
    if end is None:
        return _no_end()
    fact = f"The assignment's scheduled date is {facts.policy.calendar.label(end)}."
    if request.submitted <= add_months(end, months, facts.policy.calendar.zone):
        return passed(fact, "WorkMarket")
    fact = f"{fact} That is more than {months} months before the request."
    return failed(fact, "WorkMarket", "because.too_old", months=Quantity(months, "month"))


def recent_for_client(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    end, days = facts.ended(), facts.policy.client_window_days
    if end is None:
        return _no_end()
    fact = f"The assignment's scheduled date is {facts.policy.calendar.label(end)}."
    if request.submitted <= end + timedelta(days=days):
        return passed(fact, "WorkMarket")
    fact = f"{fact} That is more than {days} days before the request."
    return failed(fact, "WorkMarket", "because.too_old_client", days=Quantity(days, "day"))


def _no_end() -> Finding:
    return unknown("The assignment has no end date.", "WorkMarket", "An agent finds the date.")


def contacted_client(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    said, begun = facts.said_by(Speaker.WORKER), arose(request.reason, facts)
    if not said and facts.unplaced():
        return who_wrote()
    if not said:
        fact, remedy = (
            "There is no message by the worker on the assignment.",
            "Write to the client on the assignment.",
        )
        return mendable(fact, MESSAGES, remedy, "ask.not_contacted", assignment_id=facts.assignment.id)
    last = facts.policy.calendar.label(said[-1].at)
    if begun is None:
        fact = f"The worker wrote on {last}; when the issue arose is not known."
        return unknown(fact, MESSAGES, "An agent reads the messages.")
    if said[-1].at >= begun:
        return passed(f"The worker wrote on {last}, after the issue arose.", MESSAGES)
    fact = f"The worker's last message, {last}, is older than the issue."
    return unknown(fact, MESSAGES, "The worker writes again, or an agent accepts it.")


def contacted_worker(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    if said := facts.said_by(Speaker.CLIENT):
        return passed(f"The client's side wrote on {facts.policy.calendar.label(said[-1].at)}.", MESSAGES)
    fact, wanted = "The client's side wrote no message there.", facts.policy.client_not_contacted
    if wanted == "pass":
        return passed(fact, MESSAGES)
    if facts.unplaced():
        return who_wrote()
    if wanted == "mendable":
        number = facts.assignment.id
        remedy = "Write to the worker on the assignment."
        return mendable(fact, MESSAGES, remedy, "ask.not_contacted", assignment_id=number)
    return unknown(fact, MESSAGES, "An agent decides.")


def not_yet_answered(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    stated = request.fields.get("justification")
    if stated == "stated":
        fact = "An agent found the client's explanation in the messages."
        return failed(fact, "the agent", "because.justification_stated")
    if stated == "not_stated":
        return passed("An agent found no explanation in the client's messages.", "the agent")
    said, begun = facts.said_by(Speaker.CLIENT), arose(request.reason, facts)
    if facts.unplaced(begun) and not (said and begun and said[-1].at >= begun):
        return who_wrote()
    if not said:
        return passed("The client's side wrote nothing on the assignment.", MESSAGES)
    last = facts.policy.calendar.label(said[-1].at)
    if begun is not None and said[-1].at < begun:
        return passed(f"The client's last message, {last}, is older than the issue.", MESSAGES)
    since = "since the issue arose" if begun else "and when the issue arose is not known"
    fact, remedy = f"The client wrote on {last}, {since}.", "An agent fills in `Justification already stated`."
    return unknown(fact, MESSAGES, remedy, "justification")


def _ticked_violation(request: EscalationRequest) -> Finding | None:
    if request.fields.get("violation_reported") is not True:
        return None
    return violation_reported("An agent ticked it.", "the agent")


def violation_reported(fact: str, source: str) -> Finding:
    return failed(fact, source, "because.violation")


def no_violation(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    if ticked := _ticked_violation(request):
        return ticked
    if label := facts.policy.violation_label(facts.assignment.labels):
        fact = f"The assignment has the label “{label}”."
        return unknown(
            fact, "WorkMarket", "An agent reads it and ticks, or accepts the case.", "violation_reported"
        )
    return passed("None is reported.", "the ticket and WorkMarket")


def worker_has_reason(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    return holds(request.reason, facts, now)


def client_has_details(request: EscalationRequest, facts: Facts, now: datetime) -> Finding:
    hoped, kind = str(request.fields.get("outcome") or "").strip(), request.fields.get("kind_of_outcome")
    if request.description.strip() and (hoped or kind in KINDS_OF_OUTCOME - {KindOfOutcome.OTHER}):
        return passed("Details and the outcome hoped for are given.", "the request")
    fact, remedy = "Details or the outcome hoped for are missing.", "The client adds them, or an agent asks."
    return replace(unknown(fact, "the request", remedy), say="looking_at.details")


RuleCheck = Callable[[EscalationRequest, Facts, datetime], Finding]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the question it answers, and how it is checked for each party; no check where it is not asked.

    Its name stands in stored cases, in their JSON, and in the keys of its texts (`rule.…`, `looking_at.…`).
    """

    name: str
    question: str
    worker: RuleCheck
    client: RuleCheck | None = None

    def check_for(self, party: Party) -> RuleCheck | None:
        return self.worker if party is Party.WORKER else self.client


RULES = (
    Rule(IDENTITY, "Is the requester on the assignment?", worker_is_requester, client_is_requester),
    Rule("recent", "Is it recent enough?", recent_for_worker, recent_for_client),
    Rule("contacted", "Was the other side contacted on the assignment?", contacted_client, contacted_worker),
    Rule(UNANSWERED, "Is it without an answer so far?", not_yet_answered),
    Rule(VIOLATION, "Is it free of a violation?", no_violation, no_violation),
    Rule("reason", "Does the reason hold?", worker_has_reason, client_has_details),
)
