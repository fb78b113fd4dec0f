"""How long a test waits for what surely comes, also on a busy machine; what comes sooner ends the wait."""

from __future__ import annotations

PATIENCE_S = 120.0
