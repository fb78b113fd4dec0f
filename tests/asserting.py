"""Whether what requesters were told was true when it was said, read off the journal and the services' own books.

The facts of `escalation/engine/asserted.py` are read here once more, by other code. The support team's own words
are not looked at: what a macro says, only they know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from connector.zendesk.tickets.serialize import OURS
from escalation.engine.journaled import (
    ABOUT_THAT_NOW,
    AGENT_TOLD,
    AGENTS_ASKED,
    LOOKED,
    PAUSED,
    SOMEBODY_REACHED,
    WROTE,
    WROTE_BETWEEN,
)
from escalation.engine.office import DESK
from escalation.policies.texts import GAP, Texts
from sync.shared.codec import decode_case

ARROW = " → "
HEARD = ("New message on the assignment: ", "A reply to our e-mail: ")
SAID = "The other side has answered: "
ANSWERED = "other_side_responded"
TIERS = {"tier_1": 1, "tier_2": 2, "tier_3": 3}
REACHED_OR_NOT = re.compile(rf"({SOMEBODY_REACHED}|nobody was reached in tier )\d( after all)?")
SEEN_OR_NOT = ("not visible", "visible again")
MANAGER_WROTE = "The account manager has replied"
BEHIND = (
    "done.",
    "review.number",
    "review.verify",
    "review.not_closed",
    "answered.",
    "then.counted",
    "then.confirmation_unanswered",
    "unseen",
    "off_platform.",
)
"""How the keys of sentences begin that stand behind a comment's text and assert something."""
SOMETHING_NEW = (AGENT_TOLD, AGENTS_ASKED, PAUSED, SOMEBODY_REACHED, WROTE)
"""How the lines of the journal begin after which there is something new to tell."""
ABOUT_A_DAY = timedelta(days=1)
"""By so much the clocks of machines may be apart; and what is told as done now was done within it."""


