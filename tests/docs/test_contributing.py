"""CONTRIBUTING says where things are added: a rule and a tier are added to a copy of the code as it says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.product import PRODUCT, ROOT

PAGE = ROOT / "CONTRIBUTING.md"


class Checkout:
    """A copy of the code to which something is added. It counts the files of code that this takes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code: set[str] = set()
        for name in (*PRODUCT, "tests"):
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=left_out)
        shutil.copy(ROOT / "pyproject.toml", folder)

    def put(self, file: str, text: str, *, before: str) -> None:
        """Write a text before the first place where another stands, with a line's end between them."""
        assert file in PAGE.read_text(encoding="utf-8"), f"CONTRIBUTING does not name {file}."
        path = self.folder / file
        found = path.read_text(encoding="utf-8")
        assert before in found, f"{file} has no {before!r}."
        path.write_text(found.replace(before, f"{text}\n{before}", 1), encoding="utf-8")
        if path.suffix == ".py":
            self.code.add(file)

    def runs(self, *arguments: str) -> str:
        """Run Python in the copy; what it said where it failed, else nothing."""
        ended = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        return "" if ended.returncode == 0 else ended.stdout + ended.stderr

    def passes(self, *tests: str) -> str:
        """Run tests of the copy; what they said where they failed, else nothing."""
        return self.runs("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "copy")


WORDS = "tests/unit/escalation/test_words_used.py::test_every_rule_has_its_words_and_no_other_has"
RULES, TIERS = "escalation/eligibility/rules.py", "escalation/model/tiers.py"
TEXTS = "config/texts/en.toml"
ASSERTS = "config/texts/asserts.toml"
TRANSLATIONS = ("config/texts/es-419.toml", "config/texts/de.toml")
JUDGED = """
from escalation.eligibility.rules import RULES
assert "polite" in [rule.name for rule in RULES]
"""
CHECK = """def is_polite(request: Request, facts: Facts, now: datetime) -> Finding:
    if request.description.isupper():
        return unknown("The requester shouts.", "the ticket", "An agent reads it.")
    return passed("The requester does not shout.", "the ticket")

"""


def test_a_rule_is_a_check_and_its_row_a_title_and_two_texts(checkout: Checkout) -> None:
    checkout.put(
        "escalation/eligibility/rules.py", CHECK, before="@dataclass(frozen=True, slots=True)\nclass Rule:"
    )
    row = '    Rule("polite", "Is it polite?", is_polite),'
    checkout.put(RULES, row, before='    Rule("reason", ')
    assert checkout.runs("-c", JUDGED) == ""
    forgotten = checkout.passes(WORDS)
    assert "polite" in forgotten
    checkout.put("sandbox/pages/wording.py", '    "polite": "The request is polite",', before='    "identity": ')
    checkout.put(ASSERTS, '  "looking_at.polite", "rule.polite",', before="  # requester")
    checkout.put(TEXTS, '"looking_at.polite" = "how you have asked"', before='"looking_at.identity"')
    checkout.put(TEXTS, '"rule.polite" = "Polite"', before='"rule.identity"')
    assert "the text looking_at.polite (requester) is missing" in checkout.passes(WORDS)
    for language in TRANSLATIONS:
        checkout.put(language, '"looking_at.polite" = "así / so"', before='"looking_at.identity"')
    assert checkout.passes(WORDS) == ""
    assert len(checkout.code) <= 3


TIER = """    Tier(
        4,
        State.TIER_4,
        Cause.TIER_4,
        worker=Way(
            ByEmail(ACCOUNT_MANAGER, "email.tier_4.subject", "email.tier_4.body", "note.no_address_tier_4"),
            "tier_4",
            "the account manager is asked once more",
        ),
        client=Way(ByAgents("note.client_tier_3"), "tier_4", "the agents' group is asked once more"),
    ),"""
STATUS = """[[statuses]]
key = "tier_4"
category = "hold"
agent_label = "Tier 4: once more"
description = "The account manager is asked once more."
end_user_label = "We are reaching out once more"
end_user_description = "We are trying to reach the other side once more."
"""
MACRO = """[[macros]]
key = "tier_4"
name = "Escalation::Tier 4: once more"
description = "Parley writes to the account manager again, then this goes to the requester."
comment = "tier_4"
status = "tier_4"
tier = "escalation_tier_4"
"""
TIER_TEXTS = '''"tier_4" = """
Hello,

We have asked once more."""
'''
EMAIL_TEXTS = '''"email.tier_4.subject" = "WorkMarket escalations desk: assignment {assignment_id} once more"
"email.tier_4.body" = """
This is the WorkMarket escalations desk, about assignment {assignment_id}.

{about}

{next}"""
"follows.tier_4" = "Our next step is to ask once more, on {date} at the earliest."
"follows.tier_4_client" = "Our next step is to ask once more, on {date} at the earliest."
'''
TOLD_TEXTS = """
"done.tier_4" = "We asked once more on {date}."
"done.tier_4_client" = "We asked once more on {date}."
"then.tier_4" = "If there is no answer by {date}, we ask once more."
"then.tier_4_client" = "If there is no answer by {date}, we ask once more."
"""
ACCOUNT_WORDS = """
"status.tier_4" = "Otra vez / Noch einmal"
"status.tier_4.description" = "Preguntamos otra vez."
"""
NEW_ROWS = """  "tier_4", "email.tier_4.subject", "email.tier_4.body", "follows.tier_4", "follows.tier_4_client",
  "done.tier_4", "done.tier_4_client", "then.tier_4", "then.tier_4_client", "note.no_address_tier_4","""
REACHED = """
from escalation.engine.transitions import target
from escalation.model.tiers import tier_after, tier_at
from escalation.model.values import Cause, State
assert tier_after(3) is tier_at(4)
assert target(State.TIER_3, Cause.TIER_4) is State.TIER_4
assert target(State.TIER_4, Cause.MONTH_OVER) is State.OFF_PLATFORM
"""


def test_a_tier_is_a_row_two_words_its_hours_texts_and_what_the_account_shows(checkout: Checkout) -> None:
    checkout.put(TIERS, '        hours="tier_3_hours",', before="    ),\n)")
    checkout.put(TIERS, "    ),\n" + TIER.removesuffix("\n    ),"), before="    ),\n)")
    checkout.put("escalation/model/values.py", '    TIER_4 = "tier_4"', before="    OTHER_SIDE_RESPONDED")
    checkout.put("escalation/model/values.py", '    TIER_4 = "tier 4"', before='    ANSWERED = "answered"')
    checkout.put("escalation/policies/policy.py", "    tier_3_hours: float", before="    months: ")
    assert checkout.runs("-c", REACHED) == ""
    forgotten = checkout.passes("tests/unit/config/test_tiers.py")
    assert "tier_3_hours" in forgotten
    checkout.put("config/policy.toml", "tier_3_hours = 48", before="\n# After so many calendar months")
    checkout.put("config/zendesk/statuses.toml", STATUS, before='[[statuses]]\nkey = "other_side_responded"')
    checkout.put("config/zendesk/macros.toml", MACRO, before='[[macros]]\nkey = "update"')
    option = '  {tag = "escalation_tier_4", label = "Tier 4: once more"},'
    checkout.put("config/zendesk/fields.toml", option, before='  {tag = "escalation_tier_3"')
    checkout.put("config/zendesk/fields.toml", '  "tier_4",', before='  "needs_review", "waiting')
    checkout.put(ASSERTS, NEW_ROWS, before="  # requester")
    for language in (TEXTS, *TRANSLATIONS):
        checkout.put(language, TIER_TEXTS, before="# The general update, where")
        checkout.put(language, EMAIL_TEXTS, before='"email.tier_3.subject"')
        checkout.put(language, TOLD_TEXTS, before='"done.heard"')
    checkout.put(TEXTS, '"note.no_address_tier_4" = "No address is known."', before='"note.no_address_tier_3"')
    read = ("tests/unit/config/test_tiers.py", "tests/unit/config/test_account_words.py")
    assert "the text status.tier_4 is missing" in checkout.passes(*read)
    for language in TRANSLATIONS:
        checkout.put(language, ACCOUNT_WORDS, before='"status.other_side_responded" =')
    assert checkout.passes(*read) == ""
    assert len(checkout.code) <= 3
