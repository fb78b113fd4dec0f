"""The one way out to WorkMarket: our httpx client, its access token, and answers judged by their envelope."""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final, Literal

import httpx

from connector.calls import called_workmarket
from connector.errors import Answer, Misconfigured, Transient, Trouble, judge
from connector.reading import mapping, number, text

Style = Literal["bearer", "parameter"]

WHO: Final = "WorkMarket"
TIMEOUT: Final = (3.05, 20.0)
"""Seconds to connect, and seconds between two pieces of an answer."""

LARGEST: Final = 20 * 1024 * 1024
RENEWED_AFTER: Final = timedelta(hours=23)
"""WorkMarket names no expiry of an access token; its own clients renew daily."""


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that httpx trusts, read once a process."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer of 401 that stayed after one renewal: not visible, or not our credentials."""

    answer: Answer


class Door:
    """Calls WorkMarket; parameters are form or query keys, never JSON. Secrets travel in bodies and headers only,
    except under the style `parameter`, which puts the short-lived access token where WorkMarket documents it."""

    def __init__(
        self,
        base_url: str,
        token: str,
        secret: str,
        now: Callable[[], datetime],
        style: Style,
        timeout: tuple[float, float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        for name in ("httpx", "httpcore"):  # their lines hold whole URLs
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/v1/employer/",
            transport=transport,
            timeout=httpx.Timeout(timeout[1], connect=timeout[0]),
            trust_env=False,
            verify=_trusted(),
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": "parley"},
        )
        self._longest = 3 * timeout[1]
        self._pair = {"token": token, "secret": secret}
        self._style = style
        self._now = now
        self._lock = threading.Lock()
        self._access = ""
        self._renew_at: datetime | None = None

    def __repr__(self) -> str:
        return "Door(WorkMarket)"

    def ask(self, method: str, path: str, parameters: Mapping[str, str]) -> Answer | Refused:
        """One attempt, and one more with a new token where the first was answered 401. A second 401 comes back as
        Refused; whatever else is no readable success is raised."""
        access = self._token()
        outcome = self._attempt(method, path, parameters, access)
        if isinstance(outcome, Answer) and outcome.status == 401:
            outcome = self._attempt(method, path, parameters, self._token(refused=access))
            if isinstance(outcome, Answer) and outcome.status == 401:
                return Refused(outcome)
        error = judge(outcome, who=WHO, is_write=method == "POST", now=self._now())
        if error is not None:
            raise error
        assert isinstance(outcome, Answer)  # noqa: S101 -- judge raises for a Trouble
        return outcome

    def _token(self, refused: str = "") -> str:
        with self._lock:
            now = self._now()
            if not self._access or self._access == refused or self._renew_at is None or now >= self._renew_at:
                self._access = self._mint(now)
                self._renew_at = now + RENEWED_AFTER
            return self._access

    def _mint(self, now: datetime) -> str:
        outcome = self._send("POST", "authorization/request", {}, self._pair, {})
        error = judge(outcome, who=f"{WHO}'s token endpoint", is_write=False, now=now)
        if isinstance(error, Transient):
            raise error
        body = mapping(outcome.body) if isinstance(outcome, Answer) else {}
        access = text(mapping(body.get("response")).get("access_token"))
        if error is not None or not access or not access.isascii():
            raise Misconfigured("WorkMarket gave no access token; check WORKMARKET_TOKEN and WORKMARKET_SECRET.")
        return access

    def _attempt(self, method: str, path: str, parameters: Mapping[str, str], access: str) -> Answer | Trouble:
        sent = dict(parameters)
        headers = {}
        if self._style == "bearer":
            headers["Authorization"] = f"Bearer {access}"
        else:
            sent["access_token"] = access
        if method == "GET":
            return self._send(method, path, sent, None, headers)
        return self._send(method, path, {}, sent, headers)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answer | Trouble:
        called_workmarket()
        try:
            with self._client.stream(method, path, params=query, data=form, headers=headers) as response:
                return self._read(response)
        except (httpx.ConnectError, httpx.PoolTimeout, httpx.UnsupportedProtocol):
            return Trouble("no connection", sent=False)
        except httpx.ConnectTimeout:
            return Trouble("no connection in time", sent=False, slow=True)
        except httpx.TimeoutException:
            return Trouble("time-out", sent=True, slow=True)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
            return Trouble("connection lost", sent=True)

    def _read(self, response: httpx.Response) -> Answer | Trouble:
        until = time.monotonic() + self._longest
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > LARGEST:
                return Answer(response.status_code, response.headers, None, "more than 20 MB")
            if time.monotonic() > until:
                return Trouble("the answer did not end in time", sent=True, slow=True)
        try:
            body: object = json.loads(bytes(content))
        except (ValueError, RecursionError):
            return Answer(response.status_code, response.headers, None, "not JSON")
        return _judged_by_envelope(response, body)

    def close(self) -> None:
        self._client.close()


def _judged_by_envelope(response: httpx.Response, body: object) -> Answer:
    """An answer of 200 with an error in its `meta` is that error."""
    status = response.status_code
    if not isinstance(body, dict) or not isinstance(body.get("meta"), dict):
        problem = "no envelope" if 200 <= status < 300 else ""
        return Answer(status, response.headers, None, problem)
    meta = mapping(body.get("meta"))
    told = number(meta.get("status_code"))
    if 200 <= status < 300:
        if told is None:
            return Answer(status, response.headers, body, "no status in its envelope")
        if not 100 <= told <= 599:
            return Answer(status, response.headers, body, "an impossible status in its envelope")
        status = told
    return Answer(status, response.headers, body)
