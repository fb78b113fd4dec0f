"""Dead letters: seen with their body, replayed without doing anything twice, discarded for good."""

from __future__ import annotations

import pytest

from connector.errors import Permanent, Transient, Unclear
from escalation.values import State
from sync.dead import NotPossible, dead_letters, discard, replay, show
from sync.handle import WAITS
from sync.patience import Patience
from tests.inboxes import next_rows
from tests.sync.office import Office
from tests.sync.policy import policy


def a_bad_event(office: Office) -> str:
    office.receive("rumour", {"ticket_id": "35"})
    office.work()
    for wait in WAITS:
        office.clock.move(seconds=wait)
        office.work()
    (letter,) = dead_letters(office.store)
    return letter.id


def an_undelivered_message(office: Office, trouble: Exception) -> str:
    office.workmarket.fails("post", *[trouble] * (len(Patience.of(policy(), lambda: 0.0).waits) + 1))
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
    assert office.case().entering is not None
    discard(office.store, letter, office.clock())
    office.work()
    assert office.case().entering is None
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
