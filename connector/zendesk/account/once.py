"""A look at the account in which no call is made twice, whoever asks for what it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn

from connector.errors import ApiAnswer
from connector.http.transport import Body
from connector.reading import Json
from connector.zendesk.access.channel import Calls


class Once:
    """Reads by these calls and remembers the answers, for the time of one look; failures are not remembered."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._answers: dict[str, ApiAnswer] = {}
        self._pages: dict[str, tuple[tuple[Json, ApiAnswer], ...]] = {}

    def get(self, path: str, **parameters: object) -> ApiAnswer:
        key = f"{path} {sorted(parameters.items())}"
        if key not in self._answers:
            self._answers[key] = self._calls.get(path, **parameters)
        return self._answers[key]

    def pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[tuple[Json, ApiAnswer]]:
        key = f"{path} {sorted(parameters.items())}"
        if key not in self._pages:
            self._pages[key] = tuple(self._calls.pages(path, parameters))
        yield from self._pages[key]

    def send(self, method: str, path: str, body: Mapping[str, object]) -> NoReturn:
        """TypeError: a look changes nothing."""
        raise TypeError(f"A look at the account makes no {method} {path} with {sorted(body)}.")

    def send_file(self, path: str, parameters: Mapping[str, object], kind: str, body: Body) -> NoReturn:
        """TypeError: as above."""
        said = f"{body.length} bytes of {kind} to {path} {sorted(parameters)}"
        raise TypeError(f"A look at the account does not send {said}.")
