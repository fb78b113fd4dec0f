"""Who speaks: a person, a machine that answers for one, or a mail system that could not deliver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from escalation.language.clauses import Clause, clauses, plain
from escalation.language.quoting import unquoted, without_signature

Phrases = Mapping[str, tuple[str, ...]]
"""By language. `[a]` may be missing, `a/b` is either, `a*` begins a word, `#` is a number, `$` ends a clause."""
Vocabulary = Mapping[str, Phrases]
"""By what phrases show: `itself`, `absence`, `along`, `closing`, `person`, `bounce`; and the words of `dates`."""

_HEADERS: Final = ("x-autoreply", "x-autorespond", "x-autoresponse")
_SYSTEM: Final = re.compile(r"(?i)^(mailer-daemon|postmaster|mail-daemon)@")
DECISIVE: Final = ("itself", "absence")
_ASKS: Final = 4
"""Up to how many words a question is one that machines ask too ("Is it urgent?")."""
_YEAR: Final = re.compile(r"20\d\d")
_SIGNED: Final = 8
"""Up to how many words below a closing are a signature's line."""


class Speaks(StrEnum):
    PERSON = "person"
    UNSURE = "unsure"
    MACHINE = "machine"
    MAIL_SYSTEM = "mail system"

    @property
    def may_answer(self) -> bool:
        """Whether it counts as a person's word: also what nobody can tell for sure."""
        return self in (Speaks.PERSON, Speaks.UNSURE)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a channel tells of a message besides its text; headers by name in small letters."""

    subject: str = ""
    sender: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


BARE: Final = Envelope()


def who_speaks(vocabulary: Vocabulary, text: str, envelope: Envelope = BARE) -> Speaks:
    """The one judgement of all channels: a machine is what says, clause by clause, only what machines say.

    Whatever else there is may be an answer, and an answer must never go unheard: it is unsure, or a person's.
    """
    said = without_signature(unquoted(text))
    parts, subject = clauses(said), plain(envelope.subject)
    person = _of_the_matter(vocabulary, parts, said)
    if _SYSTEM.match(envelope.sender) or _languages(subject, vocabulary, "bounce"):
        return Speaks.MAIL_SYSTEM
    if not person and parts and _languages(parts[0].words, vocabulary, "bounce"):
        return Speaks.MAIL_SYSTEM
    if _by_headers(envelope.headers) or _languages(subject, vocabulary, *DECISIVE):
        return Speaks.UNSURE if person else Speaks.MACHINE
    spoken = frozenset[str]().union(*(_languages(part.words, vocabulary, *DECISIVE) for part in parts))
    if person or not spoken:
        return Speaks.PERSON
    return Speaks.MACHINE if _only_machines_say(vocabulary, spoken, parts) else Speaks.UNSURE


def _of_the_matter(vocabulary: Vocabulary, parts: list[Clause], said: str) -> bool:
    """Whether a text has words that only a person says, or asks something."""
    spoken = f" {' '.join(part.words for part in parts)} "
    asked = (part.rstrip(" )\"'") for part in re.split(r"(?<=[.!?])\s+|\n+", said))
    return any(_pattern(phrases).search(spoken) for phrases in vocabulary["person"].values()) or any(
        question.endswith("?") and len(question.split()) > _ASKS for question in asked
    )


def _only_machines_say(vocabulary: Vocabulary, spoken: frozenset[str], parts: list[Clause]) -> bool:
    """Whether each clause is one of a machine's, in a language in which one has spoken."""
    known = spoken if spoken - {""} else frozenset(vocabulary["along"])
    dates = {word for language in known for word in vocabulary["dates"].get(language, ())}
    closed = False
    for part in parts:
        words = part.words.split()
        closing = bool(_languages(part.words, vocabulary, "closing"))
        closed = closed or closing
        if not (
            closing
            or part.is_address
            or part.is_name
            or (closed and part.is_titled and len(words) <= _SIGNED)
            or (not part.first and _is_time(words, dates))
            or _languages(part.words, vocabulary, *DECISIVE)
            or known & _languages(part.words, vocabulary, "along")
        ):
            return False
    return True


def _is_time(words: list[str], dates: set[str]) -> bool:
    """Whether words only tell a time; a bare number may be an answer, a bare year is not."""
    told = any(len(word) > 2 for word in dates.intersection(words)) or (
        len(words) == 1 and bool(_YEAR.fullmatch(words[0]))
    )
    return told and all(word[0].isdigit() or word in dates for word in words)


def _by_headers(headers: Mapping[str, str]) -> bool:
    """RFC 3834, and what older services write; `auto-generated` is also what a help desk sends for people."""
    submitted = headers.get("auto-submitted", "no").replace("(", ";").split(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower().replace("-", "_")
    return (
        submitted == "auto-replied"
        or precedence in ("auto_reply", "junk")
        or any(headers.get(name, "no").strip().lower() not in ("", "no") for name in _HEADERS)
    )


def _languages(words: str, vocabulary: Vocabulary, *kinds: str) -> frozenset[str]:
    """In which languages a clause or a subject begins by a phrase of these kinds."""
    return frozenset(
        language
        for kind in kinds
        for language, phrases in vocabulary[kind].items()
        if words and _pattern(phrases).match(f" {words} ")
    )


@lru_cache(maxsize=128)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    found = "|".join(sorted({_expression(phrase) for phrase in phrases}, key=len, reverse=True))
    return re.compile(found or r"(?!)")


def _expression(phrase: str) -> str:
    """One phrase as an expression over words that each have a space before them."""
    made, end = "", "(?= $)" if phrase.endswith("$") else "(?= )"
    for word in re.findall(r"\[[^\]]+\]|\S+", phrase.removesuffix("$")):
        optional, word = word.startswith("["), word.strip("[]")
        choices = "|".join(" " + _word(one) for one in word.split("/"))
        made += f"(?:{choices})" + ("?" if optional else "")
    return made + end


def _word(word: str) -> str:
    if word == "#":
        return r"\d\w*"
    stem, any_end = plain(word.rstrip("*")), word.endswith("*")
    return re.escape(stem).replace(r"\ ", " ") + (r"\w*" if any_end else "")
