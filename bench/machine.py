"""What every benchmark asks of the machine: its cores, a process's use of them, and a disk made slow."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

FIRST_CORE, *_, LAST_CORE = [*sorted(os.sched_getaffinity(0)) * 2]
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
    """What a process has used of the processor so far, to a hundredth."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def slow_fsync_library(directory: Path) -> Path | None:
    """A library to preload that adds 4 ms to each fsync; None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    source, library = directory / "slow.c", directory / "slow.so"
    source.write_text(SLOW_FSYNC)
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library
