"""Dead letters: seen with their body, replayed without doing anything twice, discarded for good."""

from __future__ import annotations

from secrets import token_hex

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.model.values import State
from store import Tx
from sync.inbox.handle import WAITS
from sync.operator.causes import cause_of
from sync.operator.dead import (
    EVERY,
    PAGE,
    LetterSelection,
    NotPossible,
    Operator,
    count,
    dead_letters,
    discard,
    every_letter,
    replay,
    show,
    summaries,
)
from sync.operator.letter_orders import MOST, SLICE, LetterOrder, carry_out, new_order, state_of
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


def test_what_could_not_be_read_is_never_tried_again_and_keeps_saying_why(desk: DeskOnFakes) -> None:
    unreadable(desk, 1)
    (letter,) = dead_letters(desk.store)
    with pytest.raises(NotPossible, match=f"{letter.id} could not be read, .* discard it"):
        replay(desk.store, letter.id, desk.clock())
    assert show(desk.store, letter.id).error == "The body is no JSON."


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


def order_of_all(desk: DeskOnFakes) -> LetterOrder:
    return new_order(summaries(desk.store, limit=MOST), desk.clock())


def test_many_are_settled_and_those_with_which_it_is_not_possible_are_named(desk: DeskOnFakes) -> None:
    desk.workmarket.fails("post", Permanent("invisible", "Not shown."))
    desk.submitted()
    desk.work()
    unreadable(desk, SLICE + 1, kind="rumour")
    by = Operator("Anna", desk.clock(), "Mended.")
    state = carry_out(desk.store, order_of_all(desk), "replay", EVERY, by)
    assert (state.of, state.left, state.settled, state.impossible) == (SLICE + 2, 0, SLICE + 1, 1)
    assert "discard it instead" in state.refused[0]
    assert count(desk.store) == 1
    assert carry_out(desk.store, order_of_all(desk), "discard", EVERY, by).settled == 1
    assert count(desk.store) == 0


def test_an_order_takes_what_it_names_and_nothing_that_died_meanwhile(desk: DeskOnFakes) -> None:
    unreadable(desk, 3)
    order = order_of_all(desk)
    unreadable(desk, 2)
    state = carry_out(desk.store, order, "discard", EVERY, Operator("Anna", desk.clock(), "Told."))
    assert (state.settled, count(desk.store)) == (3, 2)


def test_an_order_that_is_given_twice_is_done_once_also_where_its_letters_died_again(desk: DeskOnFakes) -> None:
    letter, order = a_bad_event(desk), order_of_all(desk)
    by = Operator("Anna", desk.clock(), "Mended.")
    first = carry_out(desk.store, order, "replay", EVERY, by)
    desk.work()
    for wait in WAITS:
        desk.clock.move(seconds=wait)
        desk.work()
    assert show(desk.store, letter).attempts
    assert carry_out(desk.store, order, "replay", EVERY, by) == first == state_of(desk.store, order.name)
    assert count(desk.store) == 1
    with pytest.raises(NotPossible, match="something else"):
        carry_out(desk.store, order, "discard", EVERY, by)


def test_an_order_that_was_cut_off_goes_on_where_it_stands(desk: DeskOnFakes) -> None:
    unreadable(desk, SLICE + 5)
    order, by = order_of_all(desk), Operator("Anna", desk.clock(), "Told.")
    begun = carry_out(desk.store, order, "discard", EVERY, by, lambda: False)
    assert (begun.through, begun.left, count(desk.store)) == (SLICE, 5, 5)
    assert carry_out(desk.store, order, "discard", EVERY, by).settled == SLICE + 5


def test_what_was_settled_or_died_of_something_else_meanwhile_is_left_alone(desk: DeskOnFakes) -> None:
    unreadable(desk, 2)
    (one, _), order = summaries(desk.store), order_of_all(desk)
    discard(desk.store, f"in-{one.number}", desk.clock())
    by = Operator("Anna", desk.clock(), "Mended.")
    wanted = LetterSelection(cause=cause_of("Something else.").key)
    assert carry_out(desk.store, order, "replay", wanted, by).gone == 2
    assert count(desk.store) == 1


def test_the_journal_says_what_has_chosen_a_letter(desk: DeskOnFakes) -> None:
    a_bad_event(desk)
    wanted = LetterSelection(kind="rumour")
    carry_out(desk.store, order_of_all(desk), "discard", wanted, Operator("Anna", desk.clock(), "Told."))
    (line,) = [one for one in desk.store.read(lambda tx: tx.journal.of_ticket("35")) if "discarded" in one.what]
    assert (line.actor, "one of 1 that were chosen by kind rumour. Told." in line.why) == ("Anna", True)


def test_letters_are_told_apart_by_their_cause(desk: DeskOnFakes) -> None:
    a_bad_event(desk)
    unreadable(desk, 3)
    key = cause_of("The body is no JSON.").key
    assert (
        len(summaries(desk.store, LetterSelection(cause=key))) == count(desk.store, LetterSelection(cause=key)) == 3
    )
    assert [one.kind for one in summaries(desk.store, LetterSelection(ticket_id="35"))] == ["rumour"]


def unreadable(desk: DeskOnFakes, number: int, kind: str = "zendesk.unreadable") -> None:
    """So many letters of what the doors could not read, or of another kind."""

    def bury(tx: Tx) -> None:
        for _ in range(number):
            key = f"zendesk:unreadable:{token_hex(8)}"
            tx.inbox.record(key, kind, "unreadable:zendesk", {"raw": "{"}, desk.clock())
            row = tx.inbox.by_key(key)
            assert row is not None
            tx.inbox.mark_dead(row.id, "The body is no JSON.")

    desk.store.write(bury)
