"""The README's way to go live, word by word, against the stand-in."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from tests.system.cli.shell import Shell, answers, wait_for
from tests.system.processes.spawned_desk import SpawnedDesk

README = Path(__file__).parents[3] / "README.md"


def the_commands() -> list[list[str]]:
    block = README.read_text(encoding="utf-8").split("<!-- going live -->")[1].split("<!-- end -->")[0]
    return [line.split()[1:] for line in re.findall(r"^ *(parley .+)$", block, re.M)]


def test_the_five_commands_of_the_readme_set_an_account_up(desk: SpawnedDesk, operator: Shell) -> None:
    migrate, plan, apply, run, doctor = the_commands()
    assert operator(*migrate).code == 0
    planned = operator(*plan)
    assert planned.code == 2
    assert "+ create form “Escalate an assignment”: There is none of that name." in planned.out
    assert operator(*apply).code == 0
    running = operator.start(*run, PORT=str(desk.port))
    wait_for(lambda: answers(f"http://127.0.0.1:{desk.port}/readyz"))
    said = operator(*doctor)
    assert "problem" not in said.out, said.out
    assert said.code == 0
    assert operator.stop(running, signal.SIGTERM).code == 0
    assert operator(*plan).code == 0
