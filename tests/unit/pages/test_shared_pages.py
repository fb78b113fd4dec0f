"""What every page stands on: its headers, its look, its templates."""

from __future__ import annotations

import asyncio
import base64
import hashlib

import pytest
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup

from parley.pages.shared.answers import PRIVATE, content_policy, page, see_other
from parley.pages.shared.environment import environment
from parley.pages.shared.front_page import front_page
from parley.pages.shared.stylesheet import stylesheet

SHARED = "parley.pages.shared"
FRAMED = '{% extends "frame.html" %}{% block title %}{{ title }}{% endblock %}'


def test_a_page_is_kept_by_nobody_and_names_its_address_to_nobody() -> None:
    answer = page("<p>x", content_policy())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]


def test_a_page_may_load_nothing_but_what_is_named() -> None:
    policy = content_policy(styles="'sha256-abc'")
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'sha256-abc'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]


def test_headers_of_a_page_win_over_those_of_all() -> None:
    answer = page("<p>x", content_policy(), language="de", headers={"Referrer-Policy": "same-origin"})
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["content-language"] == "de"
    assert len(answer.headers.getlist("referrer-policy")) == 1


def test_a_page_leads_on_within_its_own_site() -> None:
    assert see_other("/p/there?done=asked").headers["location"] == "/p/there?done=asked"
    assert see_other("/p/there").headers["cache-control"] == PRIVATE["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "evil", "", "/\\evil.example", "/a\r\nSet-Cookie: b", "/ü"]
)
def test_a_page_leads_nowhere_else(path: str) -> None:
    with pytest.raises(ValueError, match=r"page|slash"):
        see_other(path)


def test_the_browser_knows_the_stylesheet_by_its_hash() -> None:
    style = stylesheet()
    digest = base64.b64encode(hashlib.sha256(str(style.text).encode()).digest()).decode()
    assert style.source == f"'sha256-{digest}'"
    assert "/*" not in style.text
    assert "<" not in style.text


def test_what_is_put_into_a_page_is_escaped() -> None:
    templates = environment(SHARED)
    made = templates.from_string(FRAMED).render(title="</title><script>", style=stylesheet())
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert made.startswith("<!doctype html>")


def test_a_name_that_nobody_gave_is_a_fault() -> None:
    templates = environment(SHARED)
    templates.loader = DictLoader({"x.html": "{{ forgotten }}"})
    with pytest.raises(UndefinedError):
        templates.get_template("x.html").render()


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\x00", "\x1b", "\ud800", "\x85"])
def test_signs_that_turn_or_break_a_page_are_put_into_none(sign: str) -> None:
    made = environment("parley.pages.desk").from_string("<p>{{ text }}</p><p>{{ markup }}</p><p>{{ number }}</p>")
    html = made.render(text=f"a{sign}b\n<i>", markup=Markup("<b>x</b>"), number=7)
    assert html == "<p>ab\n&lt;i&gt;</p><p><b>x</b></p><p>7</p>"
    html.encode()


def test_scripts_that_join_their_letters_are_written_as_they_are() -> None:
    text = "नमस्\u200dते 👩\u200d🔧 שלום"
    assert environment("parley.pages.desk").from_string("{{ text }}").render(text=text) == text


def test_the_first_page_leads_to_the_desk_and_says_where_others_go_where_that_is_off() -> None:
    on, off = (asyncio.run(front_page(desk).endpoint(None)) for desk in ("/desk", ""))
    assert (on.status_code, on.headers["location"]) == (303, "/desk")
    assert (off.status_code, off.headers["cache-control"]) == (200, "no-store")
    assert b"the escalation desk" in off.body and b"/docs" in off.body
