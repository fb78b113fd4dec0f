"""One life of a desk in a process of its own, which a failpoint may end; the services live on in a file."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from sync.shared.failpoints import crash_at, no_crash
from tests.integration.sync.desk_on_fakes import Services
from tests.integration.sync.fakes import Service
from tests.integration.sync.test_kills import check, to_the_end

KEPT = ("tickets", "audits", "written", "conversations", "created", "assignments", "posted")


def load(path: Path, *services: Service) -> None:
    if path.exists():
        for service, kept in zip(services, pickle.loads(path.read_bytes()), strict=True):  # noqa: S301  written by this test
            vars(service).update(kept)


def keep(path: Path, *services: Service) -> None:
    kept = [{name: value for name, value in vars(one).items() if name in KEPT} for one in services]
    young = path.with_suffix(".young")
    young.write_bytes(pickle.dumps(kept))
    young.replace(path)


def main() -> None:
    url, state, failpoint, minutes = sys.argv[1:]
    world, path = Services(), Path(state)
    world.clock.move(minutes=int(minutes))
    services = (world.zendesk, world.workmarket)
    load(path, *services)
    crash = crash_at(failpoint) if failpoint else no_crash

    def after(seam: str) -> None:
        # What a service has done stays done, whatever becomes of us.
        keep(path, *services)
        crash(seam)

    with world.process(url, after) as desk:
        desk.submitted()
        to_the_end(desk)
        check(world, desk)
