"""A case with all that stands around it, by one question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bench.counting import traced
from store import CaseRow, NewOutboxRow, Store, Tx
from tests.integration.store.conftest import NOW

CASE = CaseRow("C-1", "tier_1", "p", NOW, "35", "880011", "worker", body={"id": "C-1"}, blocks=True, company="acme")
OTHER = replace(CASE, id="C-2", ticket_id="36", party="client", state="tier_2", body={"id": "C-2"})
STRANGER = replace(CASE, id="C-3", ticket_id="37", assignment_id="880012", body={"id": "C-3"})


def fill(store: Store) -> None:
    def write(tx: Tx) -> None:
        tx.policies.keep("p", {})
        for case in (CASE, OTHER, STRANGER):
            tx.cases.save(case, 0)
        for case in ("C-1", "C-3"):
            tx.journal.append("parley", f"of {case}", NOW, case_id=case, why={"because": 1})
            tx.journal.append("Ada", f"later of {case}", NOW, case_id=case, why="so")
            kinds = ("update_ticket", "look", "post_message", "update_ticket")
            rows = [
                NewOutboxRow(f"{case}.{n}", f"lane:{case}:{n}", kind, {"n": n}, NOW, case)
                for n, kind in enumerate(kinds)
            ]
            tx.outbox.add(rows, NOW)
            tx.outbox.done(f"{case}.0", {"text": "Hello"})
            tx.outbox.done(f"{case}.1")
            tx.outbox.postpone(f"{case}.2", "todo", NOW + timedelta(hours=1), "503", since=NOW)
            tx.outbox.dead(f"{case}.3", "It was refused.")
        for ticket in ("35", "37"):
            tx.inbox.record(f"key {ticket}", "ticket.changed", f"ticket:{ticket}", {}, NOW)
            found = tx.inbox.by_key(f"key {ticket}")
            assert found is not None
            tx.inbox.mark_dead(found.id, "Handling it failed.")
            tx.inbox.record(f"new {ticket}", "command.resume", f"ticket:{ticket}", {}, NOW)
        tx.budgets.lock("zendesk", NOW)
        tx.budgets.pause("zendesk", NOW + timedelta(minutes=1), 2)

    store.write(write)


def test_a_case_comes_with_its_effects_its_journal_its_rival_its_news_and_the_budgets(store: Store) -> None:
    fill(store)
    found = store.read(lambda tx: tx.cases.whole("ticket_id", "35"))
    assert found is not None
    case = found.case
    assert (case.id, case.ticket_id, case.state, case.policy, case.company, case.version) == (
        "C-1", "35", "tier_1", "p", "acme", 1,
    )  # fmt: skip
    assert (case.body, case.changed_at) == ({"id": "C-1"}, NOW)
    assert [(one.row.id, one.row.state, one.row.kind) for one in found.effects] == [
        ("C-1.0", "done", "update_ticket"),
        ("C-1.2", "todo", "post_message"),
        ("C-1.3", "dead", "update_ticket"),
    ]
    first, waiting, _ = found.effects
    assert (first.row.result, first.row.body) == ({"text": "Hello"}, {"n": 0})
    assert (waiting.waits_since, waiting.row.error, waiting.row.due) == (NOW, "503", NOW + timedelta(hours=1))
    assert [(line.what, line.actor, line.why) for line in found.journal] == [
        ("of C-1", "parley", {"because": 1}),
        ("later of C-1", "Ada", "so"),
    ]
    assert found.crossed is not None
    assert (found.crossed.id, found.crossed.ticket_id, found.crossed.body) == ("C-2", "36", {"id": "C-2"})
    assert found.budgets["zendesk"].paused_until == NOW + timedelta(minutes=1)
    assert [(one.kind, one.error) for one in found.letters] == [("ticket.changed", "Handling it failed.")]
    assert [(one.kind, one.error) for one in found.waiting] == [("command.resume", "")]


def test_what_was_done_about_its_ticket_before_there_was_a_case_stands_in_its_journal(store: Store) -> None:
    def write(tx: Tx) -> None:
        tx.journal.append("Ada", "replayed", NOW, ticket_id="35", why="It was down.")
        tx.journal.append("Ada", "replayed", NOW, ticket_id="36", why="Of another.")

    store.write(write)
    fill(store)
    for key, name in (("ticket_id", "35"), ("id", "C-1")):
        found = store.read(lambda tx, key=key, name=name: tx.cases.whole(key, name))
        assert [line.why for line in found.journal] == ["It was down.", {"because": 1}, "so"]
        youngest = store.read(lambda tx, key=key, name=name: tx.cases.whole(key, name, 2))
        assert [line.why for line in youngest.journal] == [{"because": 1}, "so"]


def test_it_is_found_by_its_id_too_and_the_youngest_of_it_where_not_all_is_asked_for(store: Store) -> None:
    fill(store)
    found = store.read(lambda tx: tx.cases.whole("id", "C-1", 1))
    assert found is not None
    assert [one.row.id for one in found.effects] == ["C-1.3"]
    assert [line.what for line in found.journal] == ["later of C-1"]


def test_a_case_that_stands_alone_and_one_that_is_not_there(store: Store) -> None:
    fill(store)
    alone = store.read(lambda tx: tx.cases.whole("id", "C-3"))
    assert alone is not None and alone.crossed is None
    assert store.read(lambda tx: tx.cases.whole("ticket_id", "99")) is None
    assert store.read(lambda tx: tx.cases.whole("id", "35")) is None


def test_it_is_one_statement(url: str) -> None:
    with traced() as tracer, Store.open(url, now=lambda: NOW) as store:
        fill(store)
        store.read(lambda tx: tx.cases.whole("ticket_id", "35"))
        before = tracer.asked()
        store.read(lambda tx: tx.cases.whole("ticket_id", "35"))
        assert (tracer.asked() - before).statements == 1
