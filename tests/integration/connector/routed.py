"""A service whose answers a test writes by name: respx stands in for what carries the calls."""

from __future__ import annotations

from typing import Final

import httpx
import respx

from connector.errors import Trouble
from connector.http.transport import HttpRequest, HttpResponse, handed_on

TROUBLES: Final[dict[type[Exception], Trouble]] = {
    httpx.ConnectError: Trouble("no connection", sent=False),
    httpx.ConnectTimeout: Trouble("no connection within 3.05 s", sent=False, slow=True),
    httpx.ReadTimeout: Trouble("no sign for 20 s", sent=True, slow=True),
    httpx.ReadError: Trouble("connection lost", sent=True),
    httpx.WriteError: Trouble("connection lost", sent=True),
    httpx.RemoteProtocolError: Trouble("connection lost", sent=True),
}


class Routed:
    """A transport that carries nothing; respx remembers what was asked. What it raises is told as our trouble."""

    def __init__(self, router: respx.Router) -> None:
        self._router = router

    def send(self, request: HttpRequest) -> HttpResponse | Trouble:
        asked = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.whole() or None
        )
        try:
            response = self._router.handler(asked)
        except httpx.TransportError as error:
            return TROUBLES[type(error)]
        return handed_on(request, HttpResponse(response.status_code, dict(response.headers), response.read()))

    def close(self) -> None: ...
