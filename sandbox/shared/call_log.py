"""What was asked of the stand-ins, in order, so that a test can look at it afterwards."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class LoggedCall:
    """One HTTP call. `path` is without `.json`; `status` stays 0 where no usable reply left."""

    service: str
    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int
    at: datetime


class CallLog:
    """Keeps every call, or only their numbers where `keep` is off (a benchmark would fill the memory)."""

    def __init__(self, *, keep: bool = True) -> None:
        self.calls: list[LoggedCall] = []
        self.unexpected: list[LoggedCall] = []
        self.counts: Counter[str] = Counter()
        self._keep = keep

    def add(self, call: LoggedCall) -> None:
        self.counts[f"{call.service} {call.method}"] += 1
        if self._keep:
            self.calls.append(call)
