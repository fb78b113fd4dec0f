"""`python -m tests.mutation` plants small mistakes, one by one, and tells which of them no test noticed.

Ends with 1 when fewer than nine in ten were noticed, or when one that was not is not argued in `docs/mutation.md`.
`--only verify` looks at one target, `--every 10` at a tenth.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.integration.store.postgres import any_server, find_programs
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.overlay import TREE, Overlay, Target
from tests.scale import tell

ENOUGH = 0.9
ARGUED = TREE / "docs" / "mutation.md"
_STORE = tuple(f"tests/integration/store/test_{name}.py" for name in ("inbox", "recorder", "receipts", "past"))
_ON_SQLITE = (*_STORE, "-k", "not postgresql")
_ON_POSTGRESQL = (*_STORE, "-k", "postgresql")
_DOORS = ("tests/integration/webhooks/test_duplicates.py",)
_DAYS = (("tests/unit/escalation/test_calendar.py",), ("tests/unit/escalation/test_calendar_properties.py",))
_RECORDS = ("Inbox.record", "Inbox.record_many", "Inbox._unless_known")
TARGETS = (
    Target("verify", "webhooks/signatures.py", (("tests/integration/webhooks/test_signatures.py",),)),
    Target("dedupe", "store/records/fast.py", (_ON_SQLITE, _ON_POSTGRESQL, _DOORS)),
    Target("dedupe", "store/records/inbox.py", (_ON_SQLITE, _ON_POSTGRESQL, _DOORS), _RECORDS),
    Target("business time", "escalation/policies/calendar.py", _DAYS),
)

Job = tuple[Target, Mutant, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=sorted({target.name for target in TARGETS}))
    parser.add_argument("--every", type=int, default=1, help="look at each N-th mutant")
    given = parser.parse_args()
    targets = [target for target in TARGETS if given.only in (None, target.name)]
    with tempfile.TemporaryDirectory(prefix="mutants") as folder, _one_server(targets) as environment:
        overlays = [Overlay(Path(folder, str(number)), environment) for number in range(given.jobs)]
        jobs: list[Job] = []
        for target in targets:
            bounds_s = overlays[0].measure(target)
            source = (overlays[0].folder / target.file).read_text(encoding="utf-8")
            jobs += [(target, each, bounds_s) for each in mutants(source, target.within)[:: given.every]]
        survivors = _survivors(jobs, overlays)
    return _report(jobs, survivors)


def _survivors(jobs: list[Job], overlays: list[Overlay]) -> list[Job]:
    free: SimpleQueue[Overlay] = SimpleQueue()
    for overlay in overlays:
        free.put(overlay)

    def killed(job: Job) -> bool:
        target, mutant, bounds_s = job
        overlay = free.get()
        try:
            return overlay.kills(target, mutant.source, bounds_s)
        finally:
            free.put(overlay)

    survivors = []
    with ThreadPoolExecutor(len(overlays)) as pool:
        for number, (job, noticed) in enumerate(zip(jobs, pool.map(killed, jobs), strict=True), 1):
            if not noticed:
                survivors.append(job)
                _say(f"{number}/{len(jobs)} survived: {_name(job)}")
            elif number % 25 == 0:
                _say(f"{number}/{len(jobs)}")
    return survivors


def _report(jobs: list[Job], survivors: list[Job]) -> int:
    for name in dict.fromkeys(target.name for target, _, _ in jobs):
        of, left = ([job for job in some if job[0].name == name] for some in (jobs, survivors))
        _say(f"{name}: {len(of)} mutants, {len(of) - len(left)} killed")
    argued = ARGUED.read_text(encoding="utf-8") if ARGUED.exists() else ""
    unargued = [_name(job) for job in survivors if _name(job) not in argued]
    for name in unargued:
        _say(f"{ARGUED.name} says nothing of {name}")
    killed = len(jobs) - len(survivors)
    tell("mutation", mutants=len(jobs), killed=killed, survivors=len(survivors))
    _say(f"{killed} of {len(jobs)} killed, {killed / len(jobs):.1%}")
    return 0 if killed >= ENOUGH * len(jobs) and not unargued else 1


@contextmanager
def _one_server(targets: list[Target]) -> Iterator[Mapping[str, str]]:
    """What tells the tests of one PostgreSQL server for them all, where it is asked for and there is any."""
    asked = any(_ON_POSTGRESQL in target.stages for target in targets)
    if not asked or os.environ.get("PARLEY_TEST_POSTGRES") or find_programs() is None:
        yield {}
        return
    with any_server() as server:
        yield {"PARLEY_TEST_POSTGRES": server.address}


def _name(job: Job) -> str:
    target, mutant, _ = job
    return f"{target.file}, {mutant.where}: {mutant.change}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
