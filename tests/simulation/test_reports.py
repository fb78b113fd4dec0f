"""What a report counts of simulated lives is what other code counts, and what the services' own books say."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from connector.zendesk.tickets.serialize import OURS
from parley.report.making import make_report, report_json
from parley.report.periods import DAY, PeriodKind, period_of
from store import CaseRow
from sync.outbox.retry_policy import MAY_HAVE_ARRIVED
from tests.desk import NOT_ELIGIBLE, TIER_1, TIER_2
from tests.scale import scaled
from tests.simulation.checks import is_gone, tickets
from tests.simulation.recount import OldCase, recount
from tests.simulation.run import Outcome, folder, heal, live, silence, uncollected
from tests.simulation.scheduler import START, Simulation
from tests.simulation.simulated_desk import SimulatedDesk
from tests.simulation.swarm import ACTS, plan, rates_of

SEEDS = range(3, 3 + scaled(commit=1, nightly=60))
MONTH = 30 * DAY.total_seconds()


def goes_on(desk: SimulatedDesk) -> None:
    """A month without faults, in which people do this and that; then some days in which nobody does anything."""
    dice = random.Random(f"{desk.sim.seed}, reports")  # noqa: S311  what people do, by the seed
    desk.reconciles_every = DAY.total_seconds()
    for _ in range(30):
        act = dice.choice(ACTS) if dice.random() < 0.5 else partial(agent_decides, dice)
        desk.sim.after(dice.uniform(0.0, MONTH), partial(act, desk, None))
    desk.sim.run_until(desk.sim.now_s + 1.3 * MONTH)


def agent_decides(dice: random.Random, desk: SimulatedDesk, _: int | None) -> None:
    """An agent overrules the desk on any ticket, pauses its case, or goes on with it."""
    there = [one for one in tickets(desk) if not is_gone(desk, one)]
    if there:
        wanted: tuple[dict[str, Any], ...] = (
            {"macro": TIER_1},
            {"macro": TIER_2},
            {"macro": NOT_ELIGIBLE},
            {"add_tags": ["escalation_pause"]},
            {"status": "Needs review", "comment": "I look into it."},
        )
        desk.people.agent_update(dice.choice(there), **dice.choice(wanted))


def lived(seed: int) -> Iterator[SimulatedDesk]:
    """The desk of a seed at its end, and a month after."""
    sim = Simulation(seed)
    sim.rates = rates_of(sim)
    with silence(), uncollected():
        desk = SimulatedDesk(folder(), sim, workers=sim.dice.randint(1, 3))
        try:
            plan(desk)
            desk.open()
            live(desk)
            heal(desk, Outcome(seed))
            goes_on(desk)
            yield desk
        finally:
            sim.close()
            desk.close()


@pytest.fixture(scope="module", params=SEEDS)
def desk(request: pytest.FixtureRequest) -> Iterator[SimulatedDesk]:
    yield from lived(request.param)


def old_cases(desk: SimulatedDesk, until: Any) -> list[OldCase]:
    def read(tx: Any) -> list[OldCase]:
        found = []
        for row in tx.cases.list():
            lines = tuple(line for line in tx.journal.of_case(row.id) if line.at < until)
            holidays = desk.template.policy.calendar.holidays
            reason = (row.body.get("reason") or "not known").replace("_", " ")
            found.append(OldCase(lines, row.company or "not known", reason, holidays))
        return found

    return desk.look(read)


@pytest.fixture
def periods(desk: SimulatedDesk) -> list[tuple[PeriodKind, date]]:
    ends, weeks = desk.sim.now(), []
    day = START.date()
    while day <= ends.date():
        weeks.append(("week", day))
        day += 7 * DAY
    return [*weeks, ("month", START.date())]


def test_every_number_is_what_other_code_counts(desk: SimulatedDesk, periods: list[Any]) -> None:
    now, policy = desk.sim.now(), desk.template.policy
    names = {one: one for one in desk.companies}
    for kind, day in periods:
        period = period_of(kind, day, policy.calendar.zone)
        until = min(period.end, now)
        loose = desk.look(lambda tx, until=until: tx.journal.counted_of_no_case(until))
        again = recount(old_cases(desk, until), loose, (period.start, until), until)
        told = report_json(make_report(desk.judges, policy, period, now, names=names))["figures"]
        assert set(told) - {"over_time"} | {"by_company"} == set(again)
        for key, rows in again.items():
            if key in told:
                assert by_row(told[key]) == pytest.approx(without_noughts(rows, told[key])), key
        for part in ("opened", "ended"):
            assert sum(row[part] for row in told["over_time"]["rows"]) == told["cases"]["rows"][0][part]


def by_row(figure: Any) -> dict[Any, Any]:
    """The numbers of a figure by row and number."""
    named = [{name: row[name] for name in row if name not in figure["numbers"]} for row in figure["rows"]]
    return {
        ("".join(name.values()), number): row[number]
        for name, row in zip(named, figure["rows"], strict=True)
        for number in figure["numbers"]
    }


def without_noughts(rows: dict[str, Any], figure: Any) -> dict[Any, Any]:
    """The recount by row and number; a row that only the report has is one of noughts."""
    found = {(name, number): value for name, row in rows.items() for number, value in row.items()}
    empty = {key: 0 for key in by_row(figure) if key not in found}
    return {key: value for key, value in {**empty, **found}.items() if value or key in by_row(figure)}


def test_the_journal_has_what_requesters_were_told_as_zendesk_has_it(desk: SimulatedDesk) -> None:
    for case in desk.cases():
        journal = desk.look(lambda tx, one=case.id: tx.journal.of_case(one))
        lines = [line.what for line in journal]
        # Nobody can read what became of an attempt whose ticket is gone.
        untold = sum(str(line.why).endswith(MAY_HAVE_ARRIVED) for line in journal)
        comments = [one for one in desk.zendesk.comments(int(case.ticket_id))[1:] if one["public"]]
        ours = sum(bool(one["metadata"]["custom"].get(OURS)) for one in comments)
        agents = sum(desk.zendesk.account.users[one["author_id"]].is_agent for one in comments) - ours
        told = lines.count("told the requester")
        assert told <= ours <= told + untold, case.id
        seen = lines.count("an agent told the requester")
        # Nor what was written on one that was deleted before the desk looked.
        assert seen == agents or (seen < agents and is_deleted(desk, case)), case.id


def is_deleted(desk: SimulatedDesk, case: CaseRow) -> bool:
    return desk.zendesk.status_label(int(case.ticket_id or 0)) == "Deleted"


def test_one_companys_report_has_nothing_of_anothers(desk: SimulatedDesk) -> None:
    policy, now = desk.template.policy, desk.sim.now()
    period = period_of("month", START.date(), policy.calendar.zone)
    names = {one: one for one in desk.companies}
    for company in desk.companies:
        own = report_json(make_report(desk.judges, policy, period, now, company=company, names=names))
        alone = [case for case in old_cases(desk, min(period.end, now)) if case.company == company]
        again = recount(alone, [], (period.start, min(period.end, now)), min(period.end, now))
        assert own["figures"]["cases"]["rows"] == [again["cases"][""]]
        assert not any(other in str(own) for other in desk.companies if other != company)


def test_a_report_of_a_time_before_the_desk_is_empty(desk: SimulatedDesk) -> None:
    policy = desk.template.policy
    before = period_of("week", START.date() - timedelta(days=30), policy.calendar.zone)
    assert make_report(desk.judges, policy, before, desk.sim.now(), names={}).is_empty
