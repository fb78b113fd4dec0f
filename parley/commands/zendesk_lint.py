"""`parley zendesk lint`: which of the account's other rules could do harm to our tickets."""

from __future__ import annotations

import typer

from parley.commands.common import AsJson, fail, opened_app
from parley.commands.terminal import print_json, say
from parley.inspection.linting import read_account
from parley.zendesk.lint import LintFinding
from parley.zendesk.lint.findings import as_json as finding_json

FOUND = 2

_HARMS = {
    "loop": "could loop with us",
    "closes": "could close or solve our tickets",
    "wrong status": "could show a wrong status on our tickets",
    "mails twice": "could mail the requester twice",
    "tells notes": "could show internal notes to the requester",
    "tells a key": "could show the key of a case to others than agents",
    "posts": "could post on the assignment what was not meant for it",
    "strips tags": "could strip our tags or fields",
    "speaks for agents": "could say in our fields what is an agent's to say",
    "moves": "could move our tickets away",
    "hides": "could hide our tickets",
}

_MOMENTS = {
    "new request": "when a request arrives",
    "our update": "on updates of Parley's",
    "agent's update": "on updates of agents",
    "requester's update": "on updates of requesters",
    "hour": "at some hour, by itself",
}


def lint(as_json: AsJson = False) -> None:
    """Find the triggers, automations and macros that could harm our tickets; leaves with 2 where one could."""
    with opened_app(accounts=False) as (parts, _):
        if not parts.account.ids().form:
            fail("The Zendesk account is not set up: run `parley zendesk apply`.")
        judged = read_account(parts)
        found = judged.findings()
    if as_json:
        print_json([finding_json(one) for one in found])
    else:
        for one in found:
            for line in _told(one):
                say(line)
        say(_sum(len(judged.rules), found), err=True)
    if found:
        raise typer.Exit(FOUND)


def _told(found: LintFinding) -> tuple[str, ...]:
    rule = found.rule
    return (
        f"The {rule.kind} “{rule.title}” {_HARMS[found.kind]}.",
        f"  where      {found.condition}",
        f"  does       {found.action}",
        f"  when       {', '.join(_MOMENTS[one] for one in found.when)}",
        f"  matters    {found.why}",
        f"  change     {found.change}",
        f"  at         {rule.path}",
        "",
    )


def _sum(read: int, found: tuple[LintFinding, ...]) -> str:
    rules = len({(one.rule.kind, one.rule.id) for one in found})
    if not found:
        return f"{read} active rules read; none could harm our tickets."
    return f"{read} active rules read; {rules} of them could harm our tickets."
