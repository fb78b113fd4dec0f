"""The invariants, read off the services' own books and the database, which need not agree with each other."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

from connector.reading import moment
from connector.zendesk.tickets.serialize import OURS
from sync.outbox.retry_schedule import RetrySchedule
from tests.asserting import untrue
from tests.simulation.case_views import check_views
from tests.simulation.languages import check_languages
from tests.simulation.scheduler import Violation
from tests.simulation.simulated_desk import (
    CANARY,
    CLIENTS_WORDS,
    REQUESTERS,
    SimulatedDesk,
    canary_of,
    waits_for_a_word,
)

REFERENCE = re.compile(r"\[Ref ([0-9A-Z]{4}-\d+)\]\s*$")


def check_always(desk: SimulatedDesk) -> None:
    """What holds at every moment: nothing twice, nothing that nobody asked for, nothing at the wrong audience."""
    if desk.network.wrong:
        raise Violation(desk.network.wrong[0])
    _effects_once(desk)
    _messages_once(desk)
    _files_once(desk)
    _conversations_once(desk)
    _nothing_leaks(desk)
    _companies_apart(desk)


def check_given_up(desk: SimulatedDesk) -> None:
    """What could not be sent becomes a dead letter only after the days that the policy gives it."""
    # A clock that was set is believed until a service says otherwise.
    whole = RetrySchedule.of(desk.template.policy, lambda: 0.0).whole - timedelta(seconds=desk.sim.widest_step_s)
    for row in desk.look(lambda tx: tx.outbox.dead_letters()):
        keys = [f"refused:{row.id}", f"unsettled:{row.id}:{row.attempts}"]
        told = desk.look(lambda tx, keys=keys: [tx.inbox.by_key(key) for key in keys])
        tried_for = desk.sim.now() - row.created_at
        if not any(told) and row.attempts and tried_for < whole:
            raise Violation(f"I14: {row.id} ({row.kind}) was given up after {tried_for}: {row.error}")


def check_at_the_end(desk: SimulatedDesk) -> None:
    """What holds once everybody is well again and all is done."""
    check_always(desk)
    if desk.network.unexpected:
        raise Violation(f"The stand-ins do not know {desk.network.unexpected[:3]}.")
    rows = desk.look(_all_rows)
    _each_to_their_own(desk)
    _nothing_left(desk)
    _done_is_visible(desk, rows)
    _told_once(desk, rows)
    _in_order(desk, rows)
    _every_request_has_a_case(desk)
    _everybody_is_heard(desk)
    check_languages(desk, rows)
    check_views(desk)
    _true_when_said(desk)
    _as_often_as_noted(desk, rows)


def _true_when_said(desk: SimulatedDesk) -> None:
    """I18: no text asserts what was not so when it was decided."""
    for one in untrue(desk.look, desk.zendesk, desk.workmarket, desk.template.policy.texts):
        raise Violation(f"I18: {one}")


def _all_rows(tx: Any) -> list[Any]:
    return sorted((row for case in tx.cases.list() for row in tx.outbox.of_case(case.id)), key=lambda row: row.seq)


def effects_on(desk: SimulatedDesk, ticket: int) -> list[str]:
    """Our ids in the ticket's audits, in their order."""
    found = (audit["metadata"].get("custom", {}).get(OURS) for audit in desk.zendesk.audits(ticket))
    return [one for one in found if one]


def tickets(desk: SimulatedDesk) -> list[int]:
    return sorted(desk.zendesk.account.tickets)


def is_gone(desk: SimulatedDesk, ticket: int) -> bool:
    """Whether nothing can be written on a ticket any more."""
    return desk.zendesk.status_label(ticket) in ("Closed", "Deleted")


def messages_on(desk: SimulatedDesk, number: str) -> list[str]:
    """The references of the desk's messages on an assignment."""
    found = (REFERENCE.search(note.text) for note in desk.workmarket.notes(number))
    return [match.group(1) for match in found if match]


def _effects_once(desk: SimulatedDesk) -> None:
    seen = Counter(one for ticket in tickets(desk) for one in effects_on(desk, ticket))
    for one, times in seen.items():
        if times > 1:
            raise Violation(f"I1: {one} is on its ticket {times} times.")


