"""What lint finds of the recipes: recall and precision, of all and of those kept aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pytest

from parley.lint import Finding, Rule, lint, read_rule
from tests.lint.recipes.account import OURS
from tests.lint.recipes.fields import FIELDS
from tests.lint.recipes.mails import MAILS
from tests.lint.recipes.places import PLACES
from tests.lint.recipes.recipe import Recipe
from tests.lint.recipes.statuses import STATUSES
from tests.lint.recipes.telling import TELLING

EVERY: tuple[Recipe, ...] = (*MAILS, *STATUSES, *TELLING, *FIELDS, *PLACES)
KNOWN = [one for one in EVERY if not one.aside]
ASIDE = [one for one in EVERY if one.aside]


def account_of(recipe: Recipe) -> tuple[Rule, list[Rule]]:
    one = read_rule(recipe.kind, recipe.raw)  # type: ignore[arg-type]
    return one, [*(read_rule("trigger", beside) for beside in recipe.beside), one]


def findings(recipe: Recipe) -> list[Finding]:
    one, rules = account_of(recipe)
    return [found for found in lint(rules, OURS) if found.rule is one]


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


@pytest.mark.xfail(strict=True, reason="the judging is not mended yet")
@pytest.mark.parametrize("part", ["known", "aside"])
def test_recall_and_precision(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    recipes: Sequence[Recipe] = KNOWN if part == "known" else ASIDE
    made = score(recipes)
    with capsys.disabled():
        print(f"\nlint on {len(recipes)} {part} recipes: {made}")
    assert made.found == made.harms
    assert (made.told - made.right) * 20 <= made.told
