"""Forks `parley` processes from one that has everything imported, so that many can be killed in a short time.

It reads one JSON object a line: `start` with module, arguments, environment, folder, out and err, answered by a
pid; `poll` with a pid, answered by null while it runs, then by its exit code (negative: the signal that killed it).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import parley
from connector.http.internet import Internet
from parley.wiring.load_policy import load_rules

RUNNING: set[int] = set()
# What a desk imports only once it runs. Each one that is killed would do so anew.
LATER = (
    *("httpcore", "kombu.transport.memory", "kombu.transport.pyamqp", "pydantic.v1", "uvicorn.loops.auto"),
    *("webhooks", "webhooks.connection_guard", "rich.progress", "rich.table"),
)


def start(given: dict[str, Any]) -> int:
    module = importlib.import_module(given["module"])
    pid = os.fork()
    if not pid:
        be(module.main, given)
    RUNNING.add(pid)
    return pid


def be(command: Callable[[], object], given: dict[str, Any]) -> NoReturn:
    """What was forked becomes the process that was asked for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(given["folder"])
    os.environ.clear()
    os.environ.update(given["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (kept(given["out"]), 1), (kept(given["err"]), 2)):
        os.dup2(old, new)
    # As Python makes them at its start, which was long ago: what they were then is no file of now.
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding=encoding, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding=encoding, errors="backslashreplace", closefd=False)
    sys.argv = ["parley", *given["arguments"]]
    leave(command)


def leave(command: Callable[[], object]) -> NoReturn:
    """Run a command and end as Python ends, but for taking apart what was imported.

    The kernel does that for nothing, where Python would first copy each page of it, which takes longer than most
    commands.
    """
    try:
        command()
        code: Any = 0
    except KeyboardInterrupt:
        raise
    except SystemExit as asked:
        code = asked.code
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  waits for threads, as at every end
    atexit._run_exitfuncs()
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


def kept(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def poll(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    RUNNING.discard(pid)
    return os.waitstatus_to_exitcode(status)


def answer(asked: dict[str, Any]) -> int | None:
    return start(asked["start"]) if "start" in asked else poll(asked["poll"])


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ours = (module.name for module in pkgutil.walk_packages(parley.__path__, "parley."))
    for name in (*ours, *LATER):
        importlib.import_module(name)
    load_rules(None)
    Internet().close()  # it has read the authorities that each of them trusts
    gc.freeze()  # a child that leaves would look through all of it, page by page a copy of its own
    forker = os.getpid()
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
            sys.stdout.flush()
    finally:  # whoever asked for them is gone
        for pid in RUNNING if os.getpid() == forker else ():
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