def _messages_once(desk: SimulatedDesk) -> None:
    for number in desk.workmarket.assignments:
        for one, times in Counter(messages_on(desk, number)).items():
            if times > 1:
                raise Violation(f"I1: the message {one} stands {times} times on assignment {number}.")


def files_on(desk: SimulatedDesk, number: str) -> list[str]:
    """The references of the desk's files on an assignment."""
    found = (REFERENCE.search(one.description) for one in desk.workmarket.files(number))
    return [match.group(1) for match in found if match]


def _files_once(desk: SimulatedDesk) -> None:
    """Of each reference and of each case's contents one file, whichever way; and none whom it is not for."""
    for number in desk.workmarket.assignments:
        posted = [one for one in desk.workmarket.files(number) if REFERENCE.search(one.description)]
        # The first four letters of a reference are its case's.
        cases = [(REFERENCE.search(one.description)[1][:4], one.content) for one in posted]  # type: ignore[index]
        for named in (files_on(desk, number), cases):
            if len(set(named)) < len(named):
                raise Violation(f"I1: a file stands on assignment {number} twice.")
        if any(CANARY.encode() in one.content or REQUESTERS in one.content for one in posted):
            raise Violation("I7: a file that nobody chose for the assignment is there.")
    for ticket in tickets(desk):
        ours = [one for one in desk.zendesk.comments(ticket) if one["metadata"]["custom"].get(OURS)]
        files = [(file["id"], one["public"]) for one in ours for file in one["attachments"]]
        contents = [desk.zendesk.account.files.by_id[file].content for file, _ in files]
        if len(set(contents)) < len(contents):
            raise Violation(f"I1: a file came to ticket {ticket} twice.")
        if any(public for _, public in files):
            raise Violation(f"I7: a file of the assignment is public on ticket {ticket}.")


def _conversations_once(desk: SimulatedDesk) -> None:
    seen = Counter(
        row["external_ids"].get(OURS) for ticket in tickets(desk) for row in desk.zendesk.conversations(ticket)
    )
    for one, times in seen.items():
        if one and times > 1:
            raise Violation(f"I1: the side conversation {one} was begun {times} times.")


def _nothing_leaks(desk: SimulatedDesk) -> None:
    public = [text for ticket in tickets(desk) for text in desk.zendesk.public_comments(ticket)]
    public += [note.text for number in desk.workmarket.assignments for note in desk.workmarket.notes(number)]
    public += [str(mail) for mail in desk.zendesk.mails]
    if any(CANARY in text for text in public):
        raise Violation("I7: what only agents may read is public.")


def _companies_apart(desk: SimulatedDesk) -> None:
    """Nothing of a client company is in what is written about another's case, be it for agents only."""
    if not desk.companies:
        return
    for number, assignment in desk.workmarket.assignments.items():
        others = [canary_of(one) for one in desk.companies if one != assignment.company]
        texts = [note.text for note in desk.workmarket.notes(number)]
        for case in desk.look(lambda tx, number=number: tx.cases.list(assignment_id=number)):
            if case.company not in (None, assignment.company):
                raise Violation(f"I15: {case.id} is taken for one of {case.company}.")
            texts += texts_on(desk, int(case.ticket_id))
        if any(canary in text for canary in others for text in texts):
            raise Violation(f"I15: another company's words are written about assignment {number}.")


def texts_on(desk: SimulatedDesk, ticket: int) -> list[str]:
    """Everything that is written on a ticket and in its side conversations."""
    conversations = [str(row) for row in desk.zendesk.conversations(ticket)]
    return [*desk.zendesk.public_comments(ticket), *desk.zendesk.notes(ticket), *conversations]


