"""Scripted trouble: errors, lost replies, slow answers and outages, by service, method and path."""

import re
import threading
from dataclasses import dataclass, field
from typing import Any


def is_write(method: str, path: str) -> bool:
    """Whether a call would change something; minting a token changes nothing that anybody sees."""
    return method != "GET" and not path.endswith(("/oauth/tokens", "/authorization/request"))


@dataclass(slots=True)
class Fault:
    """What happens to the next `times` calls that match; `over` is set when one has been dealt with."""

    service: str
    method: str
    path: re.Pattern[str]
    times: int
    status: int | None = None
    retry_after: str | None = None
    body: Any = None
    headers: dict[str, str] | None = None
    apply: bool = False
    drop_reply: bool = False
    delay: float | None = None
    until: threading.Event | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def matches(self, service: str, method: str, path: str) -> bool:
        return (
            self.times > 0
            and self.service == service
            and self.method in ("*", method)
            and self.path.search(path) is not None
        )

    @property
    def refuses(self) -> bool:
        """Whether the call is turned away without being carried out."""
        return not self.apply


class Faults:
    """Scripts are taken in the order they were written; the first that matches is used up by one."""

    def __init__(self) -> None:
        self._scripts: list[Fault] = []
        self._down: dict[str, bool] = {}
        self._writes: dict[str, Fault] = {}
        self._lock = threading.Lock()

    def next(
        self,
        service: str,
        method: str,
        path_regex: str,
        *,
        times: int = 1,
        status: int | None = None,
        retry_after: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        apply: bool = False,
        drop_reply: bool = False,
        delay: float | None = None,
        until: threading.Event | None = None,
    ) -> Fault:
        """Script the next `times` calls of `service` ("zendesk", "workmarket") whose path (no `.json`) is found.

        `status` alone answers that error and carries nothing out; with `apply` the call is carried out first.
        `drop_reply` promises a body and breaks the connection before it is whole; with `apply` after carrying out.
        `body` (JSON, str or bytes) or `headers` without a status replace those of the real answer.
        `delay` (seconds) or `until` (an event) hold the call back before anything else happens to it, so that it
        lands late. `method` may be "*". `retry_after` is sent as it is.
        """
        if all(x is None for x in (status, body, headers, delay, until)) and not drop_reply:
            raise ValueError("A fault needs a status, a body, headers, drop_reply, delay or until.")
        fault = Fault(
            service=service,
            method=method.upper(),
            path=re.compile(path_regex),
            times=times,
            status=status,
            retry_after=retry_after,
            body=body,
            headers=headers,
            apply=apply or (status is None and not drop_reply),
            drop_reply=drop_reply,
            delay=delay,
            until=until,
        )
        with self._lock:
            self._scripts.append(fault)
        return fault

    def outage(self, service: str, *, refuse: bool = False) -> None:
        """From now on every call to `service` answers 503, or with `refuse` is cut off without a byte."""
        with self._lock:
            self._down[service] = refuse

    def writes_fail(
        self,
        service: str,
        *,
        status: int | None = None,
        retry_after: str | None = None,
        body: Any = None,
        drop_reply: bool = False,
    ) -> None:
        """From now on no write to `service` is carried out, while reads work: maintenance, a failover, a full disk.

        A write is answered with `status`, or `body`, or its connection breaks: `drop_reply` says so.
        """
        anything = re.compile("")
        found = Fault(service, "*", anything, 1, status, retry_after, body, drop_reply=drop_reply)
        with self._lock:
            self._writes[service] = found

    def restore(self, service: str) -> None:
        with self._lock:
            self._down.pop(service, None)
            self._writes.pop(service, None)

    def clear(self) -> None:
        """Forget every script and outage."""
        with self._lock:
            self._scripts.clear()
            self._down.clear()
            self._writes.clear()

    @property
    def pending(self) -> list[Fault]:
        """Scripts that were not used up yet."""
        with self._lock:
            return [fault for fault in self._scripts if fault.times > 0]

    def down(self, service: str) -> bool | None:
        """None while up; else whether calls are cut off (True) or answered 503 (False)."""
        return self._down.get(service)

    def take(self, service: str, method: str, path: str) -> Fault | None:
        """The script for this call, used up by one; else what becomes of every write just now."""
        if (failing := self._writes.get(service)) is not None and is_write(method, path):
            return failing
        if not self._scripts:
            return None
        with self._lock:
            for fault in self._scripts:
                if fault.matches(service, method, path):
                    fault.times -= 1
                    if fault.times == 0:
                        self._scripts.remove(fault)
                    return fault
        return None
