"""Files in the pure process: how they are called and measured, and which may leave at all."""

from __future__ import annotations

import pytest

from escalation.model.audience import WrongAudience, chosen_files
from escalation.model.files import TicketFile, kind_of, size_label
from escalation.model.views import Comment


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
