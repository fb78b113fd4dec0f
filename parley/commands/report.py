"""`parley report`: what became of a week's or a month's cases, as a page to print or as JSON."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.companies import names_of
from config.settings import load_settings
from parley.commands.common import AsJson, database, fail, rules_of
from parley.commands.terminal import print_json, say
from parley.report.making import PeriodReport, knows_company, make_report, report_json
from parley.report.page import as_page
from parley.report.periods import Period, PeriodKind, last_whole, period_of
from parley.report.saving import file_name, put


def report(
    week: Annotated[
        bool, typer.Option("--week", help="A week from Monday: what it is where neither is said.")
    ] = False,
    month: Annotated[bool, typer.Option("--month", help="A calendar month.")] = False,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The week or month of this day, not the last whole one.")
    ] = None,
    company: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only cases of this client company, by its name in the file.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Where to write the page; else here, named by the period.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What became of a week's or a month's cases: a page to read, print or send, or JSON."""
    if week and month:
        fail("A report is about a week or about a month: leave one of the two out.")
    with database() as store:
        settings = load_settings()
        policy = rules_of(settings)
        now = store.now()
        period = _period("month" if month else "week", on, policy.calendar.zone, now)
        names = names_of(settings.companies)
        if company and company not in names and not knows_company(store, company):
            fail(f"There is no client company {company}: `parley case list` shows whose cases there are.")
        made = make_report(store, policy, period, now, company=company or "", names=names)
    if as_json:
        print_json(report_json(made))
    else:
        _write(made, company or "", file)


def _period(kind: PeriodKind, on: str | None, zone: str, now: datetime) -> Period:
    if on is None:
        return last_whole(kind, now, zone)
    try:
        period = period_of(kind, date.fromisoformat(on), zone)
    except (ValueError, OverflowError):
        fail(f"--on {on} is no date: write 2026-12-01.")
    if period.start > now:
        fail(f"The {kind} of {on} has not begun yet.")
    return period


def _write(made: PeriodReport, company: str, file: Path | None) -> None:
    path = file or Path(file_name(made.period, company))
    try:
        put(path, as_page(made))
    except OSError as error:
        fail(f"{path} can't be written: {error.strerror}.")
    nothing = " It has nothing to tell." if made.is_empty else ""
    say(f"{path} holds {made.period.title}.{nothing}", err=True)
