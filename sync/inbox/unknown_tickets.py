"""The desk's own hand where this database knows nothing of it: it is older than what it sees."""

from __future__ import annotations

from collections.abc import Mapping

from escalation.engine.ours import begins_with, reference_in, references_in
from escalation.language.names_to_tell import name_to_tell
from escalation.language.quoting import unquoted
from escalation.model.audience import NOTHING, Public
from escalation.model.case import Case
from escalation.model.events import Observed
from escalation.model.messages import TicketHint
from escalation.model.tiers import POSTED
from escalation.model.views import AssignmentView
from escalation.policies.texts import Texts
from store import CaseRow, Tx
from store.records.fast import values_of
from sync.inbox.work import Work
from sync.shared.codec import encode_message, readable_case
from sync.shared.names import case_id_of, row_ids_of, ticket_lane
from sync.shared.recording import letter_began

SENTENCE = (
    "The desk has written here what this database does not know: it was restored from an older one. "
    "Compare; `replay` lets a ticket without a case begin one, `discard` leaves it as it is."
)
UNKNOWN = (
    "A message on the assignment ends like one of the desk's, with a reference that this database does not know. "
    "It is taken for anybody's message, and nothing waits for this. If the database was restored, compare; "
    "otherwise `discard` it."
)
LETTERS = "stranger:"
"""How the keys of these letters begin: what a person decided about one is read in it, so that it stays."""


def may_begin(work: Work, ticket_id: str, seen: Observed) -> bool:
    """Whether a case may begin here. Where the desk has been before, only once a person has replayed the letter."""
    if not told(work, ticket_id, seen):
        return True
    letter = work.tx.inbox.by_key(_key(ticket_id))
    # Discarding keeps the letter's error, replaying takes it away.
    return letter is not None and letter.state == "done" and letter.error is None


def told(work: Work, ticket_id: str, seen: Observed, case: Case | None = None) -> bool:
    """Whether the desk's hand is seen where it is not known; once per ticket that is a dead letter.

    A reference alone is nobody's hand: people end their messages as they like. It is a letter of its own, and
    proves nothing. The desk's own words under it do.
    """
    messages = _unknown_messages(work.tx, seen, case)
    texts = work.policies.current.texts
    ours = _unknown_update(work.tx, seen) or any(_desks_words(texts, seen, message) for message in messages)
    if ours:
        _letter(work, _key(ticket_id), ticket_id, SENTENCE)
    elif messages:
        _letter(work, f"reference:{ticket_id}", ticket_id, UNKNOWN)
    return ours


def _letter(work: Work, key: str, ticket_id: str, sentence: str) -> None:
    body = encode_message("ticket.changed", TicketHint(ticket_id))
    letter = values_of(key, "ticket.changed", ticket_lane(ticket_id), body, work.now, dead=sentence)
    (receipt,) = work.tx.inbox.record_many([letter])
    if receipt.new:
        case = work.tx.cases.by_ticket(ticket_id)
        letter_began(work.tx, f"in-{receipt.id}", "ticket.changed", case.id if case else None, ticket_id, work.now)


def _key(ticket_id: str) -> str:
    return f"{LETTERS}{ticket_id}"


def _unknown_update(tx: Tx, seen: Observed) -> bool:
    ours = {update.ours for update in seen.updates if update.ours}
    return not tx.outbox.know_all(ours)


def _unknown_messages(tx: Tx, seen: Observed, case: Case | None) -> list[str]:
    """What authors wrote under references that no case of ours has given."""
    if not isinstance(seen.assignment, AssignmentView):
        return []
    said = [unquoted(message.text) for message in seen.assignment.messages]
    unknown = _unknown_references(seen.assignment, case)
    unknown -= set(_posted(tx, seen.assignment.id, unknown))
    return [text for text in said if reference_in(text) in unknown]


def _unknown_references(assignment: AssignmentView, case: Case | None) -> frozenset[str]:
    of_files = {found for one in assignment.files if (found := reference_in(one.description))}
    return (references_in(assignment.messages) | of_files) - set(case.posts.posted if case else ())


def posted_by_others(work: Work, case: Case, seen: Observed) -> dict[str, str]:
    """What other cases of this desk posted under the references that stand on the assignment, and what is in the
    desk's own words though this database has forgotten it."""
    if not isinstance(seen.assignment, AssignmentView):
        return {}
    texts = work.policies.current.texts
    forgotten = {
        number: text
        for text in _unknown_messages(work.tx, seen, case)
        if (number := reference_in(text)) and _desks_words(texts, seen, text)
    }
    return forgotten | _posted(work.tx, seen.assignment.id, _unknown_references(seen.assignment, case))


def _posted(tx: Tx, assignment_id: str, references: frozenset[str]) -> dict[str, str]:
    """The texts of those references that are ours: a case of the assignment gave them, or one that went by it."""
    if not references:
        return {}
    rows = tx.cases.list(assignment_id=assignment_id)
    found = {number: text for row in rows for number, text in _posted_by(row).items()}
    for number in references - found.keys():
        for row in _cases_of(tx, number):
            found |= _posted_by(row)
    return {number: found[number] for number in references & found.keys()}


def _posted_by(row: CaseRow) -> Mapping[str, str]:
    case = readable_case(row.body)
    return case.posts.posted if case is not None else {}


def _cases_of(tx: Tx, number: str) -> list[CaseRow]:
    """The cases whose messages may end with such a reference: it is made from their id."""
    ids = (case_id_of(row_id) for row_id in row_ids_of(number.partition("-")[0]))
    return [row for case_id in ids if (row := tx.cases.get(case_id)) is not None]


def _desks_words(texts: Texts, seen: Observed, text: str) -> bool:
    """Whether a text begins with what the desk says there each time; what differs stands behind."""
    number = seen.assignment.id if seen.assignment else ""
    always = (
        one.public(key, assignment_id=number, greeting=greeting, about=NOTHING, next=NOTHING)
        for one in (texts, *texts.translations.values())
        for greeting in _greetings(one, seen)
        for key in POSTED
    )
    return any(begins_with(words, text) for words in always)


def _greetings(texts: Texts, seen: Observed) -> list[Public]:
    """How the desk may have greeted there: by a name that the assignment shows, by none, and before it did not."""
    known = seen.assignment if isinstance(seen.assignment, AssignmentView) else None
    names = (known.support_contact.name, known.worker.name) if known else ()
    named = [texts.public("greeting.named", name=name) for one in names if (name := name_to_tell(one))]
    return [*named, texts.public("greeting.plain"), NOTHING]