@dataclass(frozen=True)
class Books:
    """What stands in the books about one case at a moment: whole lines of its journal, what was sent and when."""

    lines: tuple[Any, ...]
    sent: tuple[tuple[datetime, int], ...]
    at: datetime
    noted: tuple[datetime, ...] = ()
    replies: tuple[datetime, ...] = ()
    manager_wrote: tuple[datetime, ...] = ()
    people_asked: tuple[datetime, ...] = ()
    told: tuple[tuple[datetime, str], ...] = ()
    words: tuple[datetime, ...] = ()

    def moves(self, *, before: bool = False) -> list[tuple[str, str, str]]:
        """Who moved the case from where to where, so far. Of one moment nobody knows what came first: without what
        was moved in it where that is asked `before`."""
        lines = (line for line in self.lines if line.at < self.at or (line.at == self.at and not before))
        pairs = ((line.actor, line.what.split(ARROW)) for line in lines)
        return [(actor, *pair) for actor, pair in pairs if len(pair) == 2]  # type: ignore[misc]

    def _told_moves(self, *, before: bool) -> list[tuple[str, str, str]]:
        """The moves, and among them that the other side has written in a state that this does not end."""
        lines = (line for line in self.lines if line.at < self.at or (line.at == self.at and not before))
        pairs = (
            (line.actor, ("", line.what) if line.what == WROTE_BETWEEN else line.what.split(ARROW))
            for line in lines
        )
        return [(actor, *pair) for actor, pair in pairs if len(pair) == 2]  # type: ignore[misc]

    @property
    def states(self) -> set[str]:
        """The states that the case was in at the moment."""
        so_far = [target for _, _, target in self.moves(before=True)]
        return {*(so_far[-1:] or ["checking"]), *(to for one in self._of_the_moment() for to in one)}

    def _of_the_moment(self) -> list[tuple[str, str]]:
        return [(source, target) for _, source, target in self.moves()[len(self.moves(before=True)) :]]

    def answered(self, *, before: bool = False) -> bool | None:
        """Whether there was an answer; None where an agent has led the case away from it: they may have taken it
        back, unless it stands on the assignment."""
        answered: bool | None = False
        for actor, source, target in self._told_moves(before=before):
            if target in (ANSWERED, WROTE_BETWEEN):
                answered = True
            elif source == ANSWERED and target in TIERS and actor != DESK:
                answered = any(at < self.at for at in self.words) or None
        return answered

    def taken_up(self, *, before: bool = False) -> bool:
        return any(target in TIERS for _, _, target in self.moves(before=before))

    @property
    def tier(self) -> int:
        return next((TIERS[target] for _, _, target in reversed(self.moves()) if target in TIERS), 0)

    @property
    def asked(self) -> set[int]:
        """The tiers whose message the services have."""
        return {tier for at, tier in self.sent if at <= self.at + ABOUT_A_DAY}

    @property
    def reached(self) -> set[int]:
        """The tiers in which an agent says that they reached somebody, who has not taken that back."""
        lines = [line.what for line in self.lines if line.at <= self.at and REACHED_OR_NOT.fullmatch(line.what)]
        last = {int(re.findall(r"\d", one)[0]): one.startswith(SOMEBODY_REACHED) for one in lines}
        return {tier for tier, there in last.items() if there}

    @property
    def tried(self) -> bool:
        """Whether something was on its way to the other side: nobody may know whether it came."""
        return any(line.what.startswith("entering tier") for line in self.lines if line.at <= self.at)

    @property
    def unsure(self) -> bool:
        """Whether nobody could find out whether a message arrived."""
        return any(line.what == "a message is unsettled" and line.at <= self.at for line in self.lines)

    def looked(self, *, before: bool = False) -> bool:
        """Whether an agent has commented, or set the status, since the case last came to wait for a person, or to
        wait for them over something else."""
        lines = [line for line in self.lines if line.at < self.at or (line.at == self.at and not before)]
        begins = (f"{ARROW}needs_review", ABOUT_THAT_NOW)
        came = max((n for n, line in enumerate(lines) if line.what.endswith(begins)), default=-1)
        return any(line.what in (LOOKED, AGENT_TOLD) for line in lines[came + 1 :])

    @property
    def seen_to(self) -> bool:
        """Whether an agent has answered the requester, or taken the tag off, at any time before."""
        words = (AGENT_TOLD, "the requester waits no more")
        return any(line.what in words for line in self.lines if line.at <= self.at)

    @property
    def requester_spoke(self) -> bool:
        """Whether the requester wrote lately, on the ticket or on the assignment."""
        lately = [line for line in self.lines if timedelta(0) <= self.at - line.at <= 2 * ABOUT_A_DAY]
        return any(line.actor == "the requester" or line.why.startswith("The requester ") for line in lately)

    def replied_since(self, state: str) -> bool:
        """Whether the requester has written since the case came to a state, and that was taken in."""
        words = [line.at for line in self.lines if line.what == "the requester wrote"]
        return self._since(state, words) and self._since(state, self.replies)

    def _since(self, state: str, moments: Iterable[datetime]) -> bool:
        came = [line.at for line in self.lines if line.what.endswith(f"{ARROW}{state}") and line.at < self.at]
        return bool(came) and any(came[-1] < at < self.at for at in moments)

    @property
    def settled_in_silence(self) -> bool:
        """Whether neither side was heard of since the matter was taken to be settled."""
        return not self.replied_since("confirming_outcome") and not self._since("confirming_outcome", self.noted)

    @property
    def spoke(self) -> bool:
        """Whether an agent has spoken with the requester."""
        return any(line.what == AGENT_TOLD for line in self.lines if line.at <= self.at)

    @property
    def passed_on(self) -> bool:
        """Whether an agent has spoken with the requester since the other side was last heard of."""
        heard = [line.at for line in self.lines if line.what.endswith(f"{ARROW}{ANSWERED}")]
        last = max((at for at in (*heard, *self.noted) if at < self.at), default=None)
        told = (line.at for line in self.lines if line.what == AGENT_TOLD)
        return last is not None and any(last < at < self.at for at in told)

    @property
    def written_in_tier(self) -> bool:
        """Whether the services have a message of the tier that the case is in, from since it was last entered."""
        lines = (line for line in self.lines if line.what == f"entering tier {self.tier}")
        entered = max((line.at for line in lines if line.at <= self.at), default=self.at)
        return any(entered <= at < self.at and tier == self.tier for at, tier in self.sent)

    @property
    def account_manager(self) -> bool:
        """Whether agents had read that the account manager has replied."""
        return any(at < self.at for at in self.manager_wrote)

    @property
    def last_seen(self) -> str:
        """What the journal last told of whether the assignment can be seen; empty where it told that in this very
        moment."""
        told = [line for line in self.lines if line.what in SEEN_OR_NOT and line.at <= self.at]
        return told[-1].what if told and told[-1].at < self.at else ""

    def nothing_since(self, *keys: str) -> bool:
        """Whether the last text that the requester has is one of these, and nothing stands in the books since."""
        last, key = max((one for one in self.told if one[0] < self.at), default=(self.at, ""))
        lines = [line.what for line in self.lines if last < line.at < self.at]
        heard = any(last < at < self.at for at in (*self.noted, *self.manager_wrote))
        same = key in keys or key in {f"{one}_again" for one in keys}
        return same and not heard and not any(ARROW in one or one.startswith(SOMETHING_NEW) for one in lines)

    @property
    def hidden(self) -> bool:
        """Whether the journal tells that the assignment can't be seen. It tells of no change before the first tier
        began: then it may be so where that tier's message is not there."""
        told = [line for line in self.lines if line.what in SEEN_OR_NOT and line.at <= self.at]
        if not told:
            return 1 not in self.sent_so_far
        return told[-1].what == "not visible" or told[-1].at == self.at

    @property
    def sent_so_far(self) -> set[int]:
        """The tiers whose message the services had, if all clocks are right."""
        return {tier for at, tier in self.sent if at < self.at}

    @property
    def unanswered(self) -> bool:
        """Whether the requester has written, and no agent has spoken with them since."""
        words = (line for line in self.lines if line.what == WROTE or line.what.startswith("moved to ticket"))
        wrote = max((line.at for line in words if line.at <= self.at), default=None)
        told = (line.at for line in self.lines if line.what == AGENT_TOLD)
        return wrote is not None and not any(wrote < at < self.at for at in told)


