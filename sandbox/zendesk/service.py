"""The stand-in Zendesk: routes, callers, features and people, over one account."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.shared.http import ApiReply, ApiRequest, Route, Router
from sandbox.shared.outgoing import DeliveryPolicy, WebhookQueue
from sandbox.zendesk.access import authorizing
from sandbox.zendesk.access.auth import Gate
from sandbox.zendesk.behaviour import automations
from sandbox.zendesk.behaviour.lookup import Looking
from sandbox.zendesk.behaviour.ticket_engine import Engine
from sandbox.zendesk.behaviour.webhooks import Webhooks
from sandbox.zendesk.people import People
from sandbox.zendesk.records import tongues
from sandbox.zendesk.records.account import AcceptedCredentials, Account, Features
from sandbox.zendesk.records.errors import TROUBLE, ApiError, error_body, unauthorized
from sandbox.zendesk.records.fresh import fresh
from sandbox.zendesk.records.records import Mail
from sandbox.zendesk.routes import account as routes_account
from sandbox.zendesk.routes import apps as routes_apps
from sandbox.zendesk.routes import automations as routes_automations
from sandbox.zendesk.routes import conversations as routes_conversations
from sandbox.zendesk.routes import dynamic_content as routes_dynamic_content
from sandbox.zendesk.routes import fields_and_forms as routes_fields_and_forms
from sandbox.zendesk.routes import macros as routes_macros
from sandbox.zendesk.routes import rules as routes_rules
from sandbox.zendesk.routes import statuses as routes_statuses
from sandbox.zendesk.routes import ticket_parts as routes_ticket_parts
from sandbox.zendesk.routes import tickets as routes_tickets
from sandbox.zendesk.routes import uploads as routes_uploads
from sandbox.zendesk.routes import users as routes_users
from sandbox.zendesk.routes import webhooks as routes_webhooks
from sandbox.zendesk.routes.context import RouteContext, refused
from sandbox.zendesk.routes.screens import Screens

_API = "/api/v2/"
_OAUTH = frozenset({("POST", "/oauth/tokens"), ("GET", authorizing.NEW), ("POST", authorizing.DECIDED)})
_ANONYMOUS = frozenset({("POST", "requests"), ("GET", "users/me")})


class StandInZendesk(Looking):
    """Python side of the stand-in. `people` acts as requesters and agents do; `account` holds everything."""

    name = "zendesk"

    def __init__(self, clock: Callable[[], datetime], outgoing: WebhookQueue, *, seed: int = 0) -> None:
        self.account: Account = fresh(clock, seed=seed)
        self.webhooks = Webhooks(self.account, outgoing)
        self.engine = Engine(self.account, self.webhooks)
        super().__init__(self.engine)
        self.gate = Gate(self.account)
        self.desk = RouteContext(self.account, self.engine, self.webhooks, self.gate)
        self.people = People(self.engine)
        self.screens = Screens(self.account)
        self._router: Router[RouteContext] = Router(_routes())

    @property
    def lock(self) -> threading.RLock:
        return self.account.lock

    @property
    def features(self) -> Features:
        return self.account.features

    @property
    def credentials(self) -> AcceptedCredentials:
        return self.account.credentials

    @property
    def mails(self) -> list[Mail]:
        return self.account.mails

    @property
    def webhook_policy(self) -> DeliveryPolicy:
        """Decides for every outgoing webhook: "deliver", "drop" or "twice"."""
        return self.webhooks.policy

    @webhook_policy.setter
    def webhook_policy(self, policy: DeliveryPolicy) -> None:
        self.webhooks.policy = policy

    @property
    def rate_limit(self) -> int | None:
        """Calls a minute that the account allows, or None for no limit."""
        return self.gate.limit

    @rate_limit.setter
    def rate_limit(self, limit: int | None) -> None:
        self.gate.limit = limit

    @property
    def ticket_update_limit(self) -> int | None:
        """Updates of one ticket by one user within ten minutes (Zendesk: 30), or None for no limit."""
        return self.gate.update_limit

    @ticket_update_limit.setter
    def ticket_update_limit(self, limit: int | None) -> None:
        self.gate.update_limit = limit

    @property
    def export_lag(self) -> timedelta:
        """How much of the latest past the incremental export keeps back."""
        return self.desk.export_lag

    @export_lag.setter
    def export_lag(self, lag: timedelta) -> None:
        self.desk.export_lag = lag

    def run_automations(self) -> list[int]:
        """What Zendesk does once an hour; returns the tickets that were changed."""
        with self.lock:
            return automations.run(self.engine)

    # What a door needs

    def knows(self, method: str, path: str) -> bool:
        if path.startswith("/oauth/"):
            return (method, path) in _OAUTH
        if routes_uploads.is_content(path) or self.screens.knows(path):
            return method == "GET"
        return path.startswith(_API) and self._router.find(method, path.removeprefix(_API)) is not None

    def answer(self, request: ApiRequest) -> ApiReply:
        self.account.files.scan(request.at)
        try:
            if request.path.startswith("/oauth/"):
                return self._authorized(request)
            if routes_uploads.is_content(request.path):
                return routes_uploads.content(self.desk, request)
            if self.screens.knows(request.path):
                return self.screens.page(request)
            limits = self.gate.count(request.at)
        except ApiError as error:
            return self._refused(error)
        reply = self._routed(request)
        reply.headers = {**limits, **reply.headers}
        return reply

    def _authorized(self, request: ApiRequest) -> ApiReply:
        if request.path == authorizing.NEW:
            return self.gate.authorizing.page(request)
        if request.path == authorizing.DECIDED:
            return self.gate.authorizing.decided(request)
        return self.gate.mint(request)

    def _routed(self, request: ApiRequest) -> ApiReply:
        path = request.path.removeprefix(_API)
        found = self._router.find(request.method, path)
        if found is None:
            return ApiReply(404, self.trouble(404))
        handler, request.args = found
        try:
            request.user = self.gate.identify(request, path)
            if request.user is None and (request.method, path) not in _ANONYMOUS:
                raise unauthorized()
            return handler(self.desk, request)
        except ApiError as error:
            return self._refused(error)

    def _refused(self, error: ApiError) -> ApiReply:
        reply = refused(error)
        reply.body = tongues.refusal(self.account.language, reply.body)
        return reply

    def trouble(self, status: int) -> Any:
        """A body for an error that was scripted."""
        body = error_body(*TROUBLE.get(status, ("Error", f"Answered {status} as scripted")))
        return tongues.refusal(self.account.language, body)


def _routes() -> list[Route[RouteContext]]:
    return [
        *routes_tickets.ROUTES,
        *routes_ticket_parts.ROUTES,
        *routes_conversations.ROUTES,
        *routes_statuses.ROUTES,
        *routes_fields_and_forms.ROUTES,
        *routes_dynamic_content.ROUTES,
        *routes_macros.ROUTES,
        *routes_rules.ROUTES,
        *routes_automations.ROUTES,
        *routes_users.ROUTES,
        *routes_uploads.ROUTES,
        *routes_webhooks.ROUTES,
        *routes_account.ROUTES,
        *routes_apps.ROUTES,
    ]
