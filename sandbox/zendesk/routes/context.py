"""What every route of the stand-in Zendesk works with."""

from dataclasses import dataclass, field
from datetime import timedelta

from sandbox.shared.http import ApiReply, ApiRequest
from sandbox.zendesk.access.auth import Gate
from sandbox.zendesk.access.idempotency import Idempotency
from sandbox.zendesk.behaviour.ticket_engine import Engine
from sandbox.zendesk.behaviour.webhooks import Webhooks
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import ApiError, forbidden, not_found, unauthorized
from sandbox.zendesk.records.records import Json, User


@dataclass
class RouteContext:
    """`export_lag`: an incremental export keeps back the last minute. `search_lag`: the index is behind."""

    account: Account
    engine: Engine
    webhooks: Webhooks
    gate: Gate
    idempotency: Idempotency = field(default_factory=Idempotency)
    export_lag: timedelta = timedelta(seconds=60)
    search_lag: timedelta = timedelta(minutes=2)


def caller(request: ApiRequest) -> User:
    """Whoever calls. Raises 401 for nobody."""
    if not isinstance(request.user, User):
        raise unauthorized()
    return request.user


def agent(request: ApiRequest) -> User:
    """An agent or an admin. Raises 401 or 403."""
    user = caller(request)
    if not user.is_agent:
        raise forbidden()
    return user


def refused(error: ApiError) -> ApiReply:
    return ApiReply(error.status, error.body, dict(error.headers))


def by_id(rows: dict[int, Json], given: str) -> Json:
    """Raises 404."""
    found = rows.get(int(given)) if given.isdigit() else None
    if found is None:
        raise not_found()
    return found


def touched(desk: RouteContext, record: Json) -> Json:
    record["updated_at"] = desk.account.stamps()["updated_at"]
    return record
