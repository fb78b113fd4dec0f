"""The address of a page: one of a person and a case, told once, on both databases."""

from __future__ import annotations

import pytest

from store import AT_ONCE, CaseRow, NewOutboxRow, PageGiving, Store
from tests.integration.store.conftest import NOW

FIRST = PageGiving("c1", "501", "5", "c1.1")


@pytest.fixture(autouse=True)
def case(store: Store) -> None:
    store.write(lambda tx: tx.policies.keep("p1", {"month": 1}))
    row = CaseRow("c1", "tier_1", "p1", NOW, ticket_id="5", requester_id="501", body={"n": 1})
    store.write(lambda tx: tx.cases.save(row, 0))
    for effect in ("c1.1", "c1.2"):
        new = NewOutboxRow(effect, "ticket:5", "update_ticket", {}, AT_ONCE, case_id="c1")
        store.write(lambda tx, new=new: tx.outbox.add([new], NOW))  # type: ignore[misc]


def give(store: Store, giving: PageGiving, *digests: str) -> str | None:
    return store.write(lambda tx: tx.pages.give(giving, digests, NOW))


def leads_to(store: Store, digest: str) -> str | None:
    found = store.read(lambda tx: tx.cases.whole("page", digest))
    return found.case.id if found else None


def test_an_attempt_that_is_made_again_tells_the_same_and_a_later_update_nothing(store: Store) -> None:
    assert give(store, FIRST, "d1") == "d1"
    assert give(store, FIRST, "d1") == "d1"
    store.write(lambda tx: tx.settle("c1.1", None, NOW))
    assert give(store, PageGiving("c1", "501", "5", "c1.2"), "d1") is None
    assert leads_to(store, "d1") == "c1"
    assert leads_to(store, "d2") is None


def test_what_nobody_got_is_told_by_the_next_update(store: Store) -> None:
    give(store, FIRST, "d1")
    store.write(lambda tx: tx.outbox.dead("c1.1", "refused"))
    assert give(store, PageGiving("c1", "501", "5", "c1.2"), "d1") == "d1"


def test_a_new_secret_gives_a_new_address_once_it_is_told_and_the_old_one_opens_nothing(store: Store) -> None:
    give(store, FIRST, "old")
    assert give(store, FIRST, "new", "old") == "old"
    store.write(lambda tx: tx.settle("c1.1", None, NOW))
    assert leads_to(store, "old") == "c1"
    assert give(store, PageGiving("c1", "501", "5", "c1.2"), "new", "old") == "new"
    assert (leads_to(store, "old"), leads_to(store, "new")) == (None, "c1")


def test_it_leads_nowhere_once_the_case_has_another_requester_or_ticket(store: Store) -> None:
    give(store, FIRST, "d1")
    found = store.read(lambda tx: tx.cases.get("c1"))
    assert found is not None
    other = CaseRow("c1", "tier_1", "p1", NOW, ticket_id="5", requester_id="502", body={"n": 1})
    store.write(lambda tx: tx.cases.save(other, found.version))
    assert leads_to(store, "d1") is None
    give(store, PageGiving("c1", "502", "5", "c1.2"), "d2")
    assert (leads_to(store, "d1"), leads_to(store, "d2")) == (None, "c1")
    moved = CaseRow("c1", "tier_1", "p1", NOW, ticket_id="6", requester_id="502", body={"n": 1})
    store.write(lambda tx: tx.cases.save(moved, found.version + 1))
    assert leads_to(store, "d2") is None
