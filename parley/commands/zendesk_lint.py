"""`parley zendesk lint`: which of the account's other rules could do harm to our tickets."""

from __future__ import annotations

import typer

from parley.commands.common import AsJson, fail, opened_app
from parley.commands.terminal import print_json, say
from parley.inspection.lint_words import HARMS, MOMENTS
from parley.inspection.linting import read_account
from parley.zendesk.lint import LintFinding
from parley.zendesk.lint.findings import as_json as finding_json

FOUND = 2


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
        f"The {rule.kind} “{rule.title}” {HARMS[found.kind]}.",
        f"  where      {found.condition}",
        f"  does       {found.action}",
        f"  when       {', '.join(MOMENTS[one] for one in found.when)}",
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
