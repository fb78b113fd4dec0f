"""The README says what is true now."""

import re
from pathlib import Path

from parley.generated import README, rendered

ROOT = Path(__file__).parents[2]


def test_the_generated_parts_are_those_of_the_code():
    text = README.read_text(encoding="utf-8")
    assert rendered(text) == text, "Run .venv/bin/python -m parley.generated and commit the README."


def test_every_link_to_a_file_leads_somewhere():
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
