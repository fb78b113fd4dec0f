"""WorkMarket's API: form and query parameters only, one envelope, 401 for what a token may not see."""

import threading
from typing import Any

from sandbox.shared.http import Reply, Request, Route, Router
from sandbox.workmarket.access import Refused
from sandbox.workmarket.records import Assignment, Json, unix
from sandbox.workmarket.service import WorkMarket

_PREFIXES = ("/v1/employer/", "/api/v1/")
_CANCELLATION_CODES = ["personal_emergency", "resource_abandoned", "resource_cancelled", "end_user_cancelled"]


def _given(request: Request) -> dict[str, str]:
    """Parameters of the query and of a form; a JSON body is not looked at."""
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return {**request.query, **(request.body if form and isinstance(request.body, dict) else {})}


def authorize(market: WorkMarket, request: Request) -> Reply:
    given = _given(request)
    if not given.get("token") or not given.get("secret"):
        raise Refused(400, "Missing token or secret")
    if (given["token"], given["secret"]) != (market.credentials.token, market.credentials.secret):
        raise Refused(401, {"message": "Invalid credentials", "code": "unauthorized"})
    return Reply(200, {"access_token": market.tokens.mint(request.at)})


def _let_in(market: WorkMarket, request: Request) -> None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        token = _given(request).get("access_token", "")
    if not token:
        raise Refused(400, "Missing access token")
    if not market.tokens.holds(token.strip(), request.at):
        raise Refused(401, {"message": "Invalid access token", "code": "unauthorized"})


def _assignment(market: WorkMarket, request: Request) -> Assignment:
    _let_in(market, request)
    assignment_id = _given(request).get("id")
    if not assignment_id:
        raise Refused(400, "Missing parameter: id")
    found = market.assignments.get(assignment_id)
    if found is None and market.unknown_answers != 401:
        raise Refused(market.unknown_answers, "Invalid assignment")
    if found is None or not found.visible:
        raise Refused(401, {"message": "You do not have access to this assignment", "code": "unauthorized"})
    return found


def get(market: WorkMarket, request: Request) -> Reply:
    return Reply(200, _assignment(market, request).details(request.at - market.note_lag))


def add_note(market: WorkMarket, request: Request) -> Reply:
    """Answers without an id of the note: what became of it is only seen by reading the assignment."""
    found, given = _assignment(market, request), _given(request)
    if not given.get("content", "").strip():
        raise Refused(400, "Missing parameter: content")
    market.post_note(
        found,
        given["content"],
        private=given.get("is_private", "false").lower() == "true",
        privileged=given.get("is_privileged", "false").lower() == "true",
    )
    return Reply(200, {"successful": True})


def list_all(market: WorkMarket, request: Request) -> Reply:
    return _list(market, request, most=25, since=None)


def list_updated(market: WorkMarket, request: Request) -> Reply:
    since = _number(request, "modified_since", None)
    if since is None:
        raise Refused(400, "Missing parameter: modified_since")
    return _list(market, request, most=500, since=since)


def _list(market: WorkMarket, request: Request, *, most: int, since: int | None) -> Reply:
    _let_in(market, request)
    status = _given(request).get("status")
    rows = [
        row
        for row in market.assignments.values()
        if row.visible
        and (status is None or row.status == status)
        and (since is None or int(row.modified.timestamp()) >= since)
    ]
    rows.sort(key=lambda row: row.modified, reverse=_given(request).get("sort_dir", "").lower() == "desc")
    start = _number(request, "start", 0) or 0
    limit = min(_number(request, "limit", most) or most, most)
    chosen = rows[start : start + limit]
    return Reply(
        200,
        {
            "count": len(chosen),
            "totalResults": len(rows),
            "start": start,
            "limit": limit,
            "data": [row.summary() for row in chosen],
        },
    )


def _number(request: Request, name: str, otherwise: int | None) -> int | None:
    given = _given(request).get(name)
    if given is None or given == "":
        return otherwise
    if not given.lstrip("-").isdigit():
        raise Refused(400, f"Invalid parameter: {name}")
    return int(given)


def cancellation_codes(market: WorkMarket, request: Request) -> Reply:
    _let_in(market, request)
    return Reply(200, list(_CANCELLATION_CODES))


ROUTES: list[Route[WorkMarket]] = [
    ("POST", "authorization/request", authorize),
    ("GET", "assignments/get", get),
    ("GET", "assignments/list", list_all),
    ("GET", "assignments/list_updated", list_updated),
    ("POST", "assignments/add_note", add_note),
    ("GET", "constants/cancellation_codes", cancellation_codes),
]


class Api:
    """What a door needs of the stand-in WorkMarket: its routes, and one envelope for each answer."""

    name = "workmarket"

    def __init__(self, market: WorkMarket) -> None:
        self._market = market
        self._router = Router(ROUTES)
        self._requests = 0

    @property
    def lock(self) -> threading.RLock:
        return self._market.lock

    def knows(self, method: str, path: str) -> bool:
        return self._route(method, path) is not None

    def answer(self, request: Request) -> Reply:
        self._requests += 1
        handler, _ = self._route(request.method, request.path)
        try:
            reply: Reply = handler(self._market, request)
        except Refused as refused:
            return Reply(refused.status, self._envelope(refused.status, [], refused.errors))
        reply.body = self._envelope(reply.status, reply.body, [])
        return reply

    def trouble(self, status: int) -> Any:
        """A body for an error that was scripted."""
        return self._envelope(status, [], [f"Answered {status} as scripted"])

    def _route(self, method: str, path: str) -> Any:
        for prefix in _PREFIXES:
            if path.startswith(prefix):
                return self._router.find(method, path.removeprefix(prefix))
        return None

    def _envelope(self, status: int, response: Any, errors: list[Any]) -> Json:
        meta = {
            "errors": errors,
            "status_code": status,
            "version": 1,
            "requestId": f"{self._requests:012x}",
            "execution_time": 0.01,
            "timestamp": unix(self._market.clock()),
        }
        return {"meta": meta, "response": response}
