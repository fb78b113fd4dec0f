"""The web application: three doors, what the sidebar reads, health, metrics and the documentation of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.routing import Route

from webhooks.announce import Announcer
from webhooks.deps import SidebarDeps, WebhookDeps
from webhooks.docs import webhook_paths, webhook_schemas
from webhooks.intake import IntakeEndpoint
from webhooks.metrics import ReadinessGauges, door_metrics
from webhooks.refresh import Refresher
from webhooks.sidebar import PATH, SidebarEndpoint
from webhooks.workmarket import WorkMarketEndpoint
from webhooks.zendesk import ZendeskEndpoint

log = structlog.get_logger()

NOTHING = SidebarDeps(opens=lambda *_: False, view=lambda _: None)


def create_app(doors: WebhookDeps) -> FastAPI:
    """The application over what it is handed. Its lifespan runs the threads beside the event loop."""
    announcer, refresher = Announcer(doors.announce), Refresher(doors.refresh)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        announcer.start()
        await refresher.start()
        yield
        refresher.stop()
        announcer.stop()

    # A redirect would name whatever host the request claimed to be for.
    app = FastAPI(
        title="Parley",
        lifespan=lifespan,
        # FastAPI's own page of it loads its script from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # It would show paths and queries, which hold the addresses of requesters' pages and codes of sign-ins.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    metrics = door_metrics(doors.registry)
    for path, door in (
        ("/webhooks/zendesk", ZendeskEndpoint(doors, metrics["zendesk"], announcer)),
        ("/webhooks/workmarket", WorkMarketEndpoint(doors, metrics["workmarket"], announcer)),
        ("/webhooks/requests", IntakeEndpoint(doors, metrics["requests"], announcer)),
    ):
        app.router.routes.append(Route(path, door, methods=["POST"], include_in_schema=False))
    sidebar = SidebarEndpoint(doors.sidebar or NOTHING, doors.registry)
    app.router.routes.append(Route(PATH, sidebar, methods=["GET"], include_in_schema=False))
    app.router.routes.extend(doors.pages(announcer.put))
    doors.registry.register(ReadinessGauges(doors.readiness))
    _add_health(app, doors)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _add_health(app: FastAPI, doors: WebhookDeps) -> None:
    @app.get("/healthz", summary="Whether the process is alive", response_description="It is.")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    # Plain functions: FastAPI runs them in a thread, since both may wait for the database.
    @app.get(
        "/readyz",
        summary="Whether events can be stored, and how far behind the desk is",
        response_description="Events can be stored.",
        responses={503: {"description": "Events can't be stored now.", "content": {"application/json": {}}}},
    )
    def readyz() -> JSONResponse:
        said = _ask(doors.readiness)
        return JSONResponse(said, status_code=200 if said.get("ready") else 503)

    @app.get(
        "/metrics",
        summary="Prometheus' text format",
        response_description="What is counted.",
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        return Response(generate_latest(doors.registry), media_type=CONTENT_TYPE_LATEST)


def _ask(readiness: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    try:
        return dict(readiness())
    except Exception as error:
        log.warning("readiness_failed", error=type(error).__name__)
        return {"ready": False}


def _openapi(app: FastAPI) -> dict[str, Any]:
    if not app.openapi_schema:
        schema = get_openapi(title=app.title, version="1", routes=app.routes)
        schema["paths"] = {**webhook_paths(), **schema["paths"]}
        schema.setdefault("components", {}).setdefault("schemas", {}).update(webhook_schemas())
        app.openapi_schema = schema
    return app.openapi_schema