READ: dict[str, Callable[[Books], bool]] = {
    "no_answer": lambda it: it.answered(before=True) is not True,
    "answered": lambda it: it.answered() is not False,
    "answer_taken_back": lambda it: it.answered() is None,
    "on_assignment": lambda it: it.answered() is not False,
    "not_on_assignment": lambda it: not any(at < it.at for at in it.words),
    "heard": lambda it: it.answered() is not False,
    "asked": lambda it: bool(it.asked or it.reached) or it.tried,
    "people_asked": lambda it: any(at <= it.at + ABOUT_A_DAY for at in it.people_asked),
    "people_unheard": lambda it: 3 not in it.reached and any(at <= it.at + ABOUT_A_DAY for at in it.people_asked),
    "message_unsure": lambda it: it.unsure,
    "post_unsure": lambda it: it.unsure,
    "looked_for": lambda it: it.tier == 3 and 3 not in it.reached and not it.written_in_tier,
    "not_asked": lambda it: all(it.at - at < ABOUT_A_DAY for at, _ in it.sent),
    "asked_before": lambda it: bool(it.asked - {it.tier}),
    "asked_lately": lambda it: any(tier == it.tier and it.at - at <= 2 * ABOUT_A_DAY for at, tier in it.sent),
    "letter_out": lambda it: it.tier in it.sent_so_far,
    "asked_by_email": lambda it: bool(it.asked - {1}),
    "asked_on_assignment": lambda it: 1 in it.asked,
    "asked_directly": lambda it: 2 in it.asked,
    "asked_through_others": lambda it: 3 in it.asked,
    "nobody_to_ask": lambda it: it.tier == 3 and 3 not in it.reached and not it.written_in_tier,
    "nobody_to_write_to": lambda it: it.tier == 2 and 2 not in it.reached and not it.written_in_tier,
    "contact_hidden": lambda it: it.hidden,
    "number_missing": lambda it: "needs_review" in it.states and not it.taken_up(before=True),
    "email_unverified": lambda it: "needs_review" in it.states and not it.taken_up(before=True),
    "review_over": lambda it: any(source == "needs_review" for _, source, _ in it.moves()),
    "not_written_to": lambda it: 2 not in it.sent_so_far | it.reached,
    "somebody_reached": lambda it: bool(it.reached),
    "taken_up": lambda it: it.taken_up(),
    "not_taken_up": lambda it: not it.taken_up(before=True),
    "waits_for_a_person": lambda it: "needs_review" in it.states,
    "not_looked_at": lambda it: it.looked(before=True) is not True,
    "looked_at": lambda it: it.looked() is not False,
    "message_waits": lambda it: "needs_review" in it.states and it.unanswered,
    "message_seen_to": lambda it: it.seen_to,
    "month_is_over": lambda it: any(line.why.lower().startswith("the month is over") for line in it.lines),
    "wrote_lately": lambda it: it.requester_spoke,
    "in_contact": lambda it: ANSWERED in it.states,
    "not_passed_on": lambda it: not it.passed_on,
    "passed_on": lambda it: it.spoke,
    "account_manager_silent": lambda it: not it.account_manager or it.answered() is not False,
    "account_manager_waits": lambda it: any(at <= it.at for at in it.manager_wrote),
    "account_manager_never_wrote": lambda it: not it.account_manager,
    "one_message": lambda it: not (it.asked - {1} or it.reached or it.people_asked),
    "account_manager_told": lambda it: any(at <= it.at for at in it.manager_wrote) and it.spoke,
    "assignment_seen": lambda it: it.last_seen != "not visible",
    "assignment_unseen": lambda it: it.hidden,
    "requester_waits": lambda it: it.unanswered,
    "no_news_told": lambda it: it.nothing_since("update", "update_people"),
    "manager_told": lambda it: it.nothing_since("update_manager"),
    "answer_told": lambda it: it.nothing_since("update_after_answer", "update_people_after_answer"),
    "nobody_found_told": lambda it: it.nothing_since("update_looking_since", "update_looking"),
    "review_told": lambda it: it.nothing_since("update_review_waits", "update_review_halts", "update_review"),
    "contact_told": lambda it: it.nothing_since("update_contact"),
    "no_reply": lambda it: not it.replied_since("waiting_on_requester"),
    "word_while_confirming": lambda it: it._since("confirming_outcome", it.noted),
    "nobody_spoke": lambda it: it.settled_in_silence,
}
"""Each fact as the books tell it. Where they can't, it counts as so."""


