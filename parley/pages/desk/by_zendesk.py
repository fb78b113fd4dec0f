"""Signing in by Zendesk, and out again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import structlog
from starlette.responses import Response
from starlette.types import Scope

from connector.errors import ConnectorError
from connector.zendesk.access.signing_in import CodeRefused, SignInClient
from parley.pages.desk import beginnings
from parley.pages.desk.beginnings import Beginnings, BegunSignIn
from parley.pages.desk.letting_in import NotLetIn, viewer_of
from parley.pages.desk.places import ROOT, SIGN_IN, SIGN_OUT, SIGNED_IN, SIGNED_OUT, TO_ZENDESK, within_desk
from parley.pages.desk.sealed import cookie_of, set_cookie
from parley.pages.desk.signed_in import COOKIE, SignedIn
from parley.pages.desk.viewer import Viewer
from parley.pages.desk.visit import Renders
from parley.pages.shared.answers import PRIVATE, see_other
from parley.pages.shared.forms import fields_of
from parley.pages.shared.same_origin import SAFE
from webhooks.rate_limiter import RateLimiter

log = structlog.get_logger()

BEGUN: Final = "__Host-parley-sign-in"
"""By the prefix a browser takes them from this host alone, never from one beside or below it."""
A_SECOND: Final = 0.5
AT_FIRST: Final = 20
"""So many people come back from Zendesk in a second, after so many at once: each takes two calls of it or three."""
LONGEST_CODE: Final = 512
MOST_FIELDS: Final = 20
NOT_BEGUN: Final = "This sign-in was not begun in this browser, or too long ago. Begin it once more."
BROKEN_OFF: Final = "Zendesk says that the sign-in was broken off. Nobody is signed in."
USED: Final = "Zendesk does not know this sign-in any more: it was used already, or took too long. Begin once more."
TOO_MANY: Final = "Many people sign in just now. Try again in a moment."
UNASKED: Final = "Zendesk could not be asked who you are. Try again in a moment; the desk's log says more."

GroupsOf = Callable[[int], Sequence[str]]
"""The names of the groups of a user of Zendesk. It may raise ConnectorError."""


@dataclass(slots=True)
class ByZendesk:
    """People come by their sign-in at Zendesk. `operators` is the policy's group; `seconds` never jump."""

    client: SignInClient
    sessions: SignedIn
    beginnings: Beginnings
    groups_of: GroupsOf
    operators: str
    seconds: Callable[[], float]
    signs_out: bool = True
    _limit: RateLimiter = field(default_factory=lambda: RateLimiter(A_SECOND, AT_FIRST))
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def viewer_of(self, scope: Scope) -> Viewer | None:
        return self.sessions.viewer_of(cookie_of(scope["headers"], COOKIE))

    def answers(self, method: str, path: str) -> Callable[[Scope, Renders], Response] | None:
        if method not in SAFE:
            return self._sign_out if (method, path) == ("POST", SIGN_OUT) else None
        return {
            SIGN_IN: self._sign_in,
            TO_ZENDESK: self._to_zendesk,
            SIGNED_IN: self._signed_in,
            SIGNED_OUT: self._signed_out,
        }.get(path)

    def refusal(self, scope: Scope, render: Renders) -> Response:
        """To the page where one signs in, and from there on to where one wanted to go."""
        if scope["method"] not in SAFE:
            said = "You are not signed in any more, so nothing was done. Sign in and try again."
            return render(None, "", "desk_refused.html", title="Nothing was done", status=403, sentence=said)
        place = f"{SIGN_IN}{_onward(_here(scope))}"
        if any(name == b"hx-request" for name, _ in scope["headers"]):
            return Response(status_code=401, headers={**PRIVATE, "HX-Redirect": place})
        return see_other(place)

    def _sign_in(self, scope: Scope, render: Renders) -> Response:
        to = _wanted(scope)
        if self.viewer_of(scope) is not None:
            return see_other(to)
        return render(None, "", "desk_sign_in.html", title="Sign in", onward=f"{TO_ZENDESK}{_onward(to)}")

    def _to_zendesk(self, scope: Scope, render: Renders) -> Response:  # noqa: ARG002
        if home := self._home(scope):
            return Response(status_code=303, headers={**PRIVATE, "Location": home})
        begun, cookie = self.beginnings.begin(_wanted(scope))
        kept = set_cookie(BEGUN, cookie, seconds=int(beginnings.LASTS.total_seconds()))
        address = self.client.address(begun.state, begun.verifier)
        return Response(status_code=303, headers={**PRIVATE, "Location": address, "Set-Cookie": kept})

    def _home(self, scope: Scope) -> str:
        """The same page at the host that Zendesk sends people back to, where this is another name of it: a cookie
        is one host's. Empty where it is that host, or they were sent on already, as behind a proxy that renames us.
        """
        own, query = urlsplit(self.client.redirect_uri), _query(scope)
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if "moved" in query or host.lower() == own.netloc.lower():
            return ""
        asked = urlencode({"moved": "1", "to": _wanted(scope)})
        return f"{own.scheme}://{own.netloc}{TO_ZENDESK}?{asked}"

    def _signed_in(self, scope: Scope, render: Renders) -> Response:
        query = _query(scope)
        begun = self.beginnings.find(cookie_of(scope["headers"], BEGUN), query.get("state", ""))
        if begun is None:
            return _refused(render, NOT_BEGUN)
        code = query.get("code", "")
        if "error" in query or not 0 < len(code) <= LONGEST_CODE:
            return _refused(render, BROKEN_OFF)
        with self._counting:
            takes = self._limit.takes(self.seconds())
        if not takes:
            return _refused(render, TOO_MANY, 429)
        try:
            viewer = viewer_of(self.client.who(code, begun.verifier), self._groups, self.operators)
        except NotLetIn as refusal:
            return _refused(render, str(refusal))
        except CodeRefused:
            return _refused(render, USED)
        except ConnectorError as error:
            log.warning("desk_sign_in_failed", error=type(error).__name__, reason=error.reason)
            return _refused(render, UNASKED, 503)
        return self._let_in(scope, viewer, begun)

    def _let_in(self, scope: Scope, viewer: Viewer, begun: BegunSignIn) -> Response:
        answer = see_other(begun.to)
        answer.headers.append("Set-Cookie", self.sessions.begin(viewer, cookie_of(scope["headers"], COOKIE)))
        answer.headers.append("Set-Cookie", set_cookie(BEGUN, "", seconds=0))
        return answer

    def _groups(self, number: int) -> Sequence[str] | None:
        """None where Zendesk does not tell."""
        try:
            return self.groups_of(number)
        except ConnectorError as error:
            log.warning("desk_groups_unknown", error=type(error).__name__, reason=error.reason)
            return None

    def _sign_out(self, scope: Scope, render: Renders) -> Response:  # noqa: ARG002
        ended = self.sessions.end(cookie_of(scope["headers"], COOKIE))
        return see_other(SIGNED_OUT, headers={"Set-Cookie": ended})

    def _signed_out(self, scope: Scope, render: Renders) -> Response:
        if self.viewer_of(scope) is not None:
            return see_other(ROOT)
        said = "Nobody is signed in here any more. In Zendesk itself you may still be."
        return render(None, "", "desk_refused.html", title="You are signed out", sentence=said)


def _refused(render: Renders, said: str, status: int = 403) -> Response:
    """Not signed in, and what was begun is over."""
    answer = render(None, "", "desk_refused.html", title="Not signed in", status=status, sentence=said)
    answer.headers.append("Set-Cookie", set_cookie(BEGUN, "", seconds=0))
    return answer


def _here(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    return within_desk(quote(str(scope["path"])) + (f"?{query}" if query else ""))


def _onward(to: str) -> str:
    return "" if to == ROOT else f"?{urlencode({'to': to})}"


def _query(scope: Scope) -> dict[str, str]:
    """The first value of each name. Raises NotAForm."""
    given = fields_of(scope["query_string"].decode("latin-1"), MOST_FIELDS)
    return {name: values[0] for name, values in given.items()}


def _wanted(scope: Scope) -> str:
    return within_desk(_query(scope).get("to", ""))
