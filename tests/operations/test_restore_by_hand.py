"""What the page on operating says to type, on a desk in a process of its own: backed up while it runs, put back."""

from __future__ import annotations

import signal
from pathlib import Path

from sqlalchemy import make_url

from tests.cli.shell import Shell, answers, wait_for
from tests.operations import backups
from tests.processes.desk import Desk, Nursery


def test_a_running_desk_is_backed_up_and_put_back_and_goes_on(nursery: Nursery, tmp_path: Path) -> None:
    desk = Desk(nursery, tmp_path)
    office = Shell(nursery, tmp_path, desk.environment)
    file, backup = str(make_url(desk.url).database), tmp_path / "backup"
    try:
        number = desk.assignment()
        desk.open()
        desk.start()
        wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/healthz"))
        ticket = desk.submit(number)
        wait_for(lambda: desk.state(ticket) == "tier_1" and desk.at_rest())
        backups.run("backup sqlite", file, backup)
        desk.workmarket.message(number, "owner", "We look into it.")
        wait_for(lambda: desk.state(ticket) == "other_side_responded" and desk.at_rest())
        heard = desk.zendesk.public_comments(ticket)
        desk.stop(signal.SIGKILL)
        backups.run("restore sqlite", file, backup)
        said = office("restored")
        (case_id,) = said.out.split()
        assert said.code == 0
        assert "that pause: 1" in said.err
        desk.start()
        wait_for(lambda: not desk.left())
        assert office("case", "resume", case_id).code == 0
        wait_for(lambda: desk.state(ticket) == "other_side_responded" and desk.at_rest())
        assert len(desk.messages(number)) == 1
        assert desk.zendesk.public_comments(ticket)[: len(heard)] == heard
        (letter,) = office("dead", "list").out.splitlines()
        assert "ticket.changed" in letter
        assert desk.stop() == 0
    finally:
        office.close()
        desk.close()
