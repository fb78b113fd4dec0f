"""`parley demo` as a visitor finds it: the README's lines, the pages, and a month in a moment."""

from __future__ import annotations

import re
import signal
import subprocess

import httpx
import pytest

from parley.generated import README
from tests.servers.ports import lasting_port
from tests.system.cli.shell import Shell, answers, wait_for
from tests.unencrypted import UNENCRYPTED

TRY = re.compile(r"<!-- try the door -->\n```sh\n(.*?)```\n<!-- end -->", re.DOTALL)


def try_the_door(port: int, *, for_a_dead_letter: bool = False) -> str:
    """Run the README's lines as they stand there, but for the port; what curl printed."""
    text = README.read_text(encoding="utf-8")
    found, other = TRY.search(text), re.search(r"The same lines with `(BODY=.*?)`", text)
    assert found is not None and other is not None
    lines = found[1].replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    if for_a_dead_letter:
        lines = re.sub(r"^BODY=.*$", other[1], lines, flags=re.M)
    done = subprocess.run(["sh", "-e", "-c", lines], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@pytest.fixture
def port() -> int:
    return lasting_port()


def test_the_lines_of_the_readme_bring_the_unheard_request_to_life_and_a_month_goes_by(
    shell: Shell, port: int
) -> None:
    demo = shell.start("demo", "--port", str(port))
    here = f"http://127.0.0.1:{port}"
    wait_for(lambda: answers(f"{here}/readyz"))
    with httpx.Client(
        base_url=here, trust_env=False, follow_redirects=True, verify=UNENCRYPTED, timeout=120
    ) as visitor:
        assert "no case" in visitor.get("/agent/tickets/1").text.lower()
        assert try_the_door(port).startswith("HTTP/1.1 202")
        wait_for(lambda: "Tier 1: assignment message" in visitor.get("/agent/tickets/1").text)
        assert try_the_door(port, for_a_dead_letter=True).startswith("HTTP/1.1 202")
        for page in ("/", "/agent", "/other-side", "/mailbox", "/docs", "/healthz", "/metrics"):
            assert visitor.get(page).status_code == 200, page
        for _ in range(6):
            assert visitor.post("/clock", data={"do": "move", "by": "week", "back": "/agent"}).status_code == 200
        assert "Closed: off platform" in visitor.get("/agent/tickets/1").text
        refused = visitor.post("/webhooks/zendesk", content=b"{}", headers={"Content-Type": "application/json"})
        assert refused.status_code == 401
    said = shell.stop(demo, signal.SIGTERM)
    assert (said.code, said.out) == (0, "")
    assert '"unheard_ticket": 1' in said.err
    assert said.err.count('"event": "webhook_dead_letter"') == 1
    assert '"level": "error"' not in said.err


def test_the_published_secret_opens_no_real_desk(operator: Shell, port: int) -> None:
    assert operator("zendesk", "apply", "--yes").code == 0
    running = operator.start("run", "--host", "127.0.0.1", "--port", str(port))
    wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
    assert try_the_door(port).startswith("HTTP/1.1 401")
    assert operator.stop(running).code == 0
