"""The README says what is true now."""

import re
from pathlib import Path

import pytest

from parley.generated import FILES, PAGES, rendered
from parley.wiring.load_policy import load_rules
from tests.docs.product import ROOT, modules


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_generated_parts_are_those_of_the_code(page: Path):
    text = page.read_text(encoding="utf-8")
    assert rendered(text) == text, f"Run .venv/bin/python -m parley.generated and commit {page.name}."


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_generated_files_are_those_of_the_code(file: Path):
    said = f"Run .venv/bin/python -m parley.generated and commit {file.name}."
    assert file.read_text(encoding="utf-8") == FILES[file](), said


READ_FIRST = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "docs" / "glossary.md")


@pytest.mark.parametrize("page", READ_FIRST, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", text):
        assert (page.parent / target).exists(), target


def test_the_readme_says_how_often_requesters_hear_as_the_policy_reads_it():
    policy, text = load_rules(None), (ROOT / "README.md").read_text(encoding="utf-8")
    assert policy.calendar.in_words(policy.update_hours) == "2 business days"
    assert "keeps the worker informed every two business days" in " ".join(text.split())


def test_every_name_of_the_glossary_is_there_to_be_found():
    named = set(re.findall(r"`([A-Z]\w+)`", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")))
    code = "\n".join(module.read_text(encoding="utf-8") for module in [*modules(), *(ROOT / "tests").rglob("*.py")])
    assert [
        name for name in sorted(named) if not re.search(rf"^(?:class {name}\b|{name} = )", code, re.MULTILINE)
    ] == []


def test_contributing_names_files_that_there_are():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+(?:\.[a-z]+|/))`", page)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_pictures_have_two_megabytes_together():
    pictures = [*(ROOT / "docs" / "screens").iterdir()]
    assert {one.suffix for one in pictures} == {".png"}
    assert sum(one.stat().st_size for one in pictures) < 2_000_000
