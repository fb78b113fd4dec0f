"""A week's report of a dozen cases, to be pictured: each figure has something to tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from escalation.model.values import Reason, State
from parley.report.facts import CaseFacts, Ending, TierStay
from parley.report.figures import FIGURES
from parley.report.making import PeriodReport
from parley.report.page import as_page
from parley.report.tallies import Counted
from tests.pseudo import pseudo
from tests.unit.report.journals import WEEK

COMPANIES: Final = {"acme": "Acme Field Services", "globex": "Globex Installations", "harbor": "Harbor Retail"}
REASONS: Final = tuple(Reason)
ENDS: Final = (
    (State.RESOLVED, True),
    (State.RESOLVED, False),
    (State.NOT_ELIGIBLE, True),
    (State.WITHDRAWN, True),
    (State.OFF_PLATFORM, True),
)


def pictured_report(*, foreign: bool = False) -> str:
    """The page. `foreign`: the companies' names are in a language that nobody speaks, longer and from the right."""
    names = {key: pseudo(name * 2) if foreign else name for key, name in COMPANIES.items()}
    counted = Counted(WEEK, [_case(number) for number in range(14)], names, died=3)
    return as_page(PeriodReport(WEEK, WEEK.end, "", False, tuple((one, one.rows(counted)) for one in FIGURES)))


def _case(number: int) -> CaseFacts:
    state, by_desk = ENDS[number % len(ENDS)]
    ended = number % 3 != 0
    begun = WEEK.start + timedelta(hours=9 + 7 * number)
    tier = 1 + number % 3
    return CaseFacts(
        company=tuple(COMPANIES)[number * number % len(COMPANIES)],
        reason=REASONS[number % len(REASONS)].value,
        opened=begun if number % 4 else None,
        ending=Ending(begun + timedelta(days=1), state, by_desk, timedelta(days=1 + 2 * number)) if ended else None,
        is_open=not ended,
        tier=tier,
        stays=tuple(TierStay(one, answered=one == tier and number % 2 == 1) for one in range(1, tier + 1)),
        first_answer=timedelta(hours=5 + 6 * number) if number % 2 else None,
        lateness=(timedelta(0), timedelta(minutes=5 * number if number == 12 else 0)),
        overrules=("identity",) if number == 7 else (),
        died=1 if number in (4, 9) else 0,
        waited={"the other side": timedelta(hours=20 + number), "an agent": timedelta(hours=number)},
    )
