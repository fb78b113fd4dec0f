"""WorkMarket's API: form and query parameters only, one envelope, 401 for what a token may not see."""

import base64
import threading
from dataclasses import replace
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route, Router
from sandbox.workmarket.access import ApiRefusal, ClientCompany
from sandbox.workmarket.records import Assignment, Json, unix
from sandbox.workmarket.service import StandInWorkMarket

_PREFIXES = ("/v1/employer/", "/api/v1/")
_CANCELLATION_CODES = ["personal_emergency", "resource_abandoned", "resource_cancelled", "end_user_cancelled"]


def _given(request: ApiRequest) -> dict[str, str]:
    """Parameters of the query and of a form; a JSON body is not looked at."""
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return {**request.query, **(request.body if form and isinstance(request.body, dict) else {})}


def authorize(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    given = _given(request)
    if not given.get("token") or not given.get("secret"):
        raise ApiRefusal(400, "Missing token or secret")
    company = _signing_in(market, request)
    if company is None:
        raise ApiRefusal(401, {"message": "Invalid credentials", "code": "unauthorized"})
    return ApiReply(200, {"access_token": market.tokens.mint(company, request.at)})


def _signing_in(market: StandInWorkMarket, request: ApiRequest) -> ClientCompany | None:
    """The company whose token and secret a form holds."""
    given = _given(request)
    pair = given.get("token"), given.get("secret")
    return next((one for one in market.companies.values() if (one.token, one.secret) == pair), None)


def _token(request: ApiRequest) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return (token if kind.lower() == "bearer" else _given(request).get("access_token", "")).strip()


def _let_in(market: StandInWorkMarket, request: ApiRequest) -> ClientCompany:
    token = _token(request)
    if not token:
        raise ApiRefusal(400, "Missing access token")
    company = market.tokens.company(token, request.at)
    if company is None:
        raise ApiRefusal(401, {"message": "Invalid access token", "code": "unauthorized"})
    return company


def _assignment(market: StandInWorkMarket, request: ApiRequest) -> Assignment:
    """What another company's token asks for is refused in the words of what may not be seen."""
    company = _let_in(market, request)
    assignment_id = _given(request).get("id")
    if not assignment_id:
        raise ApiRefusal(400, "Missing parameter: id")
    found = market.assignments.get(assignment_id)
    if found is None and market.unknown_answers != 401:
        raise ApiRefusal(market.unknown_answers, "Invalid assignment")
    if found is None or not found.visible or found.company != company.name:
        raise ApiRefusal(401, {"message": "You do not have access to this assignment", "code": "unauthorized"})
    return found


def get(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    return ApiReply(200, _assignment(market, request).details(request.at - market.note_lag))


def add_note(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    """Answers without an id of the note: what became of it is only seen by reading the assignment."""
    found, given = _assignment(market, request), _given(request)
    if not given.get("content", "").strip():
        raise ApiRefusal(400, "Missing parameter: content")
    market.post_note(
        found,
        given["content"],
        private=given.get("is_private", "false").lower() == "true",
        privileged=given.get("is_privileged", "false").lower() == "true",
    )
    return ApiReply(200, {"successful": True})


def add_file(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    """Takes bytes in the one form that the account knows; any other lacks its parameters."""
    _let_in(market, request)
    if market.takes_files is None:
        raise ApiRefusal(403, "Attachments are not enabled for this company")
    given: dict[str, Any] = {**_given(request)} if market.takes_files == "base64" else _multipart(request)
    found = _assignment(market, replace(request, query={"id": str(given.get("id") or "")}))
    content, name = given.get("attachment"), given.get("filename")
    if isinstance(content, str):
        content = _from_base64(content)
    if not content or not name:
        raise ApiRefusal(400, "Missing parameter: attachment")
    if len(content) > market.largest_file:
        raise ApiRefusal(400, "Attachment is too large")
    made = market.keep_file(found, name, content, given.get("description") or "")
    return ApiReply(200, made.json())


def _from_base64(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        raise ApiRefusal(400, "Invalid parameter: attachment") from None


def get_file(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    """In base64 within the envelope, or the bytes as they are."""
    company = _let_in(market, request)
    found = market.file(_given(request).get("uuid", ""), company.name)
    if found is None:
        raise ApiRefusal(400, "Invalid attachment")
    if market.takes_files == "multipart":
        return ApiReply(200, found.content, {"Content-Type": "application/octet-stream"})
    return ApiReply(200, found.json(base64.b64encode(found.content).decode()))


def list_files(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    found = _assignment(market, request)
    seen = [one.json() for one in found.files if one.at <= request.at - market.note_lag]
    return ApiReply(200, seen)


def remove_file(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    found, uuid = _assignment(market, request), _given(request).get("uuid")
    if uuid not in [one.uuid for one in found.files]:
        raise ApiRefusal(400, "Invalid attachment")
    found.files = [one for one in found.files if one.uuid != uuid]
    return ApiReply(200, {"successful": True})


def _multipart(request: ApiRequest) -> dict[str, Any]:
    """The parts of a multipart body by name: a file's as bytes, any other as text."""
    kind, _, boundary = request.headers.get("content-type", "").partition("; boundary=")
    found: dict[str, Any] = {}
    for part in request.raw.split(f"--{boundary}".encode())[1:-1] if kind == "multipart/form-data" else ():
        head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        told = BytesParser(policy=HTTP).parsebytes(head)
        is_file = told.get_filename() is not None
        found[str(told.get_param("name", header="content-disposition"))] = content if is_file else content.decode()
    return found


def list_all(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    return _list(market, request, most=25, since=None)


def list_updated(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    since = _number(request, "modified_since", None)
    if since is None:
        raise ApiRefusal(400, "Missing parameter: modified_since")
    return _list(market, request, most=500, since=since)


def _list(market: StandInWorkMarket, request: ApiRequest, *, most: int, since: int | None) -> ApiReply:
    company = _let_in(market, request)
    status = _given(request).get("status")
    rows = [
        row
        for row in market.assignments.values()
        if row.visible
        and row.company == company.name
        and (status is None or row.status == status)
        and (since is None or int(row.modified.timestamp()) >= since)
    ]
    rows.sort(key=lambda row: row.modified, reverse=_given(request).get("sort_dir", "").lower() == "desc")
    start = _number(request, "start", 0) or 0
    limit = min(_number(request, "limit", most) or most, most)
    chosen = rows[start : start + limit]
    return ApiReply(
        200,
        {
            "count": len(chosen),
            "totalResults": len(rows),
            "start": start,
            "limit": limit,
            "data": [row.summary() for row in chosen],
        },
    )


def _number(request: ApiRequest, name: str, otherwise: int | None) -> int | None:
    given = _given(request).get(name)
    if given is None or given == "":
        return otherwise
    if not given.lstrip("-").isdigit():
        raise ApiRefusal(400, f"Invalid parameter: {name}")
    return int(given)


def cancellation_codes(market: StandInWorkMarket, request: ApiRequest) -> ApiReply:
    _let_in(market, request)
    return ApiReply(200, list(_CANCELLATION_CODES))


ROUTES: list[Route[StandInWorkMarket]] = [
    ("POST", "authorization/request", authorize),
    ("GET", "assignments/get", get),
    ("GET", "assignments/list", list_all),
    ("GET", "assignments/list_updated", list_updated),
    ("POST", "assignments/add_note", add_note),
    ("POST", "assignments/attachments/add", add_file),
    ("GET", "assignments/attachments/get", get_file),
    ("GET", "assignments/attachments/list", list_files),
    ("POST", "assignments/attachments/remove", remove_file),
    ("GET", "constants/cancellation_codes", cancellation_codes),
]


class Api:
    """What a door needs of the stand-in WorkMarket: its routes, and one envelope for each answer."""

    name = "workmarket"

    def __init__(self, market: StandInWorkMarket) -> None:
        self._market = market
        self._router = Router(ROUTES)
        self._requests = 0

    @property
    def company(self) -> ClientCompany:
        """The company that there is before others are added."""
        return self._market.credentials

    @property
    def lock(self) -> threading.RLock:
        return self._market.lock

    def knows(self, method: str, path: str) -> bool:
        return self._route(method, path) is not None

    def answer(self, request: ApiRequest) -> ApiReply:
        self._requests += 1
        handler, _ = self._route(request.method, request.path)
        try:
            if (refused := self._troubled(request)) is not None:
                return refused
            reply: ApiReply = handler(self._market, request)
        except ApiRefusal as refused:
            return ApiReply(refused.status, self._envelope(refused.status, [], refused.errors))
        if not isinstance(reply.body, bytes):
            reply.body = self._envelope(reply.status, reply.body, [])
        return reply

    def _troubled(self, request: ApiRequest) -> ApiReply | None:
        """The answer of a company that is in trouble, while the others are not."""
        known = self._market.tokens.company(_token(request), request.at)
        company = known or _signing_in(self._market, request)
        if company is None:
            return None
        path = next(request.path.removeprefix(prefix) for prefix in _PREFIXES if request.path.startswith(prefix))
        company.asked[path] = company.asked.get(path, 0) + 1
        if company.trouble is None:
            return None
        status, wait = company.trouble.status, company.trouble.retry_after
        return ApiReply(status, self.trouble(status), {"Retry-After": wait} if wait is not None else {})

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
