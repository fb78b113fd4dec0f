"""A database that may not be worked on: every command and role says so in a sentence, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any

import httpx
import psycopg
import pytest
import typer

from parley.cli import app
from parley.commands.later import LaterCommand
from tests.migrated import migrated
from tests.servers.pgbouncer import pooled, pooler
from tests.servers.ports import lasting_port
from tests.servers.shared import Servers, servers
from tests.system.cli.shell import Said, Shell, wait_for
from tests.system.processes.spawned_desk import Forker, SpawnedDesk
from tests.unencrypted import UNENCRYPTED

__all__ = ["servers"]

GIVEN = {"case_id": "c-1", "letter_id": "in-1", "until": "2026-12-01", "reason": "Asked for.", "package": "a.zip"}
# What takes one thing or another, and nothing by itself.
CHOSEN = {("dead", "replay"): ("in-1",), ("dead", "discard"): ("in-1",)}
WITHOUT_A_DATABASE = {"demo", "init", "sandbox", "zendesk app"}
ROLES = ("run", "web", "worker", "clock")


def commands() -> Iterator[tuple[str, ...]]:
    """Every command there is, with what it needs."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*path, name))
        if isinstance(command, LaterCommand):
            needed = [one for one in command.found().params if one.required]
            values = [[GIVEN[one.name]] for one in needed if one.param_type_name == "argument"]
            values += [[one.opts[0], GIVEN[one.name]] for one in needed if one.param_type_name == "option"]
            yield (*path, *(word for given in values for word in given), *CHOSEN.get(path, ()))

    every = walk(typer.main.get_command(app), ())
    return (path for path in every if WITHOUT_A_DATABASE.isdisjoint((path[0], " ".join(path[:2]))))


def settings(url: str) -> dict[str, str]:
    nowhere = f"http://127.0.0.1:{lasting_port()}"
    return {
        "DATABASE_URL": url,
        "BROKER_URL": "memory://",
        "ZENDESK_URL": nowhere,
        "ZENDESK_OAUTH_CLIENT_ID": "id",
        "ZENDESK_OAUTH_CLIENT_SECRET": "secret",
        "WORKMARKET_URL": nowhere,
        "WORKMARKET_TOKEN": "token",
        "WORKMARKET_SECRET": "secret",
        "PUBLIC_URL": "https://desk.example",
        "PORT": str(lasting_port()),
    }


def said_by_each(forker: Forker, folder: Path, given: Mapping[str, str]) -> dict[str, Said]:
    shell = Shell(forker, folder, lambda: given)
    try:
        started = {" ".join(path): shell.start(*path) for path in commands()}
        return {name: shell.end(running) for name, running in started.items()}
    finally:
        shell.close()


def refused(said: Said, sentence: str) -> bool:
    words = " ".join((said.out + said.err).split())
    return said.code == 1 and sentence in words and "Traceback" not in words and '"level"' not in words


def newer(tables: Any) -> None:
    tables.execute("UPDATE alembic_version SET version_num = '9999'")
    tables.commit()


def test_every_command_refuses_a_newer_versions_file_and_leaves_it_as_it_is(forker: Forker, tmp_path: Path) -> None:
    file = tmp_path / "parley.db"
    url = migrated(file)
    with closing(connect(file)) as tables:
        newer(tables)
        before = list(tables.iterdump())
    said = said_by_each(forker, tmp_path, settings(url))
    assert {"migrate", "restored", "doctor", "zendesk apply", *ROLES} <= {*said}
    wrong = {name: each for name, each in said.items() if not refused(each, "belongs to a newer version of Parley")}
    assert wrong == {}
    with closing(connect(file)) as tables:
        assert list(tables.iterdump()) == before


@pytest.mark.parametrize("role", ["worker", "migrate"])
def test_a_newer_versions_schema_on_postgresql_is_refused(
    forker: Forker, tmp_path: Path, servers: Servers, role: str
) -> None:
    with servers.database() as url:
        with psycopg.connect(url) as tables:
            newer(tables)
        said = Shell(forker, tmp_path, lambda: settings(url))(role)
    assert refused(said, "belongs to a newer version of Parley"), said


@pytest.mark.parametrize("role", ["web", "doctor"])
def test_a_pooler_that_shares_sessions_is_refused(
    forker: Forker, tmp_path: Path, servers: Servers, role: str
) -> None:
    with servers.database() as url, pooled(url, "transaction") as by_the_pooler:
        said = Shell(forker, tmp_path, lambda: settings(by_the_pooler))(role)
    assert refused(said, "see docs/operations.md"), said


def test_a_desk_whose_pooler_begins_to_share_sessions_says_so_until_it_lends_them_again(
    desk: SpawnedDesk, operator: Shell, servers: Servers
) -> None:
    desk.open()
    with servers.database() as url, pooler(url, "session") as running:
        operator.start("run", "--host", "127.0.0.1", "--port", str(desk.port), DATABASE_URL=running.url)
        wait_for(lambda: readiness(desk.port)[0] == 200)
        running.switch("transaction")
        said = wait_for(lambda: (found := readiness(desk.port))[0] == 503 and found[1])
        assert "see docs/operations.md" in said
        running.switch("session")
        wait_for(lambda: readiness(desk.port)[0] == 200)


def readiness(port: int) -> tuple[int, str]:
    """What /readyz says; (0, "") where nobody listens yet."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, verify=UNENCRYPTED, timeout=120)
    except httpx.TransportError:
        return 0, ""
    return answer.status_code, " ".join(answer.json()["troubles"])
