"""`parley report`: which week or month, whose, where to, and what is said where that can't be."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from parley.cli import app
from store import CaseRow, Store
from tests.migrated import migrated

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
Report = Callable[..., Result]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Types `parley report …` in a folder, beside a database with one case of the 17th of November."""
    url = migrated(tmp_path / "parley.db")
    with Store.open(url, now=lambda: NOW) as store:
        began = datetime(2026, 11, 17, 12, tzinfo=UTC)
        store.write(lambda tx: tx.policies.keep("p", {}))
        store.write(lambda tx: tx.cases.save(CaseRow("C-1", "tier_1", "p", began, company="acme"), 0))
        store.write(lambda tx: tx.journal.append("parley", "checking → tier_1", began, case_id="C-1"))
    monkeypatch.chdir(tmp_path)
    offset = str((NOW - datetime.now(UTC)).total_seconds())  # noqa: TID251  the command's clock is moved by it
    runner = CliRunner(env={"DATABASE_URL": url, "CLOCK_OFFSET": offset, "NO_COLOR": "1"})
    return lambda *arguments: runner.invoke(app, ["report", *arguments])


def test_the_last_whole_week_becomes_a_page_in_this_folder(report: Report, tmp_path: Path) -> None:
    said = report()
    assert (said.exit_code, said.stdout) == (0, "")
    assert said.stderr == "parley-2026-W47.html holds Week 47 of 2026, 16 November to 22 November 2026.\n"
    assert "Week 47 of 2026" in (tmp_path / "parley-2026-W47.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "period", "opened"),
    [
        (("--week",), "2026-W47", 1),
        (("--week", "--on", "2026-11-12"), "2026-W46", 0),
        (("--month",), "2026-10", 0),
        (("--month", "--on", "2026-11-01"), "2026-11", 1),
        (("--month", "--on", "2026-11-01", "--company", "acme"), "2026-11", 1),
    ],
)
def test_a_week_or_month_is_chosen_by_a_day_in_it(
    report: Report, arguments: tuple[str, ...], period: str, opened: int
) -> None:
    told = json.loads(report(*arguments, "--json").stdout)
    assert (told["period"], told["figures"]["cases"]["rows"][0]["opened"]) == (period, opened)


def test_a_page_goes_where_it_is_told_to_and_takes_the_place_of_the_one_before(
    report: Report, tmp_path: Path
) -> None:
    page = tmp_path / "last week.html"
    page.write_text("old", encoding="utf-8")
    assert report("--file", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [one.name for one in tmp_path.glob("*.html")] == ["last week.html"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--week", "--month"), "A report is about a week or about a month: leave one of the two out."),
        (("--on", "yesterday"), "--on yesterday is no date: write 2026-12-01."),
        (("--on", "2026-12-01"), "The week of 2026-12-01 has not begun yet."),
        (("--on", "9999-12-31"), "--on 9999-12-31 is no date: write 2026-12-01."),
        (
            ("--company", "acmee"),
            "There is no client company acmee: `parley case list` shows whose cases there are.",
        ),
        (("--file", "none/page.html"), "none/page.html can't be written: No such file or directory."),
    ],
)
def test_what_can_not_be_is_one_sentence(report: Report, arguments: tuple[str, ...], sentence: str) -> None:
    said = report(*arguments)
    assert (said.exit_code, said.stderr) == (1, f"{sentence}\n")
