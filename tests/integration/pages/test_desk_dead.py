"""The page of dead letters: what it shows, what a press settles, and that nothing in it is believed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from escalation.engine.journaled import DISCARDED, REPLAYED
from parley.pages.desk.dead_letters.letters_page import A_PAGE, GROUPS, LASTS, LONGEST_REASON
from sync.operator.causes import cause_of
from sync.operator.letter_groups import LOOKED_AT
from sync.operator.letter_orders import SLICE
from tests.integration.pages.dead_letters import ADA, NO_CASE, DeadLetters, dead_letters, order_in, words
from tests.integration.store.test_plans import overheard
from tests.unit.pages.desk_visits import RITA

HOSTILE = "<script>alert(1)</script>\u202e\x00 \"'><img src=x onerror=alert(1)> {{ 7*7 }}\nSecond line"


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[DeadLetters]:
    with dead_letters(tmp_path) as made:
        yield made


def test_without_a_letter_the_page_says_that_all_is_done(letters: DeadLetters) -> None:
    said = words(letters.get())
    assert "There is no dead letter" in said
    assert "Why" not in said


def test_letters_are_told_by_cause_with_how_many_and_how_old(letters: DeadLetters) -> None:
    letters.bury(4)
    letters.bury(1, NO_CASE)
    said = words(letters.get())
    assert "RecordInvalid: Assignee can't be blank. 4 letters the oldest 4 min, the youngest 1 min old" in said
    assert "There is no assignment …. 1 letter 5 min old" in said
    assert "All that match: 5 letters" in said


def test_a_cause_of_the_list_leads_to_its_letters_alone(letters: DeadLetters) -> None:
    letters.bury(4)
    letters.bury(1, NO_CASE)
    (address,) = re.findall(r'href="(/desk/dead\?cause=\w+)"><bdi>There', letters.get())
    said = words(letters.get(address.removeprefix("/desk/dead")))
    assert "All that match: 1 letter" in said
    assert "4 letters" in said, "The other causes stay to be chosen from."


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 5),
        ("?kind=ticket.changed", 4),
        ("?ticket=102", 1),
        ("?ticket=%23102", 1),
        ("?since=2026-11-20T09%3A57", 3),
        ("?since=2026-11-20T14:57Z&kind=rumour", 0),
        (f"?kind=ticket.changed&cause={cause_of('Ticket 1: RecordInvalid.').key}", 0),
    ],
)
def test_what_narrows_stands_in_the_address(letters: DeadLetters, query: str, number: int) -> None:
    letters.bury(4)
    letters.bury(1, NO_CASE, kind="rumour")
    said = words(letters.get(query))
    assert (f"All that match: {number} letter" in said) == bool(number)


@pytest.mark.parametrize(
    "query",
    [
        "ticket=x",
        "since=yesterday",
        "since=0001-01-01T00:00%2B23:00",
        "cause=x",
        "kind=%E2%80%AE",
        f"kind={61 * 'k'}",
    ],
)
def test_with_what_can_not_be_meant_nothing_is_chosen(letters: DeadLetters, query: str) -> None:
    letters.bury(1)
    text = letters.get(f"?{query}")
    assert "notice warning" in text
    assert 'class="settle"' not in text


def test_one_press_settles_all_that_match_with_who_why_and_by_which_filter(letters: DeadLetters) -> None:
    letters.bury(40)
    letters.bury(2, NO_CASE, kind="rumour")
    text = letters.get("?kind=ticket.changed")
    answer = letters.send(text, "replay")
    assert answer.status == 303
    place = answer.headers["location"]
    said = words(letters.get(place.removeprefix("/desk/dead")))
    assert "40 letters are to be tried again. What fails again comes back here." in said
    assert letters.left() == 2
    ((actor, what, why),) = letters.journal(101)
    assert (actor, what) == (f"{ADA} (by the proxy)", REPLAYED)
    assert "one of 40 that were chosen by kind ticket.changed. Zendesk is mended." in why


def test_letters_can_be_discarded(letters: DeadLetters) -> None:
    letters.bury(1)
    place = letters.send(letters.get(), "discard").headers["location"]
    assert "1 letter is discarded." in words(letters.get(place.removeprefix("/desk/dead")))
    assert [what for _, what, _ in letters.journal(101)] == [DISCARDED]


def test_what_died_after_the_count_is_left(letters: DeadLetters) -> None:
    letters.bury(3)
    text = letters.get()
    letters.bury(2)
    assert letters.send(text, "discard").status == 303
    assert letters.left() == 2


def test_a_press_that_comes_twice_is_carried_out_once(letters: DeadLetters) -> None:
    letters.bury(2)
    text = letters.get()
    assert letters.send(text, "replay").headers == letters.send(text, "replay").headers
    assert len(letters.journal(101)) == 1


def test_the_same_order_does_not_discard_what_it_has_replayed(letters: DeadLetters) -> None:
    letters.bury(2)
    text = letters.get()
    letters.send(text, "replay")
    answer = letters.send(text, "discard")
    assert answer.status == 409
    assert "This order was given already" in words(answer.text)


@pytest.mark.parametrize("reason", ["", " \t ", "\u200b", "x" * (LONGEST_REASON + 1)])
def test_without_a_reason_nothing_is_done_and_the_order_stays_as_it_was_counted(
    letters: DeadLetters, reason: str
) -> None:
    letters.bury(2)
    text = letters.get()
    letters.bury(1)
    answer = letters.send(text, "discard", reason)
    assert (answer.status, letters.left()) == (400, 3)
    assert order_in(answer.text) == order_in(text)
    assert "All that match: 2 letters" in words(answer.text)


@pytest.mark.parametrize("fields", [{"order": "x"}, {"order": ""}, {"act": "keep"}])
def test_what_is_no_order_of_the_page_does_nothing(letters: DeadLetters, fields: dict[str, str]) -> None:
    letters.bury(2)
    answer = letters.send(letters.get(), **{"act": "discard", **fields})
    assert (answer.status, letters.left()) == (400, 2)
    assert "Nothing was done" in words(answer.text)


def test_an_order_of_yesterday_does_nothing(letters: DeadLetters) -> None:
    letters.bury(2)
    text = letters.get()
    letters.time += timedelta(days=2)
    assert letters.send(text, "discard").status == 400
    assert letters.left() == 2


def test_a_press_that_takes_too_long_says_how_far_it_came_and_goes_on(letters: DeadLetters) -> None:
    letters.bury(SLICE + 3)
    text = letters.get()
    letters.step = LASTS
    answer = letters.send(text, "discard")
    assert (answer.status, letters.left()) == (200, 3)
    assert f"3 letters of the {SLICE + 3} are left" in words(answer.text)
    assert 'value="Zendesk is mended."' in answer.text
    again = letters.send(answer.text, "discard")
    assert (again.status, letters.left()) == (303, 0)


def test_a_reader_sees_the_form_grey_with_the_reason_and_can_not_send_it(letters: DeadLetters) -> None:
    letters.bury(2)
    text = letters.get(who=RITA)
    assert text.count("disabled") >= 3
    assert "Only people whom the policy names" in words(text)
    assert 'name="order"' not in text
    answer = letters.send(letters.get(), "discard", who=RITA)
    assert (answer.status, letters.left()) == (403, 2)


def test_what_vendors_wrote_is_text(letters: DeadLetters) -> None:
    letters.bury(1, HOSTILE.replace("{", "{{").replace("}", "}}"), kind="<b>kind</b>")
    letters.bury_effect(HOSTILE)
    text = letters.get()
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "<b>kind" not in text
    assert "\u202e" not in text
    assert "{{ 7*7 }}" in html.unescape(text)


def test_the_page_is_what_the_table_of_pages_names(letters: DeadLetters) -> None:
    text = letters.get()
    assert '<a href="/desk/dead" aria-current="page">Dead letters</a>' in text


def test_any_number_of_letters_and_causes_is_told_by_pages_of_under_40_kb(letters: DeadLetters) -> None:
    for name in "abcdefghijklmnopqrst":
        letters.bury(A_PAGE // 4, f"{name} “{'ü' * 900}” {{}}", kind=f"kind.{name}")
    seen, place = set[str](), ""
    for _ in range(5):
        text = letters.get(place)
        seen |= set(re.findall(r"<code>(in-\d+)</code>", text))
        (place,) = re.findall(r'aria-label="Pages of letters">.*?href="/desk/dead([^"]+)">Next', text, re.S) or [""]
    assert len(seen) == letters.left()
    text = letters.get("?causes=2")
    assert len(re.findall(r"<code>[0-9a-f]{10}</code>", text)) == 20 - GROUPS


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=99999", "?page=x", "?page=-1", "?causes=²", "?page=" + "9" * 5000]
)
def test_a_page_that_is_not_there_is_the_first_or_the_last(letters: DeadLetters, query: str) -> None:
    letters.bury(1)
    assert "All that match: 1 letter" in words(letters.get(query))


def test_a_look_is_one_question(letters: DeadLetters) -> None:
    letters.bury(3)
    with overheard(asked := []):
        letters.get()
    assert len(asked) == 1


def test_of_more_than_are_looked_at_the_page_says_how_many_there_are(letters: DeadLetters) -> None:
    letters.bury(LOOKED_AT + 1)
    said = words(letters.get())
    assert f"There are {LOOKED_AT + 1:,}. Shown and counted here are the first {LOOKED_AT:,}" in said
    assert f"All that match: {LOOKED_AT:,} letters" in said
