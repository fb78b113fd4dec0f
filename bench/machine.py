"""What every benchmark asks of the machine: its cores, a process's use of them, and a disk made slow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time

FIRST_CORE, *_, LAST_CORE = [*sorted(os.sched_getaffinity(0)) * 2]
YARDSTICK = {"not": "w7", "words": [f"w{number * 7919 % 97}" for number in range(60)]}
SLOW_FSYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slow(const char *name, int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    usleep(4000);
    return real(fd);
}
int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
"""


def processor_seconds(pid: int) -> float:
    """What a process and those it has started have used of the processor so far, to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return own + sum(processor_seconds(int(child)) for task in tasks for child in task.read_text().split())


@contextmanager
def held_to(core: int) -> Iterator[None]:
    """Hold this process to one core for a while."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def slow_fsync_library(directory: Path) -> Path | None:
    """A library to preload that adds 4 ms to each fsync; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    source, library = directory / "slow.c", directory / "slow.so"
    source.write_text(SLOW_FSYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


def speed(seconds: float = 0.2) -> float:
    """How many rounds of one fixed piece of Python this machine makes in a second of its processor now."""
    rounds, began = 0, process_time()
    while (took := process_time() - began) < seconds:
        for _ in range(50):
            said = json.loads(json.dumps(YARDSTICK))
            sum(len(word) for word in sorted(said["words"]) if word != said["not"])
        rounds += 50
    return rounds / took
