"""Hostile text in every column of every command that prints what is stored or what a vendor said.

The commands are those that there are: a new one has to say here how it is tried.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from parley.cli import app
from store import Store
from tests.migrated import migrated
from tests.system.cli.hostile import (
    CLEAN_CASE,
    CLEAN_TICKET,
    FORGED,
    HOSTILE,
    SHOWN,
    Screen,
    fill,
    hostile_vendor,
    name_everything,
    settings_of,
)
from tests.system.cli.shell import wait_for
from tests.system.cli.test_cases import in_tier_1
from tests.system.processes.spawned_desk import Forker, SpawnedDesk

POLICY = {"POLICY_FILE": f"/nowhere/{HOSTILE}.toml"}
"""A setting of a command that tells of settings only."""
NOT_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
OURS = re.compile(r"\x1b\[(\?25[lh]|2K|1A|0m|1m|2m|1;2m)|\r(?!\n)")
"""What progress bars and our own style say to a terminal."""

WAYS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "demo": ((), {"LOG_LEVEL": HOSTILE}),
    "sandbox": (("--zendesk-port", "70000"), {}),  # there is no such port
    "init": ((), {"LOG_LEVEL": HOSTILE}),
    "zendesk app": (("--package", "app.zip"), {"LOG_LEVEL": HOSTILE}),
    "run": ((), POLICY),
    "web": ((), POLICY),
    "worker": ((), POLICY),
    "clock": ((), POLICY),
    "migrate": ((), {"DATABASE_URL": f"sqlite:////nowhere/{HOSTILE}/parley.db"}),
    "restored": ((), {}),
    "report": (("--on", "2026-03-02"), {}),
    "doctor": ((), {}),
    "zendesk plan": ((), {}),
    "zendesk apply": (("--yes",), {}),
    "zendesk drift": ((), {}),
    "zendesk lint": ((), {}),
    "zendesk rotate-secret": ((), {}),
    "case list": (("--all",), {}),
    "case show": ((CLEAN_TICKET,), {}),
    "case explain": ((CLEAN_CASE,), {}),
    "case pause": ((CLEAN_TICKET, "--until", "2099-01-01", "--reason", "x"), {}),
    "case resume": ((CLEAN_TICKET,), {}),
    "case close": ((CLEAN_TICKET,), {}),
    "dead list": ((), {}),
    "dead show": (("in-1",), {}),
    "dead replay": (("--all", "--reason", "x", "--yes"), {}),
    "dead discard": (("in-1",), {}),
}
IN_THE_STAND_IN = ("doctor", "zendesk plan -v", "zendesk drift", "zendesk lint")


def commands(command: Any, name: str = "") -> Iterator[tuple[str, bool]]:
    """Every command by its whole name, and whether it prints JSON."""
    if inner := getattr(command, "commands", None):
        for word, one in inner.items():
            yield from commands(one, f"{name} {word}".strip())
    else:
        yield name, any("--json" in option.opts for option in command.found().params)


COMMANDS = dict(commands(get_command(app)))


@pytest.fixture(scope="module")
def desk(forker: Forker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpawnedDesk]:
    """An account in which somebody hostile has named everything, and a case."""
    desk = SpawnedDesk(forker, tmp_path_factory.mktemp("desk"))
    in_tier_1(desk)
    desk.stop(signal.SIGKILL)
    name_everything(desk)
    yield desk
    desk.sandbox.unexpected.clear()  # tickets with hostile numbers
    desk.close()


@pytest.fixture(scope="module")
def hostile_database(desk: SpawnedDesk, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("hostile") / "parley.db"
    (row,) = desk.store.read(lambda tx: tx.cases.list())
    case = desk.case(int(row.ticket_id or 0))
    assert case is not None
    with Store.open(migrated(file), now=desk.clock) as store:
        policy = row.policy, desk.store.read(lambda tx: tx.policies.get(row.policy))
        fill(store, case, policy, desk)
        ids = desk.store.read(lambda tx: tx.account.all())
        store.write(lambda tx: [tx.account.set(name, value, desk.clock()) for name, value in ids.items()])
    return file.read_bytes()


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    with hostile_vendor() as url:
        yield url


@pytest.fixture
def given(desk: SpawnedDesk, hostile_database: bytes, vendor: str, tmp_path: Path) -> Mapping[str, str]:
    """Settings with which everything that can be read is hostile."""
    (tmp_path / "parley.db").write_bytes(hostile_database)
    here = {"DATABASE_URL": f"sqlite:///{tmp_path / 'parley.db'}", "ZENDESK_URL": vendor, "WORKMARKET_URL": vendor}
    return settings_of(desk, **here)


def test_every_command_is_tried() -> None:
    assert sorted(WAYS) == sorted(COMMANDS)


def on_a_terminal(forker: Forker, folder: Path, line: tuple[str, ...], given: Mapping[str, str]) -> str:
    screen = Screen()
    try:
        forker.wait(forker.start(line, given, folder, screen.name, screen.name))
    finally:
        text = screen.close()
    return text


def in_ascii(forker: Forker, folder: Path, line: tuple[str, ...], given: Mapping[str, str]) -> tuple[str, str]:
    (folder / "out").unlink(missing_ok=True)
    (folder / "err").unlink(missing_ok=True)
    given = {**given, "PYTHONIOENCODING": "ascii"}
    forker.wait(forker.start(line, given, folder, "out", "err"))
    return (folder / "out").read_text("ascii"), (folder / "err").read_text("ascii")


def harmless(text: str) -> None:
    """Nothing in it is obeyed, nothing was taken for markup, and no line of ours is somebody else's."""
    assert "Traceback" not in text, text
    kept = OURS.sub("", text)
    assert not NOT_OBEYED.search(kept), sorted(set(NOT_OBEYED.findall(kept)))
    assert not [line for line in kept.splitlines() if line.startswith(FORGED)]
    assert "💣" not in kept


