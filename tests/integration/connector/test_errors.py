"""What an answer, or none, amounts to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.calls import ZENDESK
from connector.errors import (
    LONGEST_WAIT,
    ApiAnswer,
    Conflict,
    ConnectorError,
    Misconfigured,
    Permanent,
    RefusedPart,
    Transient,
    Trouble,
    Unclear,
    judge,
    retry_after,
)
from connector.reading import number

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def judged(status: int, body: object = None, *, write: bool = True, **headers: str) -> ConnectorError | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return judge(ApiAnswer(status, named, body), ZENDESK, is_write=write, now=NOW)


def refused(description: str) -> dict[str, object]:
    return {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {"status": [{"description": description}]},
    }


def test_a_readable_success_is_no_error() -> None:
    assert judged(200, {"ticket": {}}) is None


def test_an_unreadable_success_of_a_write_is_unclear() -> None:
    error = judge(ApiAnswer(200, {}, None, "not JSON"), ZENDESK, is_write=True, now=NOW)
    assert type(error) is Unclear


def test_an_unreadable_success_of_a_read_is_tried_again() -> None:
    error = judge(ApiAnswer(200, {}, None, "not JSON"), ZENDESK, is_write=False, now=NOW)
    assert type(error) is Transient


def test_a_lost_write_is_unclear_and_a_lost_read_is_tried_again() -> None:
    lost = Trouble("connection lost", sent=True)
    assert type(judge(lost, ZENDESK, is_write=True, now=NOW)) is Unclear
    assert type(judge(lost, ZENDESK, is_write=False, now=NOW)) is Transient


def test_a_write_that_never_left_is_tried_again() -> None:
    assert type(judge(Trouble("no connection", sent=False), ZENDESK, is_write=True, now=NOW)) is Transient


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 408, 100])
def test_an_error_of_the_server_leaves_a_write_unclear(status: int) -> None:
    assert type(judged(status, {"error": "x"})) is Unclear
    assert type(judged(status, {"error": "x"}, write=False)) is Transient


def test_too_many_requests_was_not_applied() -> None:
    error = judged(429, {"error": "TooManyRequests"}, retry_after="17")
    assert isinstance(error, Transient)
    assert error.retry_after == 17


def test_refused_credentials_wait_for_a_person() -> None:
    assert type(judged(401, {"error": "Couldn't authenticate you"})) is Misconfigured


def test_a_redirect_means_a_wrong_address() -> None:
    assert type(judged(301, None)) is Misconfigured


def test_a_conflict_of_a_write_asks_to_read_again() -> None:
    assert type(judged(409, {"error": "UpdateConflict"})) is Conflict


def test_a_known_idempotency_key_asks_to_read_again() -> None:
    assert type(judged(400, {"error": "IdempotentRequestError", "description": "x"})) is Conflict


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (422, refused("Status: closed prevents ticket update"), "invalid"),
        (422, refused("Solicitante: Wanda está com o acesso bloqueado."), "invalid"),
        (404, {"error": "RecordNotFound", "description": "Not found"}, "gone"),
        (404, {"error": "InvalidEndpoint", "description": "Not found"}, "missing"),
        (403, {"error": {"title": "Forbidden", "message": "You do not have access"}}, "forbidden"),
        (400, {"error": "bad"}, "invalid"),
    ],
)
def test_a_refusal_names_what_will_never_be_done(status: int, body: object, code: str) -> None:
    error = judged(status, body)
    assert isinstance(error, Permanent)
    assert error.code == code


def test_a_refusal_tells_what_it_is_about_and_its_words_decide_nothing() -> None:
    rows = [
        {"description": "x", "error": None, "ticket_field_id": 12, "ticket_field_type": "FieldTagger"},
        "a text",
        {"ticket_field_id": True, "ticket_field_type": 7},
    ]
    error = judged(422, {"error": "RecordInvalid", "details": {"base": rows, "状态：": [{}], "odd": "no list"}})
    assert isinstance(error, Permanent)
    named = (
        RefusedPart("base", 12, "FieldTagger"),
        RefusedPart("base"),
        RefusedPart("base"),
        RefusedPart("状态："),
    )
    assert error.named == named


@pytest.mark.parametrize("status", [403, 404, 422])
def test_a_refusal_that_is_not_in_the_apis_words_is_not_believed(status: int) -> None:
    assert type(judged(status, None)) is Transient


def test_the_reason_tells_what_the_other_side_said() -> None:
    error = judged(422, refused("Status: closed prevents ticket update"))
    assert "closed prevents ticket update" in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("1.5", 1.5),
        (" 90 ", 90),
        ("-3", 0),
        ("1000000000", LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("9" * 200, None),
        (format_datetime(NOW + timedelta(seconds=40), usegmt=True), 40),
        (format_datetime(NOW - timedelta(days=400), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), LONGEST_WAIT),
    ],
)
def test_retry_after_is_read_in_every_form_and_bounded(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@settings(max_examples=300)
@given(st.text(max_size=40))
def test_no_retry_after_is_beyond_its_bound(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.integers(100, 599), json_values, st.booleans())
def test_every_answer_amounts_to_something(status: int, body: object, is_write: bool) -> None:
    error = judge(ApiAnswer(status, {}, body), ZENDESK, is_write=is_write, now=NOW)
    assert (error is None) == (200 <= status < 300)
    assert len(str(error)) < 500


@pytest.mark.parametrize("odd", ["--5", "-", "٣٥", "1_000", "5 5", "+5", "9" * 30, "٣", "5.0", ""])
def test_no_other_spelling_is_a_number_and_none_raises(odd: str) -> None:
    assert number(odd) is None


@pytest.mark.parametrize(("spelt", "read"), [("35", 35), (" 35 ", 35), ("-35", -35), (35.0, 35), (True, None)])
def test_a_number_may_come_as_digits(spelt: object, read: int | None) -> None:
    assert number(spelt) == read
