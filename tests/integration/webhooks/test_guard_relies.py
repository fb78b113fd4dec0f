"""What the guard takes from uvicorn's inside: each of it is named here, and a version nobody read is refused."""

from __future__ import annotations

import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from webhooks.connection_guard import GuardedProtocol

ROOT = Path(__file__).parents[3]
READ = "Read webhooks/connection_guard.py beside the new uvicorn, then raise the cap in pyproject.toml and here."
KNOWN = "0.54"

OVERRIDDEN = {
    "connection_made": ["self", "transport"],
    "connection_lost": ["self", "exc"],
    "data_received": ["self", "data"],
    "on_message_begin": ["self"],
    "on_header": ["self", "name", "value"],
    "on_headers_complete": ["self"],
    "on_body": ["self", "body"],
    "on_message_complete": ["self"],
    "on_response_complete": ["self"],
    "pause_writing": ["self"],
    "resume_writing": ["self"],
    "_start_asgi_task": ["self", "cycle", "app"],
}
"""The protocol's methods that the guard does more in, with what they are given."""
SET_BY_THE_PROTOCOL = ("loop", "transport", "flow", "cycle", "url", "headers")
SET_BY_THE_CYCLE = ("response_complete", "more_body", "disconnected", "message_event")


def sets(kind: type, name: str) -> bool:
    """Whether a class gives itself an attribute."""
    return f"self.{name} = " in inspect.getsource(kind) or f"self.{name}: " in inspect.getsource(kind)


def test_the_version_is_one_that_was_read_and_no_other_can_be_installed() -> None:
    assert version("uvicorn").startswith(f"{KNOWN}."), READ
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    major, minor = KNOWN.split(".")
    assert f"uvicorn>={KNOWN},<{major}.{int(minor) + 1}" in wanted, READ


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_the_guard_does_more_in_is_still_there_and_given_the_same(name: str) -> None:
    assert list(inspect.signature(getattr(HttpToolsProtocol, name)).parameters) == OVERRIDDEN[name], READ
    assert list(inspect.signature(getattr(GuardedProtocol, name)).parameters) == OVERRIDDEN[name]


def test_the_guard_does_more_in_nothing_else() -> None:
    theirs = {
        name for name in vars(GuardedProtocol) if hasattr(HttpToolsProtocol, name) and not name.startswith("__")
    }
    assert theirs == set(OVERRIDDEN)


@pytest.mark.parametrize("name", SET_BY_THE_PROTOCOL)
def test_what_the_guard_reads_of_a_connection_is_still_set(name: str) -> None:
    assert sets(HttpToolsProtocol, name), READ


@pytest.mark.parametrize("name", SET_BY_THE_CYCLE)
def test_what_the_guard_reads_and_sets_of_a_request_is_still_set(name: str) -> None:
    assert sets(RequestResponseCycle, name), READ


def test_whether_we_stopped_reading_is_still_told() -> None:
    assert sets(FlowControl, "read_paused"), READ
    assert inspect.getsource(HttpToolsProtocol).count("self._start_asgi_task(") == 2, READ


def test_the_guard_reads_nothing_of_it_that_is_not_named() -> None:
    source = inspect.getsource(GuardedProtocol)
    for name in (*SET_BY_THE_PROTOCOL, *SET_BY_THE_CYCLE, "read_paused"):
        assert name in source
