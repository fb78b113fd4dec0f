"""Stand-ins that were set up once, kept as bytes, of which any number of copies are made."""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Mapping
from typing import Any

LOCK = type(threading.RLock())


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, shared: Mapping[str, object]) -> None:
        super().__init__(file)
        self._names = {id(thing): name for name, thing in shared.items()}

    def persistent_id(self, found: object) -> str | None:
        return "lock" if isinstance(found, LOCK) else self._names.get(id(found))


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, shared: Mapping[str, object]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, name: str) -> object:
        return threading.RLock() if name == "lock" else self._shared[name]


def frozen(thing: object, shared: Mapping[str, object]) -> bytes:
    """What is needed to copy it. What is shared is not copied; each copy is handed its own, by name."""
    file = io.BytesIO()
    _Pickler(file, shared).dump(thing)
    return file.getvalue()


def thawed(frozen: bytes, shared: Mapping[str, object]) -> Any:
    """A copy, with locks of its own."""
    return _Unpickler(io.BytesIO(frozen), shared).load()
