"""What zenpy speaks through: a requests session of ours, which never repeats a write and never sleeps."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import requests

from connector.errors import ApiAnswer
from connector.zendesk.access.calling import ApiCall, Caller

SUBDOMAIN: Final = "desk"
DOMAIN: Final = "zendesk.invalid"
"""What zenpy believes it talks to; only the caller knows the real address, so no answer can lead us elsewhere."""


class ZenpySession(requests.Session):
    """A session that raises our errors itself, so that zenpy only ever sees a readable success.

    zenpy 2.0.57 sleeps in the thread on a 429 with Retry-After and repeats PUTs on its own adapter; neither
    can happen here: https://github.com/facetoe/zenpy/blob/master/zenpy/lib/api.py (`_call_api`).
    """

    authorized = True

    def __init__(self, caller: Caller) -> None:
        super().__init__()
        self.trust_env = False
        self._caller = caller
        self.answer: ApiAnswer | None = None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """What the caller gives and raises; zenpy's own headers stay here."""
        del kwargs
        self.answer = None
        asked, body = urlsplit(request.url or ""), request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        answer, content = self._caller(ApiCall(request.method or "", asked.path, asked.query, content))
        self.answer = answer
        return _readable(request, answer, content)


def _readable(request: requests.PreparedRequest, answer: ApiAnswer, content: bytes) -> requests.Response:
    """An answer as zenpy reads it, from the address that it asked; parsed once."""
    response = requests.Response()
    response.status_code, response.url, response.request = answer.status, request.url or "", request
    response.headers.update(answer.headers)
    response._content = content
    response.json = lambda **_: answer.body  # type: ignore[method-assign]
    return response
