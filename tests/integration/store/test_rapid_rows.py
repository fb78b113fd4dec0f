"""What benchmarks write rapidly is read as what the desk writes, on both databases."""

from __future__ import annotations

from bench.many_cases import LINES, fill, page_end
from parley.case_view.case_reading import CaseViews
from parley.pages.requester.address_book import digest_of
from parley.wiring.load_policy import load_rules
from store import CaseFilter, Store


def test_many_cases_are_read_back_as_they_were_lived_through(url: str) -> None:
    world = fill(url, 3)
    with Store.open(url, now=lambda: world.now) as store:
        found = store.read(lambda tx: tx.case_lists.page(CaseFilter(open=True, tier=2), 50))
        lines = store.read(lambda tx: tx.journal.of_case("C-2"))
        rows = store.read(lambda tx: tx.outbox.of_case("C-2"))
        page = CaseViews(store, load_rules(None), store.now).of_page(digest_of(page_end(2)))
    assert [case.id for case in found.cases] == ["C-0", "C-1", "C-2"]
    assert {line.at for line in lines} == {world.now}
    assert (len(lines), [row.kind for row in rows]) == (LINES, [one.type for one in world.asked])
    assert page is not None
