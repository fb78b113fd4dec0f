"""Dead letters: seen with their body, replayed without doing anything twice, discarded for good."""

from __future__ import annotations

from secrets import token_hex

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.model.values import State
from store import Tx
from sync.inbox.handle import WAITS
from sync.operator.dead import (
    PAGE,
    LetterSelection,
    NotPossible,
    Operator,
    count,
    dead_letters,
    discard,
    every_letter,
    replay,
    settle,
    show,
)
from sync.outbox.retry_schedule import RetrySchedule
from tests.inboxes import next_rows
from tests.integration.sync.office import Office
from tests.integration.sync.policy import policy


def a_bad_event(office: Office) -> str:
    before = {letter.id for letter in dead_letters(office.store)}
    office.receive("rumour", {"ticket_id": "35"})
    office.work()
    for wait in WAITS:
        office.clock.move(seconds=wait)
        office.work()
    (letter,) = {letter.id for letter in dead_letters(office.store)} - before
    return letter


def an_undelivered_message(office: Office, trouble: Exception) -> str:
    office.workmarket.fails("post", *[trouble] * (len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1))
    office.submitted()
    office.work()
    office.wait(days=3)
    (letter,) = dead_letters(office.store)
    return letter.id


def test_both_boxes_are_shown_youngest_first(office: Office) -> None:
    first = a_bad_event(office)
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.submitted()
    office.work()
    letters = dead_letters(office.store)
    assert [letter.kind for letter in letters] == ["post_message", "rumour"]
    assert letters[1].id == first


def test_a_letter_is_shown_with_its_body(office: Office) -> None:
    letter = show(office.store, a_bad_event(office))
    assert letter.id.startswith("in-")
    assert letter.body == {"ticket_id": "35"}
    assert "LookupError" in letter.error


def test_an_event_that_is_replayed_is_handled_again(office: Office) -> None:
    letter = a_bad_event(office)
    replay(office.store, letter, office.clock())
    assert dead_letters(office.store) == []
    assert len(office.store.read(lambda tx: next_rows(tx, 10, office.clock()))) == 1


def test_an_event_that_is_discarded_is_gone(office: Office) -> None:
    discard(office.store, a_bad_event(office), office.clock())
    assert dead_letters(office.store) == []
    assert office.work() == 0


def test_a_message_that_was_never_sent_is_sent_by_a_replay(office: Office) -> None:
    letter = an_undelivered_message(office, Transient("Away."))
    replay(office.store, letter, office.clock())
    office.wait(minutes=2)
    assert len(office.workmarket.posted) == 1
    assert office.case().state is State.TIER_1


def test_a_replayed_message_that_was_posted_after_all_is_not_posted_again(office: Office) -> None:
    letter = an_undelivered_message(office, Unclear("No answer."))
    office.workmarket.message("880011", "Api User", office.post().body["text"])
    replay(office.store, letter, office.clock())
    office.wait(minutes=2)
    assert office.workmarket.posted == []
    assert office.post().state == "done"


def test_what_the_case_went_on_without_is_not_replayed(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.arrive()
    (letter,) = dead_letters(office.store)
    with pytest.raises(NotPossible, match="discard it instead"):
        replay(office.store, letter.id, office.clock())


def test_a_case_that_waits_for_a_discarded_message_goes_on_without_it(office: Office) -> None:
    letter = an_undelivered_message(office, Transient("Away."))
    assert office.case().delivery.entering is not None
    discard(office.store, letter, office.clock())
    office.work()
    assert office.case().delivery.entering is None
    assert office.case().state is State.TIER_1
    assert dead_letters(office.store) == []


@pytest.mark.parametrize("name", ["in-99", "out-C-000001.7", "in-x", "in-", "side-1", "", "in-" + "9" * 40])
def test_what_is_no_dead_letter_is_refused_with_a_sentence(office: Office, name: str) -> None:
    for verb in (lambda: show(office.store, name), lambda: discard(office.store, name, office.clock())):
        with pytest.raises(NotPossible, match="dead letter"):
            verb()


def test_a_living_row_is_no_dead_letter(office: Office) -> None:
    office.arrive()
    with pytest.raises(NotPossible):
        show(office.store, f"out-{office.post().id}")


def test_what_the_doors_could_not_read_comes_after_everything_else(office: Office) -> None:
    first = a_bad_event(office)
    unreadable(office, 3)
    listed = [letter.id for letter in dead_letters(office.store)]
    assert listed[0] == first
    assert len(listed) == 4


def test_all_of_them_are_read_by_pages_however_many_there_are(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.arrive()
    event = a_bad_event(office)
    unreadable(office, 2 * PAGE + 1)
    whole = [letter.id for letter in dead_letters(office.store, None)]
    assert len(set(whole)) == count(office.store) == 2 * PAGE + 3
    assert [letter.id for letter in every_letter(office.store)] == whole
    for place in (1, 2, 3, PAGE):
        after = dead_letters(office.store, 2, after=whole[place - 1])
        assert [letter.id for letter in after] == whole[place : place + 2]
    assert event in whole[:2]


def test_a_page_goes_on_after_a_letter_that_was_settled_meanwhile(office: Office) -> None:
    unreadable(office, 3)
    _, second, third = [letter.id for letter in dead_letters(office.store)]
    discard(office.store, second, office.clock())
    assert [letter.id for letter in dead_letters(office.store, after=second)] == [third]
    with pytest.raises(NotPossible, match="in-99"):
        dead_letters(office.store, after="in-99")


def test_letters_about_a_ticket_are_those_of_its_lanes_and_its_case(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.arrive()
    unreadable(office, 2)
    (letter,) = dead_letters(office.store, wanted=LetterSelection(ticket_id=office.case().ticket_id))
    assert letter.kind == "post_message"
    assert dead_letters(office.store, wanted=LetterSelection(ticket_id="999")) == []


def test_who_settled_a_letter_and_why_is_in_the_journal_of_its_case(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.arrive()
    (letter,) = dead_letters(office.store)
    discard(office.store, letter.id, office.clock(), Operator("Anna (command)", office.clock(), "We rang them up."))
    lines = office.store.read(lambda tx: tx.journal.of_case(office.case().id))
    (line,) = [line for line in lines if line.actor == "Anna (command)"]
    assert line.what == "discarded a dead letter"
    assert letter.id in line.why and "We rang them up." in line.why


def test_many_are_settled_and_those_with_which_it_is_not_possible_are_named(office: Office) -> None:
    office.workmarket.fails("post", Permanent("invisible", "Not shown."))
    office.arrive()
    unreadable(office, PAGE + 1)
    chosen = [letter.id for letter in every_letter(office.store)]
    (refused,) = settle(office.store, "replay", chosen, Operator("Anna", office.clock(), "Mended."))
    assert "discard it instead" in refused
    assert count(office.store) == 1
    assert settle(office.store, "discard", chosen[:1], Operator("Anna", office.clock(), "Told.")) == []
    assert count(office.store) == 0


def unreadable(office: Office, number: int) -> None:
    """So many letters of what the doors could not read."""

    def bury(tx: Tx) -> None:
        for _ in range(number):
            key = f"zendesk:unreadable:{token_hex(8)}"
            tx.inbox.record(key, "zendesk.unreadable", "unreadable:zendesk", {"raw": "{"}, office.clock())
            row = tx.inbox.by_key(key)
            assert row is not None
            tx.inbox.mark_dead(row.id, "The body is no JSON.")

    office.store.write(bury)
