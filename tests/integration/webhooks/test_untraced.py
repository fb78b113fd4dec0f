"""The doors show nobody which paths are asked for: an address of a requester's page opens it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from store import Store
from tests.integration.webhooks.receiving_desk import NOW, ReceivingDesk
from tests.migrated import migrated
from tests.servers.collector import collecting
from webhooks import create_app


async def live(app: FastAPI, path: str) -> list[str]:
    """Start an application, ask for a path, and end it; what it said of its life."""
    said: list[str] = []
    to_come = iter(["startup", "shutdown"])

    async def receive() -> Message:
        step = next(to_come)
        if step == "shutdown":
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test") as client:
                assert (await client.get(path)).status_code == 200
        return {"type": f"lifespan.{step}"}

    async def send(message: Message) -> None:
        said.append(message["type"])

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
    return said


def test_the_framework_shows_no_request_to_a_collector_though_the_environment_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting() as collector, Store.open(migrated(tmp_path / "parley.db"), now=lambda: NOW) as store:
        monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        said = asyncio.run(live(create_app(ReceivingDesk("", store).doors()), "/healthz"))
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert not collector.asked.is_set()
