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
SHOWN: Final = 60
"""Signs of a sentence that are told: enough to find it in the macro."""


def asserting_lines(macros: Sequence[MacroSpec], said: Mapping[str, str], texts: Texts) -> Iterator[Line]:
    """A line for each macro whose default text asserts something. `said` has what each macro says, by its name."""
    for spec in macros:
        facts = texts.asserts.get(spec.comment, ())
        if facts:
            named = ", ".join(fact.replace("_", " ") for fact in facts)
            edits = "".join(_edits(spec, said, texts))
            yield f"words of {spec.name}", "ok", f"asserts: {named}. It is asked for only where that is so.{edits}"


def _edits(spec: MacroSpec, said: Mapping[str, str], texts: Texts) -> Iterator[str]:
    for language in texts.languages:
        words = said.get(macro_name(spec.name, language))
        ours = texts.of(language).templates[spec.comment]
        if words is None or _letters(words) == _letters(ours) or _holds(words, ours):
            continue
        kept = next((one for one in asserting(ours) if _holds(words, one)), "")
        left = f"still says “{_short(kept)}”" if kept else "no longer says our sentence on that"
        yield f" In {language} it was edited, and {left}."


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
