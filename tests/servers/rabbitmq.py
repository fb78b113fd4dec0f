"""A RabbitMQ of our own on loopback ports, which may be killed, started again and wiped."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kombu import Connection

from tests.servers.ports import lasting_port

WANTED = "needs RabbitMQ: install Debian's rabbitmq-server"
DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
ALARMED, USUAL = "0.0001", "0.4"
USER = "rabbitmq"
PATIENCE_S, POLLED_EVERY_S = 90.0, 0.1
# One scheduler, which sleeps where it has nothing to do; to be spoken to from this machine only.
ERLANG = "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"


def find_program() -> Path | None:
    """The server's program, where it can be used: as root it needs a user of its own to run as."""
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(USER)
        except KeyError:
            return None
    found = DEBIAN if DEBIAN.exists() else shutil.which("rabbitmq-server")
    return Path(found) if found and shutil.which("epmd") else None


class RabbitMQ:
    """One node. What it keeps lies in a folder that is its user's own."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._user = USER if os.geteuid() == 0 else None
        self._port = lasting_port()
        self._environment = self._settings()
        self._node: subprocess.Popen[bytes] | None = None
        (folder / "plugins").write_text("[].", encoding="ascii")
        # In a session of its own, as the node is: Ctrl-C is for whoever started them, who stops them in order.
        self._names = subprocess.Popen(
            ["epmd", "-address", "127.0.0.1"], env=self._environment, cwd=folder, user=self._user,
            start_new_session=True,
        )  # fmt: skip

    @property
    def address(self) -> str:
        """Its BROKER_URL."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}//"

    def _settings(self) -> dict[str, str]:
        folder = str(self._folder)
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": folder,
            "RABBITMQ_NODENAME": f"parley{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(lasting_port()),
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(lasting_port()),
        }

    def start(self) -> None:
        """Start it (again) and wait until it speaks AMQP."""
        with (self._folder / "out").open("ab") as out:
            self._node = subprocess.Popen(
                [str(self._program)], env=self._environment, cwd=self._folder, user=self._user, group=self._user,
                start_new_session=True, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / POLLED_EVERY_S)):
            if self._answers():
                return
            assert self._node.poll() is None, (self._folder / "out").read_text(encoding="utf-8")
            pause.wait(POLLED_EVERY_S)
        raise AssertionError("RabbitMQ does not start.")

    def _answers(self) -> bool:
        with Connection(self.address, connect_timeout=2) as connection:
            try:
                connection.connect()
            except Exception:
                return False
        return True

    def alarm(self, *, on: bool) -> None:
        """Have it find that it is short of memory, so that whoever publishes is held up; or end that."""
        control = self._program.with_name("rabbitmqctl")
        subprocess.run(
            [str(control), "-n", self._environment["RABBITMQ_NODENAME"], "-q", "set_vm_memory_high_watermark",
             ALARMED if on else USUAL],
            env=self._environment, cwd=self._folder, user=self._user, group=self._user, check=True,
            stdout=subprocess.DEVNULL, timeout=PATIENCE_S,
        )  # fmt: skip

    def kill(self) -> None:
        """End it at once, with no chance to write anything down."""
        if self._node is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._node.pid, signal.SIGKILL)
        self._node.wait()
        self._node = None

    def wipe(self) -> None:
        """Lose everything it kept. It has to be down."""
        assert self._node is None
        shutil.rmtree(self._folder / "data")

    def close(self) -> None:
        """Gone for good."""
        self.kill()
        self._names.kill()
        self._names.wait()


@contextmanager
def private_rabbitmq() -> Iterator[RabbitMQ]:
    """A running node, gone at the end. LookupError, which says what would help, where there is none."""
    program = find_program()
    if program is None:
        raise LookupError(WANTED)
    with tempfile.TemporaryDirectory(prefix="mq", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            shutil.chown(name, USER, USER)
        server = RabbitMQ(program, Path(name))
        try:
            server.start()
            yield server
        finally:
            server.close()
