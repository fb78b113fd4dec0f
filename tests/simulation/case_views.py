"""I17: each reader of a case sees what their audience may, read off the views of every case of a seed."""

from __future__ import annotations

import json
from typing import Any

from parley.case_view.case_reading import CaseViews
from tests.simulation.scheduler import Violation
from tests.simulation.simulated_desk import CANARY, CLIENTS_WORDS, SimulatedDesk, canary_of


def check_views(desk: SimulatedDesk) -> None:
    """No word of agents', of the other side, of a company or of another's ticket is in what a requester sees."""
    views = CaseViews(desk.judges, desk.template.policy, desk.sim.now)
    for case in desk.cases():
        seen = {name: views.of_case(case.id, name) or {} for name in ("requester", "agent", "operator")}
        told = json.dumps(seen["requester"], ensure_ascii=False)
        canaries = [CANARY, "internal.pdf", CLIENTS_WORDS, *map(canary_of, desk.companies)]
        if found := [one for one in canaries if one in told]:
            raise Violation(f"I17: the requester of {case.id} would see {found}.")
        others = [canary_of(one) for one in desk.companies if one != case.company]
        if any(one in json.dumps(seen["agent"]) for one in others if case.company):
            raise Violation(f"I17: agents of {case.id} would see another company's words.")
        _agrees(case, seen)


def _agrees(case: Any, seen: dict[str, dict[str, Any]]) -> None:
    for name, view in seen.items():
        if (view["ticket_id"], view["state"]) != (case.ticket_id, case.state.value):
            raise Violation(f"I17: {name}s would see {case.id} as {view['state']}.")
    if not seen["requester"].keys() < seen["agent"].keys() < seen["operator"].keys():
        raise Violation("I17: a wider audience is not told what a narrower one is.")
