"""I16: each reader is written to in their own language, read off what left and off the services' own books."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from connector.zendesk.tickets.serialize import OURS
from escalation.model.case import Case
from escalation.policies.texts import GAP, Audience
from tests.simulation.scheduler import Violation
from tests.simulation.simulated_desk import SimulatedDesk
from tests.simulation.template import template

TURNED = "writing in "
LETTERS = ("message.", "email.", "digest.")
"""What the keys of whole letters to the other side begin with, and of those that several go into."""


def check_languages(desk: SimulatedDesk, rows: list[Any]) -> None:
    """What requesters are told is in theirs, and what the other side is told in its company's."""
    cases = desk.cases()
    for case in cases:
        _chosen(desk, case)
        _as_the_case_had_it(desk, case, [row for row in rows if row.case_id == case.id and _is_told(row)])
        _in_the_companys(desk, case)
    _as_asked_for(desk, {row.id: row.body["say"]["language"] for row in rows if _is_told(row)})


def _is_told(row: Any) -> bool:
    return row.kind == "update_ticket" and bool((row.body.get("say") or {}).get("public"))


def _chosen(desk: SimulatedDesk, case: Case) -> None:
    """A case's language is what its requester chose in Zendesk, where there are texts, else the policy's.

    That is the company's, or the desk's where no company was known yet when the case was opened.
    """
    user = desk.zendesk.account.users.get(int(case.requester.id or 0))
    if user is None or case.ended or not case.language:
        return
    policy = template().policy
    theirs = policy.texts.best_for(user.locale or "")
    if case.language not in ({theirs} if theirs else {policy.language, policy.of_company(case.company).language}):
        raise Violation(f"I16: {case.id} is told in {case.language} to somebody who chose {user.locale}.")


def _as_the_case_had_it(desk: SimulatedDesk, case: Case, told: list[Any]) -> None:
    """What a requester is told is one of the desk's texts, in the language that their case had when it was said."""
    journal = desk.look(lambda tx: tx.journal.of_case(case.id))
    turned = [(line.at, line.what.removeprefix(TURNED)) for line in journal if line.what.startswith(TURNED)]
    for row in told:
        language = row.body["say"]["language"]
        later = [to for at, to in turned if at <= row.created_at]
        if (later and language != later[-1]) or (not turned and language != case.language):
            raise Violation(f"I16: {row.id} is in {language}, its case in {later[-1:] or case.language}.")
        if not _is_a_text(language, row.body["say"]["text"], "requester"):
            raise Violation(f"I16: {row.id} says no text of {language}.")


def _as_asked_for(desk: SimulatedDesk, languages: dict[str, str]) -> None:
    """What stands on a ticket, be it a macro's, is in the language that it was asked for in."""
    for ticket in desk.zendesk.account.tickets:
        for comment in desk.zendesk.comments(ticket):
            one = comment["metadata"]["custom"].get(OURS)
            if (
                comment["public"]
                and one in languages
                and not _is_a_text(languages[one], comment["body"], "requester")
            ):
                raise Violation(f"I16: {one} is on its ticket in another language than asked for.")


def _in_the_companys(desk: SimulatedDesk, case: Case) -> None:
    """What the other side is told begins like a letter in its company's language; an agent's words like none."""
    language = template().policy.of_company(case.company).language
    others = [one for one in template().policy.texts.languages if one != language]
    for said in _to_the_other_side(desk, case):
        if any(_is_a_text(other, said, "other_side") for other in others):
            raise Violation(f"I16: {case.id}'s other side reads {language}, and was told: {said[:60]}")


def _to_the_other_side(desk: SimulatedDesk, case: Case) -> Iterator[str]:
    """What stands on the assignment by this case's reference: another case of it may know its company already."""
    if case.assignment_id in desk.workmarket.assignments:
        notes = desk.workmarket.notes(case.assignment_id)
        yield from (note.text for note in notes if f"[Ref {case.reference}-" in note.text)
    for row in desk.zendesk.conversations(int(case.ticket_id)):
        if row["external_ids"].get(OURS):
            yield row["subject"]
            yield row["events"][0]["message"]["body"]


@cache
def _texts_of(language: str, audience: Audience) -> tuple[tuple[str, ...], ...]:
    """The whole texts of a language: of each what stands between its gaps, in lower case."""
    texts = template().policy.texts.of(language)
    keys = [key for key, whose in texts.audiences.items() if whose == audience]
    wanted = keys if audience == "requester" else [key for key in keys if key.startswith(LETTERS)]
    return tuple(tuple(_with_more(GAP.sub("\0", texts.templates[key])).lower().split("\0")) for key in wanted)


def _with_more(text: str) -> str:
    """A text with gaps where the desk tells more on a ticket: behind its greeting, and in front of its closing."""
    body, gap, closing = text.rpartition("\n\n")
    greeting, line, said = body.partition("\n\n")
    return f"{greeting}\0{line}{said}\0{gap}{closing}" if gap else text


def _is_a_text(language: str, said: str, audience: Audience) -> bool:
    """Whether something is one of the texts, whatever its gaps are filled with. Parts are looked for from left to
    right: a pattern with as many gaps takes a hundred times as long to find that it is not."""
    return any(_holds(said.lower(), parts) for parts in _texts_of(language, audience))


def _holds(said: str, parts: tuple[str, ...]) -> bool:
    at = len(parts[0]) if said.startswith(parts[0]) else -1
    for part in parts[1:]:
        found = said.find(part, at) if at >= 0 else -1
        at = found + len(part) if found >= 0 else -1
    return at >= 0
