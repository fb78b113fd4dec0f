"""The README's way to go live, word by word, in the sandbox that it says may be tried first."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

import httpx

from config.env_file import write_private
from parley.commands.stand_ins import sandbox
from tests.integration.pages.served_pages import form_on
from tests.patience import PATIENCE_S
from tests.servers.ports import lasting_port
from tests.system.cli.shell import Running, Shell, answers, wait_for
from tests.unencrypted import UNENCRYPTED

README = Path(__file__).parents[3] / "README.md"


def block(name: str) -> list[list[str]]:
    """The commands of a block, each without the word `parley`."""
    text = README.read_text(encoding="utf-8").split(f"<!-- {name} -->")[1].split("<!-- end -->")[0]
    return [line.split()[1:] for line in re.findall(r"^ *(parley .+)$", text, re.M)]


def at_other_ports(shell: Shell, command: list[str]) -> tuple[Running, str, int]:
    """The sandbox, at ports that are free here; the address of its help center, and the desk's port."""
    pages, zendesk, workmarket, desk = (lasting_port() for _ in range(4))
    ports = ("--port", str(pages), "--zendesk-port", str(zendesk), "--workmarket-port", str(workmarket))
    running = shell.start(*command, *ports, "--desk-url", f"http://127.0.0.1:{desk}")
    return running, f"http://127.0.0.1:{pages}", desk


def submit_a_request(help_center: str) -> None:
    """What the help center suggests, as a browser sends it."""
    with httpx.Client(
        base_url=help_center, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S, follow_redirects=True
    ) as browser:
        answer = browser.post("/", data=form_on(browser.get("/").text, "submit"))
        assert "Your request is in" in answer.text
        assert "parley case explain 1" in browser.get("/agent/tickets/1").text


def test_the_readme_is_followed_to_a_first_case_without_an_account(shell: Shell) -> None:
    (sandbox_command,), (migrate, plan, apply, run) = block("without an account"), block("going live")
    (doctor,) = block("beside it")
    stand_ins, help_center, port = at_other_ports(shell, sandbox_command)
    wait_for(lambda: answers(help_center))
    write_private(shell.folder / ".env", shell.output(stand_ins), overwrite=False)
    assert shell(*migrate).code == 0
    planned = shell(*plan)
    assert planned.code == 2
    assert (
        "+ create form “Escalate an assignment”: Workers and clients ask the desk for help with it." in planned.out
    )
    assert shell(*apply).code == 0
    running = shell.start(*run, PORT=str(port))
    wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
    submit_a_request(help_center)
    wait_for(lambda: [case["state"] for case in shell("case", "list", "--json").json()] == ["tier_1"])
    said = shell(*doctor)
    assert "problem" not in said.out, said.out
    assert said.code == 0
    assert shell.stop(running, signal.SIGTERM).code == 0
    assert shell(*plan).code == 0
    assert shell.stop(stand_ins).code == 0


def test_the_sandbox_is_where_the_readme_says(shell: Shell) -> None:
    ports = dict(zip(("pages", "zendesk", "workmarket", "desk"), sandbox.__defaults__ or (), strict=True))
    assert f"http://127.0.0.1:{ports['pages']}, with the agents" in README.read_text(encoding="utf-8")
    assert ports["desk"] == "http://127.0.0.1:8000"


def test_a_port_that_is_taken_is_said(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = shell(
            "sandbox", "--workmarket-port", str(taken.getsockname()[1]), "--zendesk-port", str(lasting_port())
        )
    assert (said.code, said.out) == (1, "")
    assert "can't listen" in said.err
