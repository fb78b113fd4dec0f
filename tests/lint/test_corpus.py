"""The corpus: no harmful rule is missed, and no finding is wrong."""

from __future__ import annotations

import pytest

from parley.zendesk.lint import lint
from tests.lint.account import MAILER, NAMES, OUR_TICKETS
from tests.lint.corpus import CORPUS, ROUTING, Sample

HARMFUL = [sample for sample in CORPUS if sample.harms]
HARMLESS = [sample for sample in CORPUS if not sample.harms]


def said(sample: Sample) -> str:
    return f"{sample.rule.id}-{sample.rule.title}"


def found(sample: Sample) -> frozenset[str]:
    findings = lint([MAILER, *sample.beside, sample.rule], OUR_TICKETS, NAMES)
    return frozenset(one.kind for one in findings if one.rule is sample.rule)


def test_the_corpus_is_large_and_has_both_kinds() -> None:
    assert len(CORPUS) >= 80
    assert min(len(HARMFUL), len(HARMLESS)) >= 35
    assert {kind for sample in HARMFUL for kind in sample.harms} == {
        "loop",
        "closes",
        "wrong status",
        "mails twice",
        "posts",
        "strips tags",
        "speaks for agents",
        "moves",
        "hides",
    }


@pytest.mark.parametrize("sample", HARMFUL, ids=said)
def test_no_harmful_rule_is_missed(sample: Sample) -> None:
    assert sample.harms <= found(sample), sample.because


def test_no_finding_is_wrong() -> None:
    assert [(sample.rule.title, kind) for sample in CORPUS for kind in found(sample) - sample.harms] == []


def test_in_one_account_with_all_the_others_no_harmful_rule_is_missed_either() -> None:
    """But for the trigger that routes escalations, which keeps others from moving them."""
    rules = [sample.rule for sample in CORPUS if sample.rule is not ROUTING]
    beside = [one for sample in CORPUS for one in sample.beside if one not in rules and one is not ROUTING]
    together = {(id(one.rule), one.kind) for one in lint([MAILER, *rules, *beside], OUR_TICKETS, NAMES)}
    wanted = {(id(sample.rule), kind): sample.rule.title for sample in HARMFUL for kind in sample.harms}
    assert [title for key, title in wanted.items() if key not in together] == []


@pytest.mark.parametrize("sample", HARMFUL, ids=said)
def test_the_proposed_change_removes_the_finding(sample: Sample) -> None:
    for finding in lint([MAILER, *sample.beside, sample.rule], OUR_TICKETS, NAMES):
        if finding.rule is sample.rule:
            after = lint([MAILER, *sample.beside, finding.mended], OUR_TICKETS, NAMES)
            assert not [one for one in after if one.rule is finding.mended and one.kind == finding.kind]