def _each_to_their_own(desk: SimulatedDesk) -> None:
    """No note of the desk leaves the house, and no requester reads of another's ticket, nor what it says."""
    market, texts = desk.workmarket, desk.template.policy.texts
    outside = [note.text for number in market.assignments for note in market.notes(number)]
    outside += [str(row) for ticket in tickets(desk) for row in desk.zendesk.conversations(ticket)]
    clients = desk.clients_tickets()
    for ticket in tickets(desk):
        told = desk.zendesk.public_comments(ticket)
        if any(texts.holds_agents_words(text) for text in told):
            raise Violation(f"I7: the requester of ticket {ticket} was told a note for agents.")
        others = [name for one, name in clients.items() if one != ticket]
        if any(f"{CLIENTS_WORDS}{name}." in text for text in told for name in others):
            raise Violation(f"I7: the requester of ticket {ticket} was told another's words.")
        if any(re.search(rf"#{one}\b", text) for text in told for one in tickets(desk) if one != ticket):
            raise Violation(f"I7: the requester of ticket {ticket} was told of another's ticket.")
    if any(texts.holds_agents_words(text) or CLIENTS_WORDS in text for text in outside):
        raise Violation("I7: the other side was told a note for agents, or what a client wrote to the desk.")


def _nothing_left(desk: SimulatedDesk) -> None:
    def left(tx: Any) -> list[str]:
        unfinished = [f"{row.id} is {row.state}" for row in tx.outbox.unfinished() if not waits_for_a_word(tx, row)]
        counts = tx.inbox.counts()
        return unfinished + [f"{counts[state]} rows of the inbox are {state}" for state in counts if counts[state]]

    found = desk.look(left)
    if found:
        raise Violation(f"I4: not everything is done: {'; '.join(found[:5])}.")


def _done_is_visible(desk: SimulatedDesk, rows: list[Any]) -> None:
    """Done in our books and done at the service are the same, both ways, and in the right place."""
    audits = {one: str(ticket) for ticket in tickets(desk) for one in effects_on(desk, ticket)}
    posted = {one: number for number in desk.workmarket.assignments for one in messages_on(desk, number)}
    begun = {
        row["external_ids"].get(OURS): str(ticket)
        for ticket in tickets(desk)
        for row in desk.zendesk.conversations(ticket)
    }
    filed = {one: number for number in desk.workmarket.assignments for one in files_on(desk, number)}
    seen = {
        "update_ticket": audits,
        "post_message": posted,
        "start_conversation": begun,
        "copy_file": audits,
        "post_file": filed,
    }
    known = {_name(row) for row in rows}
    for row in rows:
        if row.kind in seen and not _beyond_reading(desk, row, audits):
            where = seen[row.kind].get(_name(row))
            if (row.state == "done") != (where is not None):
                raise Violation(f"I5: {_name(row)} ({row.kind}) is {row.state}, its service says otherwise.")
            if where is not None and where != _place(row):
                raise Violation(f"I8: {_name(row)} is at {where}.")
    for one in [*audits, *posted, *filed]:
        if one not in known and not _without_case(desk, one):
            raise Violation(f"I2: nobody asked for {one}.")


def _name(row: Any) -> str:
    """Under which name the service shows an effect."""
    if row.kind in ("post_message", "post_file"):
        return str(row.body["reference"])
    return str(row.body.get("told_in") or row.id)


def _place(row: Any) -> str:
    """Where an effect is shown: a letter with several cases stands on the ticket of one."""
    if row.kind == "copy_file":
        return str(row.body["ticket_id"])
    return str(row.body.get("told_on") or row.body.get("assignment_id") or row.body.get("ticket_id"))


def _told_once(desk: SimulatedDesk, rows: list[Any]) -> None:
    """Each case is told once to each reader, by itself or with others, and only where that was asked."""
    numbers = {case.id: case.assignment_id for case in desk.cases()}
    letters = [row for row in rows if row.kind == "start_conversation" and row.state == "done"]
    asked = Counter((row.body["to_email"], numbers[row.case_id]) for row in letters)
    told: Counter[tuple[str, str]] = Counter()
    for ticket in tickets(desk):
        for conversation in desk.zendesk.conversations(ticket):
            first = conversation["events"][0]["message"]
            said = f"{first['subject']} {first['body']}"
            named = [number for number in {*numbers.values()} if number and number in said]
            told.update((to["email"], number) for to in first["to"] for number in named)
    lost = [row for row in rows if row.kind == "start_conversation" and row.state in ("dead", "discarded")]
    if told - asked and not lost:
        raise Violation(f"I1: {told - asked} were told more often than was asked.")
    if asked - told and not any(is_gone(desk, ticket) for ticket in tickets(desk)):
        raise Violation(f"I5: {asked - told} were not told.")


