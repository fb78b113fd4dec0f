"""Types `parley …` as a person or a script does: in a folder, with an environment, and no terminal."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from tests.patience import PATIENCE_S
from tests.system.processes.spawned_desk import Forker
from tests.unencrypted import UNENCRYPTED

_numbers = count(1)


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code, its data, and everything else."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Running:
    """A command that goes on."""

    name: str
    pid: int


class Shell:
    def __init__(self, forker: Forker, folder: Path, environment: Callable[[], Mapping[str, str]]) -> None:
        self.forker = forker
        self.folder = folder
        self._environment = environment
        self._running: list[Running] = []

    def __call__(self, *arguments: str, **environment: str) -> Said:
        return self.end(self.start(*arguments, **environment))

    def start(self, *arguments: str, **environment: str) -> Running:
        name = f"{next(_numbers)}-{'-'.join(arguments[:2])}"
        given = {"PATH": os.environ.get("PATH", ""), **self._environment(), **environment}
        pid = self.forker.start(arguments, given, self.folder, f"{name}.out", f"{name}.err")
        self._running.append(Running(name, pid))
        return self._running[-1]

    def end(self, running: Running) -> Said:
        self._running.remove(running)
        return Said(self.forker.wait(running.pid), self._read(running, "out"), self._read(running, "err"))

    def stop(self, running: Running, number: int = signal.SIGTERM) -> Said:
        os.kill(running.pid, number)
        return self.end(running)

    def errors(self, running: Running) -> str:
        return self._read(running, "err")

    def output(self, running: Running) -> str:
        return self._read(running, "out")

    def _read(self, running: Running, what: str) -> str:
        path = self.folder / f"{running.name}.{what}"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def close(self) -> None:
        for running in list(self._running):
            with suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGKILL)
            self.end(running)


def wait_for(there: Callable[[], Any]) -> Any:
    """What it returns as soon as that is something; AssertionError where it never is."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.05)):
        found = there()
        if found:
            return found
        pause.wait(0.05)
    raise AssertionError("It never came to that.")


def answers(url: str) -> bool:
    """Whether a server answers 200 there."""
    with suppress(httpx.TransportError):
        return httpx.get(url, trust_env=False, verify=UNENCRYPTED, timeout=PATIENCE_S).status_code == 200
    return False
