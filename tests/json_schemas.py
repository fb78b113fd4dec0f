"""jsonschema without its reader of internationalized addresses, which no schema of ours asks for.

Importing that reader takes 1.7 s, which each process that collects tests would spend.
"""

from __future__ import annotations

import sys

READER = "rfc3987_syntax"
_LACKING = sys.modules.setdefault(READER, None) is None  # type: ignore[call-overload]

import jsonschema  # noqa: E402

if _LACKING:
    del sys.modules[READER]

__all__ = ["jsonschema"]