def untrue(read: Callable[[Callable[[Any], Any]], Any], zendesk: Any, workmarket: Any, texts: Texts) -> list[str]:
    """A sentence for each text to a requester that asserted what was not so when it was decided."""
    found = []
    for case, lines, rows in read(_all_cases):
        if not _is_whole(case):
            continue
        sent = tuple(_sent(case, zendesk, workmarket, texts))
        replies = tuple(_replies(case, zendesk))
        people = tuple(_people_asked(case, zendesk))
        noted = _moments_of(rows, HEARD)
        manager = _moments_of(rows, (MANAGER_WROTE,))
        told = tuple(_told(rows, texts))
        words = () if _has_replies(case, zendesk) else _moments_of(rows, (SAID,))
        for row in rows:
            said = row.body.get("say") or {}
            if row.kind != "update_ticket" or not said.get("public"):
                continue
            books = Books(tuple(lines), sent, row.created_at, noted, replies, manager, people, told, words)
            for key in keys_said(texts.of(said.get("language", "")), said):
                wrong = [name for name in texts.asserts[key] if not READ[name](books)]
                found += [f"{row.id} says {key}, and {name} was not so at {row.created_at}." for name in wrong]
    return found


def _told(rows: Iterable[Any], texts: Texts) -> Iterable[tuple[datetime, str]]:
    """The texts that the requester has by the rows that are done, each by its key and when it was decided."""
    for row in rows:
        said = row.body.get("say") or {}
        left_out = row.result and row.result.get("text") == ""
        if row.kind == "update_ticket" and said.get("public") and row.state == "done" and not left_out:
            yield row.created_at, key_of(texts.of(said.get("language", "")), said["text"])


def _moments_of(rows: Iterable[Any], words: Iterable[str]) -> tuple[datetime, ...]:
    """When agents were told one of these."""
    return tuple(row.created_at for row in rows if _tells_agents(row, words))


def _tells_agents(row: Any, words: Iterable[str]) -> bool:
    """Whether agents are told one of these by it: that somebody has written on the assignment, or by e-mail."""
    said = row.body.get("say") or {}
    return (
        row.kind == "update_ticket"
        and not said.get("public", True)
        and any(one in said.get("text", "") for one in words)
    )


