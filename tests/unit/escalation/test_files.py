"""Files in the pure process: how they are called and measured, and which may leave at all."""

from __future__ import annotations

from collections import Counter

import pytest

from escalation.engine.budget import COPIES_AN_HOUR, HOUR
from escalation.model.audience import WrongAudience, chosen_files
from escalation.model.effects import CopyFile
from escalation.model.files import AssignmentFile, TicketFile, kind_of, size_label
from escalation.model.views import Comment
from tests.unit.escalation.case_world import in_tier


@pytest.mark.parametrize(
    ("name", "kind"), [("a.PDF", "pdf"), ("archive.tar.gz", "gz"), ("README", ""), (".profile", ""), ("x. ", "")]
)
def test_the_kind_of_a_file_is_its_names_ending(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("size", "label"), [(5, "5 bytes"), (1_000, "1 kB"), (76_800, "76.8 kB"), (50_000_000, "50 MB")]
)
def test_a_size_is_told_as_people_read_it(size: int, label: str) -> None:
    assert size_label(size) == label


def test_a_file_of_an_internal_comment_may_not_be_chosen() -> None:
    file = TicketFile("1", "secret.pdf", 10)
    assert chosen_files(Comment("c", "For all.", True, (file,))) == (file,)
    with pytest.raises(WrongAudience):
        chosen_files(Comment("c", "For us.", False, (file,)))


def test_many_files_come_some_an_hour_and_no_word_to_the_requester_waits_for_them() -> None:
    world = in_tier()
    world.now += 2 * HOUR
    world.forget()
    world.assigned(files=tuple(AssignmentFile(str(n), f"photo {n}.jpg") for n in range(2 * COPIES_AN_HOUR)))
    world.message("Olaf Owner", "They are all attached.")
    assert world.ticket_updates()
    assert [one.not_before for one in world.ticket_updates() if one.not_before] == []
    leaves = Counter(one.not_before for one in world.asked if isinstance(one, CopyFile))
    assert leaves == dict.fromkeys((None, world.now + HOUR), COPIES_AN_HOUR)
