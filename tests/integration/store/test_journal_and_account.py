"""What the journal, the account and the marks keep."""

from __future__ import annotations

from datetime import timedelta

from store import CaseRow, Mark, Store, Tx
from tests.integration.store.conftest import NOW


def test_the_journal_tells_a_case_in_order(store: Store) -> None:
    def live(tx: Tx) -> None:
        tx.policies.keep("p", {})
        tx.cases.save(CaseRow("c1", "checking", "p", NOW), 0)
        tx.journal.append("parley", "checked", NOW, case_id="c1", ticket_id="5", why={"rule": "x"}, cause="k")
        tx.journal.append("agent 9", "moved", NOW, case_id="c1")
        tx.journal.append("parley", "refused", NOW, ticket_id="6", why="no open case")

    store.write(live)
    lines = store.read(lambda tx: tx.journal.of_case("c1"))
    assert [(line.actor, line.what, line.why, line.cause) for line in lines] == [
        ("parley", "checked", {"rule": "x"}, "k"),
        ("agent 9", "moved", None, None),
    ]
    assert [line.why for line in store.read(lambda tx: tx.journal.of_ticket("6"))] == ["no open case"]


def test_an_account_value_is_overwritten_found_by_prefix_and_forgotten(store: Store) -> None:
    def live(tx: Tx) -> None:
        tx.account.set("field:tier", 1, NOW)
        tx.account.set("field:tier", {"id": 2}, NOW)
        tx.account.set("field%", 3, NOW)
        tx.account.set("webhook", ["s1", "s2"], NOW)

    store.write(live)
    assert store.read(lambda tx: tx.account.get("field:tier")) == {"id": 2}
    assert store.read(lambda tx: tx.account.all("field:")) == {"field:tier": {"id": 2}}
    store.write(lambda tx: tx.account.forget("webhook"))
    assert store.read(lambda tx: tx.account.get("webhook")) is None


def test_a_mark_keeps_its_value_and_moment(store: Store) -> None:
    later = NOW + timedelta(seconds=15)
    assert store.read(lambda tx: tx.marks.get("clock")) is None
    store.write(lambda tx: tx.marks.set("clock", None, NOW))
    store.write(lambda tx: tx.marks.set("clock", {"cursor": "abc"}, later))
    assert store.read(lambda tx: tx.marks.get("clock")) == Mark({"cursor": "abc"}, later)
