"""Requesters' pages in Chromium: for everybody, on every screen, in light and dark, on paper, in every language."""

from __future__ import annotations

import pytest

from tests.integration.requester_pages.conftest import OpenExample
from tests.integration.requester_pages.examples import CASES, HOSTILE, answer
from tests.integration.sidebar.test_accessible import AXE, RULES

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1280)
AXE_TEXT = AXE.read_text(encoding="utf-8")
FIND = "rules => axe.run(document, { runOnly: rules })"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("name", [*CASES, "nothing"])
def test_axe_finds_nothing(open_example: OpenExample, name: str) -> None:
    for language, scheme in (("en", "light"), ("pseudo", "dark")):
        page = open_example(name, language, scheme=scheme, pressed="settled")
        page.evaluate(AXE_TEXT)
        found = page.evaluate(FIND, RULES)
        assert found["passes"], "axe has looked at nothing"
        assert [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]] == []


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_wider_than_the_screen_and_every_button_is_large_enough_for_a_thumb(
    open_example: OpenExample, name: str
) -> None:
    for language in ("es-419", "pseudo"):
        page = open_example(name, language)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(TOO_WIDE) <= 0, (language, width)
        heights = page.locator("button, .button").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert min(heights, default=44) >= 44


def test_where_it_stands_is_seen_at_once_on_a_phone(open_example: OpenExample) -> None:
    page = open_example("tier_2")
    stands, turn = page.locator(".state").bounding_box(), page.locator(".turn").bounding_box()
    assert stands and turn
    assert stands["y"] + stands["height"] < 400 and turn["y"] < stands["y"]


def test_it_is_printed_without_its_buttons_and_with_the_way_to_the_request(open_example: OpenExample) -> None:
    page = open_example("tier_2", scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
    ink, paper = (
        page.evaluate(f"getComputedStyle(document.{what}).{which}")
        for what, which in (("body", "color"), ("documentElement", "backgroundColor"))
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


def test_a_right_to_left_language_is_written_from_the_right(open_example: OpenExample) -> None:
    page = open_example("tier_2", "pseudo")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("h1").evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_foreign_words_are_words(open_example: OpenExample) -> None:
    page = open_example("hostile")
    assert page.locator("script, img").count() == 0
    assert HOSTILE.split("\u202e")[0] in page.locator("header").inner_text()


@pytest.mark.parametrize("language", ["en", "es-419", "de", "pseudo"])
def test_a_page_is_light(language: str) -> None:
    assert max(len(bytes(answer(name, language).body)) for name in CASES) < 30_000
