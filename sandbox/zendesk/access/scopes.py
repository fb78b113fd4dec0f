"""What a minted token's scopes cover: a scope of the resource's own where Zendesk names one, or the blanket one.

A refusal lists the scopes that would do, as Zendesk's does. A write scope covers no reading here, nor does one of
tickets cover side conversations; Zendesk may be kinder:
https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/#scopes
Audits take the blanket scope: "tickets:read" and "auditlogs:read" give no access to them:
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/#required-oauth-scope
"""

from sandbox.shared.http import ApiRequest
from sandbox.zendesk.records.errors import ApiError, error_body

_NAMED = frozenset(
    {"tickets", "users", "groups", "triggers", "automations", "webhooks", "macros", "requests", "dynamic_content"}
)
_BLANKET = frozenset({"side_conversations", "audits"})
_ELSEWHERE = {"account": "account_settings", "views": "ticket_views"}


def resource(path: str) -> str | None:
    """The resource that a path after /api/v2/ belongs to; None where only the blanket scope covers it."""
    parts = path.split("/")
    if _BLANKET.intersection(parts):
        return None
    if parts[0] == "incremental":
        return parts[1] if len(parts) > 1 and parts[1] in _NAMED else None
    if parts[0] == "tickets" and "macros" in parts:
        return "macros"
    return parts[0] if parts[0] in _NAMED else _ELSEWHERE.get(parts[0])


def check_scopes(granted: frozenset[str], request: ApiRequest, path: str) -> None:
    """Raises 403 for a call that no scope of the token covers."""
    access = "read" if request.method == "GET" else "write"
    own = resource(path)
    would_do = [f"{own}:{access}", access] if own else [access]
    if granted.isdisjoint(would_do):
        text = f"You are missing the following required scopes: {', '.join(would_do)}"
        raise ApiError(403, error_body("Forbidden", text))