def _replies(case: Any, zendesk: Any) -> Iterable[datetime]:
    """When the requester wrote on the ticket, by its own book."""
    if int(case.ticket_id or 0) in zendesk.account.tickets:
        for comment in zendesk.comments(int(case.ticket_id)):
            if str(comment["author_id"]) == str(case.body["requester"]["id"]):
                yield datetime.fromisoformat(comment["created_at"])


def _has_replies(case: Any, zendesk: Any) -> bool:
    """Whether anybody has replied in the ticket's side conversations: what the other side said may stand there."""
    ticket = int(case.ticket_id or 0)
    there = zendesk.conversations(ticket) if ticket in zendesk.account.tickets else ()
    return any(len(row["events"]) > 1 for row in there)


def _people_asked(case: Any, zendesk: Any) -> Iterable[datetime]:
    """When agents were asked on the ticket to reach the worker themselves, by its own book."""
    if int(case.ticket_id or 0) in zendesk.account.tickets:
        for comment in zendesk.comments(int(case.ticket_id)):
            if not comment["public"] and "please try to reach the worker" in comment["body"]:
                yield datetime.fromisoformat(comment["created_at"])


def keys_said(texts: Texts, said: dict[str, Any]) -> Iterable[str]:
    """The keys of a comment's text, and of the sentences behind it that assert something."""
    if key := key_of(texts, said["text"]):
        yield key
    behind = f"{said.get('after') or ''}\n{said.get('progress') or ''}"
    for key in (one for one in texts.templates if one.startswith(BEHIND)):
        if _pattern(texts.templates[key], whole=False).search(behind):
            yield key


def key_of(texts: Texts, text: str) -> str:
    """The key of the text that something was made from: what fits with the most words, since a gap fits anything.
    Of several with the same words the first, empty where none was."""
    letters = [(key, one) for key, one in texts.templates.items() if "\n" in one]
    letters.sort(key=lambda pair: -len(GAP.sub("", pair[1])))
    return next((key for key, one in letters if _pattern(one, whole=True).match(text)), "")


@cache
def _pattern(template: str, *, whole: bool) -> re.Pattern[str]:
    words = ".*?".join(map(re.escape, GAP.sub("\0", template).split("\0")))
    return re.compile(rf"{words}\Z" if whole else words, re.DOTALL)


def _is_whole(case: Any) -> bool:
    """Whether a case can be read: what a test has damaged says nothing of itself."""
    try:
        decode_case(case.body)
    except (ValueError, TypeError):
        return False
    return True


def _all_cases(tx: Any) -> list[Any]:
    return [
        (case, tx.journal.of_case(case.id), sorted(tx.outbox.of_case(case.id), key=lambda row: row.seq))
        for case in tx.cases.list()
    ]


def _sent(case: Any, zendesk: Any, workmarket: Any, texts: Texts) -> Iterable[tuple[datetime, int]]:
    """When each tier's message of a case came to be in the services' books."""
    reference = case.body["reference"]
    for assignment in workmarket.assignments:
        for note in workmarket.notes(assignment):
            if f"[Ref {reference}-" in note.text:
                yield note.at, 1
    for ticket in zendesk.account.tickets:
        for row in zendesk.conversations(ticket):
            body = row["events"][0]["message"]["body"]
            own = ticket == int(case.ticket_id or 0) or f"Ref {reference}" in body
            if own and row["external_ids"].get(OURS):
                tier = next((n for name, n in TIERS.items() if _begins(texts, body, name)), 2)
                yield datetime.fromisoformat(row["created_at"]), tier


def _begins(texts: Texts, body: str, tier: str) -> bool:
    """Whether a letter begins as one of a tier does, in any language."""
    languages = (texts.of(one) for one in texts.languages)
    keys = [key for key in texts.templates if key.startswith((f"email.{tier}", f"digest.{tier}.opening"))]
    wholes = (one.templates[key] for one in languages for key in keys if key.endswith(("body", "opening")))
    return any(_pattern(one.partition("{about}")[0].strip(), whole=False).match(body.strip()) for one in wholes)
