"""What the team's macros assert by the texts that they came with, and what an edit has left of that."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from config.zendesk_specs import MacroSpec
from escalation.policies.texts import GAP, Texts
from parley.inspection.rights import Line
from parley.zendesk.account.kinds.macro import macro_name

MARKUP: Final = re.compile(r"<[^>]{0,500}>")
SENTENCES: Final = re.compile(r"(?<=[.!?…])\s+")
IN_WORDS: Final[Mapping[str, str]] = {
    "no_answer": "the other side has not answered",
    "answered": "the other side has answered",
    "asked": "somebody on the other side was written to",
    "asked_before": "they were written to in an earlier tier",
    "asked_lately": "the message of this tier has just gone out",
    "asked_on_assignment": "a message was posted on the assignment",
    "asked_directly": "they were written to directly",
    "asked_through_others": "the account manager was written to",
    "asked_by_email": "they were written to by e-mail",
    "people_asked": "people at WorkMarket were asked",
    "account_manager_silent": "the account manager has not written since",
    "assignment_seen": "the desk can look at the assignment",
    "no_news_told": "the requester was last told that there is no news, and nothing has happened since",
    "taken_up": "a tier has begun",
    "not_taken_up": "no tier has begun",
}
"""The facts that macros assert, for people."""
CHECK: Final = " Read it in Zendesk: what it says now has to be true each time that it is sent."
SHOWN: Final = 60
"""Signs of a sentence that are told: enough to find it in the macro."""


def asserting_lines(macros: Sequence[MacroSpec], said: Mapping[str, str], texts: Texts) -> Iterator[Line]:
    """A line for each macro whose default text asserts something, a warning where an edit no longer does. `said`
    has what each macro says, by its name."""
    for spec in macros:
        facts = texts.asserts.get(spec.comment, ())
        if facts:
            only = f"The desk sends it only where this is so: {'; '.join(map(in_words, facts))}."
            edits = tuple(_edits(spec, said, texts))
            lost = any(kept == "" for _, kept in edits)
            told = "".join(f" In {language} it was edited, {_left(kept)}" for language, kept in edits)
            yield f"words of {spec.name}", "warning" if lost else "ok", f"{only}{told}{CHECK if lost else ''}"


def in_words(fact: str) -> str:
    """A fact as whoever reads the check understands it."""
    return IN_WORDS.get(fact, fact.replace("_", " "))


def _edits(spec: MacroSpec, said: Mapping[str, str], texts: Texts) -> Iterator[tuple[str, str]]:
    """Each language in which the text was edited, with the first of our sentences on those facts that is left."""
    for language in texts.languages:
        words = said.get(macro_name(spec.name, language))
        ours = texts.of(language).templates[spec.comment]
        if words is None or _letters(words) == _letters(ours) or _holds(words, ours):
            continue
        yield language, next((one for one in asserting(ours) if _holds(words, one)), "")


def _left(kept: str) -> str:
    return f"and still says “{_short(kept)}”." if kept else "and no longer says our sentence on that."


def asserting(text: str) -> list[str]:
    """The sentences of a text of ours that say what has happened: its first paragraph after the greeting."""
    paragraphs = text.strip().split("\n\n")
    return SENTENCES.split(paragraphs[1] if len(paragraphs) > 1 else paragraphs[0])


def _holds(words: str, ours: str) -> bool:
    """Whether words have all parts of a text of ours, whatever its gaps were filled with, in their order."""
    read, at = _letters(words), 0
    for part in map(_letters, GAP.split(ours)[::2]):
        found = read.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _letters(words: str) -> str:
    plain = html.unescape(MARKUP.sub(" ", words))
    return "".join(sign for sign in plain.casefold() if sign.isalnum())


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= SHOWN else f"{sentence[:SHOWN].rstrip()} …"
