"""PostgreSQL, RabbitMQ and Redis as children of one process: for a developer, or for the workers of a test run.

`python -m tests.servers.serve` prints how to reach them and stops them on Ctrl-C.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from store import migrate
from tests.integration.store import postgres
from tests.integration.store.postgres import Server, private_server
from tests.servers.rabbitmq import RabbitMQ, private_rabbitmq
from tests.servers.redis import Redis, private_redis


@contextmanager
def a_postgres() -> Iterator[Server]:
    """PostgreSQL. LookupError, which says what would help, where there is none."""
    if postgres.find_programs() is None:
        raise LookupError(postgres.WANTED)
    with private_server() as server:
        yield server


KINDS: Mapping[str, Callable[[], AbstractContextManager[Server | RabbitMQ | Redis]]] = {
    "postgresql": a_postgres,
    "rabbitmq": private_rabbitmq,
    "redis": private_redis,
}


def keep_while_used(folder: Path, kind: str) -> None:
    """Start a server, leave its URL in the folder, and go on in the background while anybody uses it.

    Whoever uses it holds a shared lock on `users`, which ends with its process, however that ends. Where this
    machine has no such server, what would help is left instead, as `lacking`.
    """
    ready, told = os.pipe()
    if os.fork():
        os.close(told)
        sys.exit(0 if os.read(ready, 1) else 1)
    os.setsid()
    os.close(ready)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(log, number)
    try:
        with (folder / "users").open("a") as users, KINDS[kind]() as server:
            url = folder / "url"
            url.write_text(str(server.address), encoding="utf-8")
            os.write(told, b"!")
            fcntl.flock(users, fcntl.LOCK_EX)
            url.unlink()  # before the lock goes: whoever comes next starts it anew
    except LookupError as error:
        (folder / "lacking").write_text(str(error), encoding="utf-8")
        os.write(told, b"?")


def serve() -> None:
    """Start what there is, say how to reach it, and stop it on Ctrl-C or SIGTERM."""
    asked = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    found: dict[str, str] = {}
    with ExitStack() as stack:
        for kind, start in KINDS.items():
            try:
                server = stack.enter_context(start())
            except LookupError as error:
                sys.stdout.write(f"# {kind} {error}.\n")
                continue
            found[kind] = server.address
            if isinstance(server, Server):
                found["database"] = server.create_database()
                migrate(found["database"])
        sys.stdout.write("".join(f"export {name}='{value}'\n" for name, value in settings_of(found).items()))
        sys.stdout.write("# Ctrl-C stops them.\n")
        sys.stdout.flush()
        signal.sigwait(asked)


def settings_of(found: Mapping[str, str]) -> dict[str, str]:
    """The settings that make the desk, and the tests, use them."""
    brokers = [found[kind] for kind in ("rabbitmq", "redis") if kind in found]
    settings = {
        "DATABASE_URL": found.get("database", ""),
        "PARLEY_TEST_POSTGRES": found.get("postgresql", ""),
        "BROKER_URL": "".join(brokers[:1]),
        "PARLEY_TEST_BROKERS": ",".join(brokers),
    }
    return {name: value for name, value in settings.items() if value}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--while-used"]:
        keep_while_used(Path(sys.argv[2]), sys.argv[3])
    else:
        serve()
