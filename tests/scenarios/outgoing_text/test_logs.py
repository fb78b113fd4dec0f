"""A log line says what is on the list and nothing else, on one line, whatever was given to it."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.wiring.logs import FIELDS, set_up_logs
from tests.scale import scaled
from tests.scenarios.outgoing_text.payloads import NASTY

ROOT = Path(__file__).parents[3]
SECRET = "canary-5e1f"
# Servers of other tests may still be saying that they stop.
OURS = ("parley.test", "a.library", "a.talkative.library")

SHORT = [one for one in NASTY if len(one) < 1000]
LONG = [one for one in NASTY if len(one) >= 1000]


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    """What the logs show, as JSON."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    set_up_logs("json", "INFO")
    logging.StreamHandler.setStream(root.handlers[0], stream)  # type: ignore[arg-type]
    root.handlers[0].addFilter(lambda record: record.name in OURS)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def lines(shown: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in shown.getvalue().splitlines()]


def say(event: str, **fields: Any) -> None:
    structlog.wrap_logger(logging.getLogger("parley.test")).warning(event, **fields)


def test_a_field_that_is_not_on_the_list_is_dropped_and_named(shown: io.StringIO) -> None:
    say("it_happened", kind="look", body=SECRET, requester={"name": SECRET})
    (line,) = lines(shown)
    assert SECRET not in json.dumps(line)
    assert (line["kind"], line["dropped"]) == ("look", "body, requester")


def test_of_an_error_its_name_and_place_are_told_and_not_its_words(shown: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("a.library").exception("It failed")
        say("it_failed", exc_info=True)
    told = lines(shown)
    assert SECRET not in json.dumps(told)
    assert [line["exception"].split(":")[0] for line in told] == ["ValueError at test_logs.py"] * 2


def past_pytest(name: str) -> logging.Logger:
    """A library's logger without pytest's own capture, which chokes on what these tests say."""
    logger = logging.getLogger(name)
    ours = [one for one in logging.getLogger().handlers if not type(one).__module__.startswith("_pytest")]
    logger.handlers, logger.propagate = ours, False
    return logger


def one_line_each(words: str, shown: io.StringIO) -> None:
    shown.seek(0)
    shown.truncate()
    say("it_happened", reason=words, key=words)
    past_pytest("a.talkative.library").warning("heard %s", words)
    told = shown.getvalue()
    assert told.count("\n") == 2
    assert told.isascii()
    assert all(sign.isprintable() or sign == "\n" for sign in told)
    assert all(len(line) < 12_000 for line in told.splitlines())
    assert len(lines(shown)) == 2


@settings(
    max_examples=scaled(commit=150, nightly=5000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.one_of(st.sampled_from(SHORT), st.text(max_size=200)))
def test_each_line_is_one_json_object_without_control_signs(words: str, shown: io.StringIO) -> None:
    one_line_each(words, shown)


@pytest.mark.parametrize("words", LONG, ids=range(len(LONG)))
def test_a_line_is_short_whatever_was_to_be_told(words: str, shown: io.StringIO) -> None:
    one_line_each(words, shown)


def test_every_field_that_the_product_logs_is_on_the_list() -> None:
    used = set()
    for room in ("parley", "sync", "webhooks", "connector", "store"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    held = node.func.value
                    if isinstance(held, ast.Name) and held.id == "log":
                        used |= {word.arg for word in node.keywords if word.arg}
    assert used - {"exc_info"} <= FIELDS
