"""Routes of files: uploaded under a token that lives an hour, shown, and downloaded, perhaps from another host."""

from urllib.parse import quote

from sandbox.shared.http import ApiReply, ApiRequest, Route
from sandbox.zendesk.records.errors import bad_request, invalid, not_found, unauthorized
from sandbox.zendesk.records.records import stamp
from sandbox.zendesk.records.stored_files import CONTENT, STORE, TOKEN_LASTS, store_of
from sandbox.zendesk.routes.context import RouteContext, agent, caller

_TWO_WAYS = b"<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>"


def upload(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """The body is the file as it is. Raises 400 without a name, 422 for a file that is too large."""
    caller(request)
    name = request.query.get("filename", "").strip()
    if not name:
        raise bad_request("MissingParameter", "Parameter filename is required")
    files, account = desk.account.files, desk.account
    if len(request.raw) > files.largest:
        raise invalid("base", "Attachment: is too large", "TooLarge")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    token = files.add(account.next_id(), account.base, name, request.raw, kind, request.at)
    shown = files.tokens[token].json
    made = {
        "token": token,
        "expires_at": stamp(request.at + TOKEN_LASTS),
        "attachment": shown,
        "attachments": [shown],
    }
    return ApiReply(201, {"upload": made})


def delete(desk: RouteContext, request: ApiRequest) -> ApiReply:
    caller(request)
    if not desk.account.files.drop(request.args[0]):
        raise not_found()
    return ApiReply(204)


def show(desk: RouteContext, request: ApiRequest) -> ApiReply:
    agent(request)
    found = desk.account.files.by_id.get(int(request.args[0]) if request.args[0].isdigit() else 0)
    if found is None:
        raise not_found()
    return ApiReply(200, {"attachment": found.json})


def is_content(path: str) -> bool:
    """Whether a path is that of a file's content, which is not of the API."""
    return path.startswith((CONTENT, STORE))


def content(desk: RouteContext, request: ApiRequest) -> ApiReply:
    """What `content_url` gives: the file, or where the store has it. The store takes nobody's credentials."""
    files, given = desk.account.files, "authorization" in request.headers
    stored = request.path.startswith(STORE)
    found = files.by_secret.get(request.path.removeprefix(STORE if stored else CONTENT))
    if stored and given:
        return ApiReply(400, _TWO_WAYS, {"Content-Type": "application/xml"})
    if found is None:
        raise not_found()
    if not stored and files.private and desk.gate.identify(request, "attachments") is None:
        raise unauthorized()
    if files.elsewhere and not stored:
        where = f"{store_of(desk.account.base)}{STORE}{found.secret}?name={quote(found.json['file_name'])}"
        return ApiReply(302, b"", {"Location": where})
    return ApiReply(200, found.content, {"Content-Type": found.json["content_type"]})


ROUTES: list[Route[RouteContext]] = [
    ("POST", "uploads", upload),
    ("DELETE", "uploads/*", delete),
    ("GET", "attachments/*", show),
]
