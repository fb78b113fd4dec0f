"""A machine of its own for one process, whose power can fail: a network namespace whose cable can be pulled."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

WANTED = "needs network namespaces: run the tests as root with iproute2, outside of a container that forbids it"
# Addresses by the test's process, so that several may run at once.
OURS, THEIRS = (f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}.{end}" for end in (1, 2))


def _ip(*words: str) -> None:
    if subprocess.run(["ip", *words], check=False, capture_output=True).returncode:
        pytest.skip(WANTED)


class LostHost:
    """`prefix` before a command runs it there; from there this machine is `OURS`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.prefix = ["ip", "netns", "exec", name]

    def pull_the_cable(self) -> None:
        """Nothing that it sends arrives any more, its end neither."""
        subprocess.run([*self.prefix, "ip", "link", "set", "there", "down"], check=True)


@contextmanager
def machine() -> Iterator[LostHost]:
    """A machine beside this one, gone at the end. Skips where it can't be made."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip(WANTED)
    name, here = f"parley-{os.getpid()}", f"pl{os.getpid()}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", here, "type", "veth", "peer", "name", "there", "netns", name)
        _ip("addr", "add", f"{OURS}/30", "dev", here)
        _ip("link", "set", here, "up")
        _ip("netns", "exec", name, "ip", "addr", "add", f"{THEIRS}/30", "dev", "there")
        _ip("netns", "exec", name, "ip", "link", "set", "there", "up")
        yield LostHost(name)
    finally:
        subprocess.run(["ip", "link", "del", here], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