@pytest.mark.parametrize("name", WAYS)
def test_no_command_obeys_what_others_wrote(
    forker: Forker, tmp_path: Path, given: Mapping[str, str], name: str
) -> None:
    arguments, settings = WAYS[name]
    line, given = (*name.split(), *arguments), {**given, **settings}
    harmless(on_a_terminal(forker, tmp_path, line, given))
    for text in in_ascii(forker, tmp_path, line, given):
        harmless(text)
    if COMMANDS[name]:
        out, err = in_ascii(forker, tmp_path, (*line, "--json"), given)
        harmless(err)
        assert not NOT_OBEYED.search(out)
        assert not out or json.loads(out) is not None


@pytest.mark.parametrize("name", IN_THE_STAND_IN)
def test_no_command_obeys_what_stands_in_the_account(
    forker: Forker, tmp_path: Path, desk: SpawnedDesk, given: Mapping[str, str], name: str
) -> None:
    given = {**given, "ZENDESK_URL": desk.sandbox.zendesk_url, "WORKMARKET_URL": desk.sandbox.workmarket_url}
    text = on_a_terminal(forker, tmp_path, tuple(name.split()), given)
    harmless(text)
    assert name == "zendesk drift" or any(shown in text for shown in SHOWN)  # which names only what is ours


@pytest.mark.parametrize(
    ("name", "wide", "columns"), [("dead list", 6, (0, 1, 2, 4)), ("case list", 5, (0, 1, 2, 3))]
)
def test_each_column_of_a_list_shows_it_as_it_stands(
    forker: Forker, tmp_path: Path, given: Mapping[str, str], name: str, wide: int, columns: tuple[int, ...]
) -> None:
    out, _ = in_ascii(forker, tmp_path, (*name.split(), *WAYS[name][0]), given)
    rows = [line.split("\t") for line in out.splitlines()]
    assert {len(row) for row in rows} == {wide}
    for column in columns:
        assert any(all(shown in row[column] for shown in SHOWN) for row in rows), column


@pytest.mark.parametrize("name", ["case show", "dead show"])
def test_json_says_the_very_text(forker: Forker, tmp_path: Path, given: Mapping[str, str], name: str) -> None:
    out, _ = in_ascii(forker, tmp_path, (*name.split(), *WAYS[name][0], "--json"), given)
    assert HOSTILE in str(texts_in(json.loads(out)))


def texts_in(value: Any) -> str:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return value if isinstance(value, str) else "\0".join(texts_in(one) for _, one in inner)


def test_the_log_of_a_worker_obeys_nothing_either(forker: Forker, tmp_path: Path, given: Mapping[str, str]) -> None:
    screen = Screen()
    given = {**given, "LOG_FORMAT": "pretty"}
    pid = forker.start(("worker",), given, tmp_path, screen.name, screen.name)
    try:
        wait_for(lambda: "handling_failed" in screen.text)
    finally:
        os.kill(pid, signal.SIGTERM)
        forker.wait(pid)
        text = screen.close()
    harmless(re.sub(r"\x1b\[[0-9;]*m", "", text))
