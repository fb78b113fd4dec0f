"""Makes pictures smaller by a palette, where the Debian package pngquant is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PROGRAM: Final = shutil.which("pngquant")


def made_smaller(pictures: Sequence[Path]) -> None:
    """Each in its own place; as they are, and said, where the program is lacking."""
    if PROGRAM is None:
        print(
            "pngquant is not there, so the pictures are twice as large: apt-get install pngquant", file=sys.stderr
        )
        return
    command = [PROGRAM, "--nofs", "--strip", "--force", "--skip-if-larger", "--ext", ".png", "32", "--", *pictures]
    done = subprocess.run(command, check=False)
    if done.returncode not in (0, 98):  # 98: one was smaller before
        raise SystemExit(done.returncode)
