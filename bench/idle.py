"""How much memory an idle `parley run` holds, after its start and ten seconds later."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic

import httpx

from bench.figures import Figure, leave, parser
from bench.places import Place, add_place, place
from sandbox import MovableClock, Sandbox

STARTED_WITHIN_S = 60.0


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB, as the kernel counts it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(where: Place, seconds: float) -> tuple[float, float]:
    """MB once it answers, and so many seconds later."""
    with (
        Sandbox(MovableClock(ticking=True)) as sandbox,
        where.database() as database,
        tempfile.TemporaryDirectory() as folder,
    ):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        command = [str(Path(sys.executable).with_name("parley")), "run", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(sandbox, database, where.broker), stderr=subprocess.DEVNULL
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/readyz", process)
            first = resident_mb(process.pid)
            Event().wait(seconds)
            return first, resident_mb(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _environment(sandbox: Sandbox, database: str, broker: str) -> dict[str, str]:
    given = sandbox.zendesk.credentials
    return {
        "PATH": os.environ.get("PATH", ""),
        "ZENDESK_URL": sandbox.zendesk_url,
        "ZENDESK_OAUTH_TOKEN": given.oauth_token,
        "WORKMARKET_URL": sandbox.workmarket_url,
        "WORKMARKET_TOKEN": "sandbox-token",
        "WORKMARKET_SECRET": "sandbox-secret",
        "DATABASE_URL": database,
        "BROKER_URL": broker,
    }


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    begun = monotonic()
    while monotonic() - begun < STARTED_WITHIN_S and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        Event().wait(0.05)
    raise RuntimeError("`parley run` did not start.")


def main() -> None:
    """Print the figure and how to repeat it."""
    asked = parser("bench.idle", __doc__)
    add_place(asked)
    asked.add_argument("--seconds", type=float, default=10.0)
    chosen = asked.parse_args()
    with place(chosen.on) as where:
        first, later = measure(where, chosen.seconds)
    print(f"{first:.0f} MB once `parley run` answers, {later:.0f} MB after idling (target: under 200 MB)")
    print(f"Again: python -m bench.idle --on {where.name}")
    leave(
        [Figure(f"memory of an idle `parley run`, {where.words}", f"{later:.0f} MB", "under 200 MB", later < 200)]
    )


if __name__ == "__main__":
    main()
