"""What the hourly look keeps besides drift: what the account's own rules could do, and which reads are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from connector.zendesk.access.channel import Calls
from connector.zendesk.account.business_rules import BusinessRules
from connector.zendesk.account.rights import EXPORT
from connector.zendesk.account.setup import Setup
from parley.inspection.account import macro_lines, role_lines
from parley.inspection.inspected import InspectedDesk
from parley.inspection.lint_words import HARMS, MOMENTS
from parley.inspection.linting import read_account
from parley.inspection.rights import Line, detour_lines, read_trials, refused_lines
from parley.inspection.rule_checks import judged_lines, untold
from parley.zendesk.lint import LintFinding
from parley.zendesk.state.kept_findings import AccountFinding

SOLVES: Final = "`parley doctor` looks again at once."
RIGHTS: Final = "Mend it in the Admin Center (README, “Rights”); `parley doctor` tries each call again at once."


def lint_findings(parts: InspectedDesk, calls: Calls) -> list[AccountFinding]:
    """What is told by `parley zendesk lint`, and by `parley doctor` of mails, solving and our macros' words; a rule
    that mails twice is told once. Raises the connector's errors."""
    judged = read_account(parts, calls)
    found = judged.findings()
    mails = untold(judged.mails(), found)
    beside = (*judged_lines(parts, judged, mails, calls), *macro_lines(Setup(calls), parts.policy.languages))
    return [*(_harm(one) for one in found), *_of_lines(beside, SOLVES)]


def _harm(one: LintFinding) -> AccountFinding:
    rule, when = one.rule, ", ".join(MOMENTS[moment] for moment in one.when)
    said = f"{HARMS[one.kind]}: where {one.condition}, it does {one.action} ({when}). {one.why}"
    return AccountFinding(f"{rule.kind} “{rule.title}”", "warning", said, one.change, rule.path)


def right_findings(parts: InspectedDesk, calls: Calls) -> list[AccountFinding]:
    """What is told by `parley doctor` of our user and of the reads that it may not make. Raises the connector's
    errors. Writes are not tried by the clock, and the export by reconcile."""
    _, reads = read_trials(parts, calls)
    refused = refused_lines(one for one in reads if one.call != EXPORT)
    lines = (*role_lines(BusinessRules(calls)), *refused, *detour_lines(parts.zendesk.channel))
    return list(_of_lines(lines, RIGHTS))


def _of_lines(lines: Iterable[Line], todo: str) -> Iterator[AccountFinding]:
    for what, grade, said in lines:
        if grade != "ok":
            yield AccountFinding(what, grade, said, todo)