def _beyond_reading(desk: SimulatedDesk, row: Any, audits: dict[str, str]) -> bool:
    """What a deleted ticket no longer shows, and what Zendesk keeps no audit of since it changed nothing."""
    ticket = row.body.get("ticket_id")
    if row.state in ("dead", "discarded") and ticket is not None and is_gone(desk, int(ticket)):
        return True
    if row.state == "done" and (row.result or {}).get("same"):
        return True
    return row.state == "done" and row.id not in audits and row.id in desk.network.changed_nothing


def _without_case(desk: SimulatedDesk, one: str) -> bool:
    row = desk.look(lambda tx: tx.outbox.get(one))
    return row is not None and row.state == "done"


def _in_order(desk: SimulatedDesk, rows: list[Any]) -> None:
    for ticket in tickets(desk):
        seen = effects_on(desk, ticket)
        asked = [row.id for row in rows if row.kind == "update_ticket" and row.id in seen]
        seen = [one for one in seen if one in asked]
        if seen != asked and not desk.sim.fired["replayed"]:
            raise Violation(f"I3: ticket {ticket} was told {seen}, in the order {asked}.")


def _every_request_has_a_case(desk: SimulatedDesk) -> None:
    """Nobody's request is forgotten: each ticket on the form is desked once, and told so; none is doubled."""
    cases = {case.ticket_id: case for case in desk.cases()}
    if len(cases) != len(desk.cases()):
        raise Violation("I1: a ticket has two cases.")
    accepted = {f"request:{one.name}" for one in desk.accepted if one.service == "marketplace"}
    kept = {
        row.key
        for row in desk.look(lambda tx: [tx.inbox.by_key(f"request:{one}") for one in desk.handed_in])
        if row
    }
    expected = len(desk.tickets) + len(accepted | kept)
    if len(tickets(desk)) != expected:
        raise Violation(f"I1: there are {len(tickets(desk))} tickets for {expected} requests.")
    for ticket in tickets(desk):
        over = is_gone(desk, ticket) or desk.zendesk.ticket(ticket)["status"] == "solved"
        if str(ticket) not in cases and not over:
            raise Violation(f"I1: ticket {ticket} was never desked.")
        if not over and not effects_on(desk, ticket) and not cases[str(ticket)].ended:
            raise Violation(f"I1: the requester of ticket {ticket} was never told anything.")


def _everybody_is_heard(desk: SimulatedDesk) -> None:
    """What each requester wrote on their ticket was heard, once; so was what an agent told them."""
    for case in desk.cases():
        ticket = int(case.ticket_id)
        if is_gone(desk, ticket):
            continue
        journal = desk.look(lambda tx, one=case.id: tx.journal.of_case(one))
        heard = sum(line.what == "the requester wrote" for line in journal)
        comments = desk.zendesk.comments(ticket)[1:]
        written = sum(str(comment["author_id"]) == case.requester.id for comment in comments)
        if heard != written:
            raise Violation(
                f"I13: the requester of ticket {ticket} wrote {written} times and was heard {heard} times."
            )
        told = [
            moment(comment["created_at"]) for comment in comments if comment["public"] and _by_agent(desk, comment)
        ]
        if told and not case.ended and (case.last_public is None or case.last_public < max(told)):
            raise Violation(f"I13: what an agent told the requester of ticket {ticket} was not heard.")


def _by_agent(desk: SimulatedDesk, comment: Any) -> bool:
    author = desk.zendesk.account.users[comment["author_id"]]
    return author.is_agent and not comment["metadata"]["custom"].get(OURS)


def _as_often_as_noted(desk: SimulatedDesk, rows: list[Any]) -> None:
    """Every write that left was noted before it left."""
    if desk.swap.get("retries") or desk.sim.fired["replayed"]:
        return
    for row in rows:
        called = {"post_message": "message", "post_file": "file"}.get(row.kind)
        key = f"{called} {row.body['reference']}" if called else row.id
        if desk.network.writes[key] > row.attempts:
            raise Violation(f"I10: {key} left {desk.network.writes[key]} times, noted are {row.attempts}.")
