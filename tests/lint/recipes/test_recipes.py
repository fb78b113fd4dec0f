"""What lint finds of the recipes: recall and precision, of all and of those kept aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from parley.zendesk.lint import BusinessRule, LintFinding, lint, read_rule
from parley.zendesk.lint.checks.comments import PublicComment, mails, public_comments
from parley.zendesk.lint.conditions.certainty import Certainty
from parley.zendesk.lint.facts.our_tickets import Actor
from tests.lint.recipes.account import OUR_TICKETS
from tests.lint.recipes.fields import FIELDS
from tests.lint.recipes.later import LATER
from tests.lint.recipes.mails import MAILS
from tests.lint.recipes.notifications import NOTIFICATIONS
from tests.lint.recipes.places import PLACES
from tests.lint.recipes.recipe import Recipe
from tests.lint.recipes.statuses import STATUSES

FIRST: tuple[Recipe, ...] = (*MAILS, *STATUSES, *NOTIFICATIONS, *FIELDS, *PLACES)
EVERY: tuple[Recipe, ...] = (*FIRST, *LATER)
KNOWN = [one for one in FIRST if not one.aside]
ASIDE = [one for one in FIRST if one.aside]


_FOUND: dict[int, list[LintFinding]] = {}
"""Each recipe is judged once."""


def account_of(recipe: Recipe) -> tuple[BusinessRule, list[BusinessRule]]:
    one = read_rule(recipe.kind, recipe.raw)  # type: ignore[arg-type]
    return one, [*(read_rule("trigger", beside) for beside in recipe.beside), one]


def findings(recipe: Recipe) -> list[LintFinding]:
    if recipe.number not in _FOUND:
        one, rules = account_of(recipe)
        _FOUND[recipe.number] = [found for found in lint(rules, OUR_TICKETS) if found.rule is one]
    return _FOUND[recipe.number]


@dataclass
class Score:
    """Harms that were found of those there are, and findings that were right of those made."""

    found: int = 0
    harms: int = 0
    right: int = 0
    told: int = 0

    def __str__(self) -> str:
        recall = self.found / max(self.harms, 1)
        precision = self.right / max(self.told, 1)
        return (
            f"recall {recall:.1%} ({self.found} of {self.harms} harms), "
            f"precision {precision:.1%} ({self.right} of {self.told} findings)"
        )


def score(recipes: Iterable[Recipe]) -> Score:
    made = Score()
    for recipe in recipes:
        kinds = {str(one.kind) for one in findings(recipe)}
        made.harms += len(recipe.harms)
        made.found += len(kinds & set(recipe.harms))
        made.told += len(kinds)
        made.right += len(kinds & set(recipe.harms))
    return made


def test_the_recipes_are_many_and_of_both_sorts() -> None:
    harmful = [one for one in EVERY if one.harms]
    assert len(EVERY) >= 150
    assert min(len(harmful), len(EVERY) - len(harmful)) >= 65
    assert len(ASIDE) >= 50


@pytest.mark.parametrize("part", ["every", "known", "aside", "later"])
def test_recall_and_precision(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    recipes: Sequence[Recipe] = {"every": EVERY, "known": KNOWN, "aside": ASIDE, "later": LATER}[part]
    made = score(recipes)
    with capsys.disabled():
        print(f"\nlint on {len(recipes)} recipes ({part}): {made}")
    assert made.found == made.harms
    assert (made.told - made.right) * 20 <= made.told


HARMFUL = [one for one in EVERY if one.harms]


@pytest.mark.parametrize("recipe", HARMFUL, ids=str)
def test_a_finding_says_at_which_moment_the_harm_is_done(recipe: Recipe) -> None:
    when = {str(one.kind): one.when for one in findings(recipe)}
    assert [kind for kind, moment in recipe.harms.items() if moment not in when.get(kind, ())] == []


@pytest.mark.parametrize("recipe", HARMFUL, ids=str)
def test_a_proposal_ends_its_harm_and_silences_no_comment(recipe: Recipe) -> None:
    _, given = account_of(recipe)
    before = carried(given)
    for finding in lint(given, OUR_TICKETS):
        after = finding.proposal.applied(given)
        left = [(one.kind, one.rule.id) for one in lint(after, OUR_TICKETS)]
        assert (finding.kind, finding.rule.id) not in left
        now = carried(after)
        assert all(now[one] for one, sure in before.items() if sure)


@pytest.mark.parametrize("recipe", EVERY, ids=str)
def test_once_all_advice_is_followed_each_comment_of_ours_is_mailed_once(recipe: Recipe) -> None:
    _, given = account_of(recipe)
    heard = {one for one, sure in carried(given).items() if sure and one.actor is Actor.US}
    after = given
    while found := lint(after, OUR_TICKETS):
        after = found[0].proposal.applied(after)
    in_the_end = carried(after)
    assert {in_the_end[one] for one in heard} <= {1}


def carried(rules: Sequence[BusinessRule]) -> dict[PublicComment, int]:
    """For each public comment that can be made: how many of the rules surely mail it."""
    triggers = [one for one in rules if one.kind == "trigger"]
    return {
        one: sum(mails(rule, one, OUR_TICKETS) is Certainty.YES for rule in triggers)
        for one in public_comments(OUR_TICKETS, ())
    }
