"""Looking at the account for `parley doctor`: is it as it should be, and what do its own rules do to us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from config.texts import load_banned
from config.zendesk import load_account
from connector.errors import ConnectorError
from connector.reading import text
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.business_rules import BusinessRules
from connector.zendesk.account.setup import Setup, Thing
from escalation.policies.policy import Policy
from escalation.policies.texts import banned_in
from parley.inspection.inspected import InspectedDesk
from parley.inspection.macro_words import asserting_lines
from parley.inspection.rights import Line, right_lines
from parley.inspection.rule_checks import rule_lines
from parley.zendesk.account.applying.apply import AccountError
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.kinds import MACRO
from parley.zendesk.account.kinds.macro import macro_name
from parley.zendesk.account.planning.drift import ACCOUNT, drift_of, finding_lines

LACKING: Final = "what the account lacks"
SEES: Final = {
    "assigned": "tickets that are assigned to it",
    "groups": "tickets of its groups",
    "organization": "tickets of its organisation",
    "requested": "tickets that it asked for itself",
}


def inspect_account(parts: InspectedDesk, run: Run, calls: Calls) -> Iterator[Line]:
    """Say where the account is not as it should be, and what in it is odd."""
    yield from _tried(ACCOUNT, _drift(run))
    yield from _tried("macros", _macros(Setup(calls), parts.policy))
    yield from _tried("other rules", rule_lines(parts, calls))


def our_user(calls: Calls) -> Iterator[Line]:
    """Say whether our user may do more than work tickets."""
    yield from _tried("our user", role_lines(BusinessRules(calls)))


def allowed_calls(parts: InspectedDesk, calls: Calls) -> Iterator[Line]:
    """Say which kinds of calls we may not make."""
    yield from _tried("calls", right_lines(parts, calls))


def _tried(what: str, lines: Iterator[Line]) -> Iterator[Line]:
    try:
        yield from lines
    except AccountError as error:
        yield what, "warning", f"could not be looked at: {error}"
    except ConnectorError as error:
        yield what, "warning", f"could not be looked at: {error.reason}"


def role_lines(rules: BusinessRules) -> Iterator[Line]:
    """What our user is, and which tickets it sees."""
    user = rules.own_user()
    name, role = text(user.get("name")) or "it", text(user.get("role"))
    yield from _sight(user)
    if role == "admin":
        yield "our user", "ok", f"{name} is an admin."
        return
    yield (
        "our user",
        "warning",
        f"{name} is no admin: tickets are worked, but unless a custom role allows it, the account can't be changed "
        "or looked at in full. Run `parley zendesk apply` and `rotate-secret` as an admin.",
    )


def _sight(user: Mapping[str, object]) -> Iterator[Line]:
    """What an agent does not see: https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format"""
    if limit := text(user.get("ticket_restriction")):
        only = SEES.get(limit, f"some tickets ({limit})")
        said = f"sees only {only}: any other request is never found. Let it see all tickets."
        yield "our user's tickets", "problem", said


def _drift(run: Run) -> Iterator[Line]:
    plan = run.plan()
    for what, said in finding_lines(plan):
        yield what, "problem", said
    for said in plan.warnings:
        yield ACCOUNT, "warning", said
    for said in plan.notes:
        yield LACKING, "ok", said
    found = drift_of(plan)
    if not found:
        kept = f" Texts that were edited in Zendesk stay: {len(found.kept)}." if found.kept else ""
        yield ACCOUNT, "ok", f"is as it should be.{kept}"


def macro_lines(setup: Setup, languages: Sequence[str]) -> Iterator[Line]:
    """Which of our macros say what the desk never says."""
    yield from _banned(_said(setup, languages))


def _macros(setup: Setup, policy: Policy) -> Iterator[Line]:
    said = _said(setup, policy.languages)
    yield from _banned(said)
    yield from asserting_lines(load_account().macros, said, policy.texts)


def _said(setup: Setup, languages: Sequence[str]) -> Mapping[str, str]:
    """What each of our macros says, by its name."""
    names = {macro_name(macro.name, language) for macro in load_account().macros for language in languages}
    return {thing.name: _comment(thing) for thing in setup.all(MACRO.resource) if thing.name in names}


def _banned(said: Mapping[str, str]) -> Iterator[Line]:
    banned = load_banned()
    for name, words in said.items():
        if found := banned_in(words, banned):
            told = f"says {', '.join(found)}. It is sent as it stands; the words are the team's to choose."
            yield f"macro {name}", "warning", told


def _comment(macro: Thing) -> str:
    actions = macro.details.get("actions")
    texts = (
        str(action.get("value", ""))
        for action in (actions if isinstance(actions, list) else ())
        if isinstance(action, dict) and str(action.get("field", "")).startswith("comment_value")
    )
    return " ".join(texts)
