"""The ways into the desk's page: what the shell asks of each, and the proxy's, which knows its people already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.responses import Response
from starlette.types import Scope

from parley.pages.desk.trusted_proxy import TrustedProxy
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import Renders

BY_PROXY: Final = (
    "This page is opened by the address that your company's sign-in stands before. If you came that way, it did "
    "not say who you are."
)


class WayIn(Protocol):
    """`signs_out`: whether a session of ours can be ended. `viewer_of` runs on a thread."""

    @property
    def signs_out(self) -> bool: ...

    def viewer_of(self, scope: Scope) -> Viewer | None: ...

    def answers(self, method: str, path: str) -> Callable[[Scope, Renders], Response] | None:
        """What answers a path of the sign-in itself; None for every other path. It is called on a thread."""
        ...

    def refusal(self, scope: Scope, render: Renders) -> Response:
        """What is answered to whoever is not known."""
        ...


@dataclass(frozen=True, slots=True)
class ByProxy:
    """People come by a proxy that signs them in."""

    proxy: TrustedProxy
    signs_out: bool = False

    def viewer_of(self, scope: Scope) -> Viewer | None:
        client = scope.get("client")
        return self.proxy.viewer_of(client[0], scope["headers"]) if client else None

    def answers(self, method: str, path: str) -> None:  # noqa: ARG002
        return None

    def refusal(self, scope: Scope, render: Renders) -> Response:  # noqa: ARG002
        return render(None, "", "desk_trouble.html", title="Who are you?", status=403, sentence=BY_PROXY)
