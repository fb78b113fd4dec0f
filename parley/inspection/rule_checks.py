"""What `parley doctor` says of the account's own rules: who mails, can we solve, could they harm our tickets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from connector.zendesk.access.channel import Calls
from connector.zendesk.account.business_rules import BusinessRules
from parley.inspection.inspected import InspectedDesk
from parley.inspection.linting import JudgedAccount, read_account
from parley.inspection.rights import Line
from parley.zendesk.lint import LintFinding
from parley.zendesk.lint.checks.requester_mails import Mails
from parley.zendesk.lint.described import Described
from parley.zendesk.lint.sending import obstacles


def rule_lines(parts: InspectedDesk, calls: Calls) -> Iterator[Line]:
    """For `parley doctor`: who mails the requester, whether we can solve, and what the other rules could do."""
    judged = read_account(parts, calls)
    yield from judged_lines(parts, judged, judged.mails(), calls)
    yield _others(judged.findings())


def judged_lines(parts: InspectedDesk, judged: JudgedAccount, mails: Mails, calls: Calls) -> Iterator[Line]:
    """Who mails the requester, whether we can solve, and which fields would keep us from it."""
    yield _mails(mails)
    yield _solving(parts, calls)
    yield _required(judged.account)


def untold(mails: Mails, found: Iterable[LintFinding]) -> Mails:
    """Who mails, without the rules that are found to mail twice one by one."""
    told = {(one.rule.kind, one.rule.id) for one in found if one.kind == "mails twice"}
    greeting, extra = (
        tuple(rule for rule in rules if (rule.kind, rule.id) not in told) for rules in (mails.greeting, mails.extra)
    )
    return replace(mails, greeting=greeting, extra=extra)


def _mails(mails: Mails) -> Line:
    if not mails.mailers:
        return (
            "mails",
            "problem",
            "no active trigger mails the requester on a public comment: nobody hears from us.",
        )
    names = ", ".join(rule.title for rule in mails.mailers)
    if mails.extra:
        every = [rule.title for rule in (*mails.mailers, *mails.extra)]
        said = f"{len(every)} active triggers may mail the requester on one comment: {', '.join(every)}."
        return "mails", "warning", said
    if mails.greeting:
        greeting = ", ".join(f"“{rule.title}”" for rule in mails.greeting)
        verb = "mails" if len(mails.greeting) == 1 else "mail"
        said = f"{greeting} {verb} the requester when a request arrives, seconds before our first answer does."
        return "mails", "warning", f"{said} `parley zendesk lint` says what to change."
    if mails.unheard:
        where = ", ".join(status.label for status in mails.unheard)
        return "mails", "warning", f"{names} may keep a comment to itself, in the status {where}."
    return "mails", "ok", f"{names} mails the requester."


def _solving(parts: InspectedDesk, calls: Calls) -> Line:
    asked = parts.policy.solve_as.strip()
    if BusinessRules(calls).agent(asked):
        return (
            "solving",
            "ok",
            f"a ticket that nobody has is given to {asked or 'our own user'} before it is solved.",
        )
    who = f"`solve_as` in the policy names {asked}, who is" if asked else "our own user is"
    return "solving", "problem", f"{who} no agent of the account: Zendesk would refuse to solve what nobody has."


def _required(account: Described) -> Line:
    found = obstacles(account)
    if not found:
        return "required fields", "ok", "none that we don't fill in."
    said = " ".join(f"“{one.field}” {one.why}." for one in found)
    sure = any(one.always for one in found)
    return "required fields", "problem" if sure else "warning", f"{said} Make it optional in the Admin Center."


def _others(found: tuple[LintFinding, ...]) -> Line:
    if not found:
        return "other rules", "ok", "none of them could harm our tickets."
    titles = list(dict.fromkeys(f"“{one.rule.title}”" for one in found))
    said = f"{', '.join(titles)} could harm our tickets: `parley zendesk lint` says how."
    return "other rules", "warning", said
