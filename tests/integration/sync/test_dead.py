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
from tests.integration.sync.desk_on_fakes import DeskOnFakes
from tests.integration.sync.policy import policy


def a_bad_event(desk: DeskOnFakes) -> str:
    before = {letter.id for letter in dead_letters(desk.store)}
    desk.receive("rumour", {"ticket_id": "35"})
    desk.work()
    for wait in WAITS:
        desk.clock.move(seconds=wait)
        desk.work()
    (letter,) = {letter.id for letter in dead_letters(desk.store)} - before
    return letter


def an_undelivered_message(desk: DeskOnFakes, trouble: Exception) -> str:
    desk.workmarket.fails("post", *[trouble] * (len(RetrySchedule.of(policy(), lambda: 0.0).waits) + 1))
    desk.submitted()
    desk.work()
    desk.wait(days=3)
    (letter,) = dead_letters(desk.store)
    return letter.id


def test_both_boxes_are_shown_youngest_first(desk: DeskOnFakes) -> None:
    first = a_bad_event(desk)
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.submitted()
    desk.work()
    letters = dead_letters(desk.store)
    assert [letter.kind for letter in letters] == ["post_message", "rumour"]
    assert letters[1].id == first


def test_a_letter_is_shown_with_its_body(desk: DeskOnFakes) -> None:
    letter = show(desk.store, a_bad_event(desk))
    assert letter.id.startswith("in-")
    assert letter.body == {"ticket_id": "35"}
    assert "LookupError" in letter.error


def test_an_event_that_is_replayed_is_handled_again(desk: DeskOnFakes) -> None:
    letter = a_bad_event(desk)
    replay(desk.store, letter, desk.clock())
    assert dead_letters(desk.store) == []
    assert len(desk.store.read(lambda tx: next_rows(tx, 10, desk.clock()))) == 1


def test_an_event_that_is_discarded_is_gone(desk: DeskOnFakes) -> None:
    discard(desk.store, a_bad_event(desk), desk.clock())
    assert dead_letters(desk.store) == []
    assert desk.work() == 0


def test_a_message_that_was_never_sent_is_sent_by_a_replay(desk: DeskOnFakes) -> None:
    letter = an_undelivered_message(desk, Transient("Away."))
    replay(desk.store, letter, desk.clock())
    desk.wait(minutes=2)
    assert len(desk.workmarket.posted) == 1
    assert desk.case().state is State.TIER_1


def test_a_replayed_message_that_was_posted_after_all_is_not_posted_again(desk: DeskOnFakes) -> None:
    letter = an_undelivered_message(desk, Unclear("No answer."))
    desk.workmarket.message("880011", "Api User", desk.post().body["text"])
    replay(desk.store, letter, desk.clock())
    desk.wait(minutes=2)
    assert desk.workmarket.posted == []
    assert desk.post().state == "done"


def test_what_the_case_went_on_without_is_not_replayed(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.arrive()
    (letter,) = dead_letters(desk.store)
    with pytest.raises(NotPossible, match="discard it instead"):
        replay(desk.store, letter.id, desk.clock())


def test_a_case_that_waits_for_a_discarded_message_goes_on_without_it(desk: DeskOnFakes) -> None:
    letter = an_undelivered_message(desk, Transient("Away."))
    assert desk.case().delivery.entering is not None
    discard(desk.store, letter, desk.clock())
    desk.work()
    assert desk.case().delivery.entering is None
    assert desk.case().state is State.TIER_1
    assert dead_letters(desk.store) == []


@pytest.mark.parametrize("name", ["in-99", "out-C-000001.7", "in-x", "in-", "side-1", "", "in-" + "9" * 40])
def test_what_is_no_dead_letter_is_refused_with_a_sentence(desk: DeskOnFakes, name: str) -> None:
    for verb in (lambda: show(desk.store, name), lambda: discard(desk.store, name, desk.clock())):
        with pytest.raises(NotPossible, match="dead letter"):
            verb()


def test_a_living_row_is_no_dead_letter(desk: DeskOnFakes) -> None:
    desk.arrive()
    with pytest.raises(NotPossible):
        show(desk.store, f"out-{desk.post().id}")


def test_what_the_doors_could_not_read_comes_after_everything_else(desk: DeskOnFakes) -> None:
    first = a_bad_event(desk)
    unreadable(desk, 3)
    listed = [letter.id for letter in dead_letters(desk.store)]
    assert listed[0] == first
    assert len(listed) == 4


def test_all_of_them_are_read_by_pages_however_many_there_are(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.arrive()
    event = a_bad_event(desk)
    unreadable(desk, 2 * PAGE + 1)
    whole = [letter.id for letter in dead_letters(desk.store, None)]
    assert len(set(whole)) == count(desk.store) == 2 * PAGE + 3
    assert [letter.id for letter in every_letter(desk.store)] == whole
    for place in (1, 2, 3, PAGE):
        after = dead_letters(desk.store, 2, after=whole[place - 1])
        assert [letter.id for letter in after] == whole[place : place + 2]
    assert event in whole[:2]


def test_a_page_goes_on_after_a_letter_that_was_settled_meanwhile(desk: DeskOnFakes) -> None:
    unreadable(desk, 3)
    _, second, third = [letter.id for letter in dead_letters(desk.store)]
    discard(desk.store, second, desk.clock())
    assert [letter.id for letter in dead_letters(desk.store, after=second)] == [third]
    with pytest.raises(NotPossible, match="in-99"):
        dead_letters(desk.store, after="in-99")


def test_letters_about_a_ticket_are_those_of_its_lanes_and_its_case(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.arrive()
    unreadable(desk, 2)
    (letter,) = dead_letters(desk.store, wanted=LetterSelection(ticket_id=desk.case().ticket_id))
    assert letter.kind == "post_message"
    assert dead_letters(desk.store, wanted=LetterSelection(ticket_id="999")) == []


def test_who_settled_a_letter_and_why_is_in_the_journal_of_its_case(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.arrive()
    (letter,) = dead_letters(desk.store)
    discard(desk.store, letter.id, desk.clock(), Operator("Anna (command)", desk.clock(), "We rang them up."))
    lines = desk.store.read(lambda tx: tx.journal.of_case(desk.case().id))
    (line,) = [line for line in lines if line.actor == "Anna (command)"]
    assert line.what == "discarded a dead letter"
    assert letter.id in line.why and "We rang them up." in line.why


def test_many_are_settled_and_those_with_which_it_is_not_possible_are_named(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.arrive()
    unreadable(desk, PAGE + 1)
    chosen = [letter.id for letter in every_letter(desk.store)]
    (refused,) = settle(desk.store, "replay", chosen, Operator("Anna", desk.clock(), "Mended."))
    assert "discard it instead" in refused
    assert count(desk.store) == 1
    assert settle(desk.store, "discard", chosen[:1], Operator("Anna", desk.clock(), "Told.")) == []
    assert count(desk.store) == 0


def unreadable(desk: DeskOnFakes, number: int) -> None:
    """So many letters of what the doors could not read."""

    def bury(tx: Tx) -> None:
        for _ in range(number):
            key = f"zendesk:unreadable:{token_hex(8)}"
            tx.inbox.record(key, "zendesk.unreadable", "unreadable:zendesk", {"raw": "{"}, desk.clock())
            row = tx.inbox.by_key(key)
            assert row is not None
            tx.inbox.mark_dead(row.id, "The body is no JSON.")

    desk.store.write(bury)
