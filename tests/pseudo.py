"""A language that nobody speaks, made from English: longer, marked, and written from the right.

A text that is not told through the texts stays English and shows at once; so does a place that is too narrow, and
one that forgets that some scripts run the other way. It is never shipped.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from config.formats import Formats
from config.texts import OUTSIDE, load_texts
from escalation.policies.texts import GAP, Texts

LANGUAGE: Final = "he-x-pseudo"
"""A name that Zendesk may give a language of one's own; the script is one that runs from the right."""
MARK: Final = "⟦"
END: Final = "⟧"
LONGER: Final = 0.4
_RIGHT: Final = "אבגדהוזחטיכלמנסעפצקרשת"
_LETTERS: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "åƀçđéƒĝĥîĵķļɱñöþɋŕšţûṽŵẋýžÅƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ",
)


def pseudo(text: str) -> str:
    """A text as the language has it: each line opens with a letter from the right, and its gaps are the same."""
    return "\n".join(_line(line) if line.strip() else line for line in text.split("\n"))


def _line(line: str) -> str:
    said = "".join(
        part if GAP.fullmatch(part) else part.translate(_LETTERS) for part in re.split(r"(\{\w+\})", line)
    )
    more = max(4, round(len(line) * LONGER) - 3)
    return f"{_RIGHT[0]}{MARK}{said} {(_RIGHT * (more // len(_RIGHT) + 1))[:more]}{END}"


@cache
def pseudo_texts() -> Texts:
    """All texts, with the language that nobody speaks beside those that ship."""
    english = load_texts()
    table = {"date": "EEE d MMM y", "time": "HH:mm", "moment": "{date} {time} {zone}"}
    formats = Formats.from_table("he", {**table, "joins": {"sentences": " ", "causes": " ⊕ "}})
    made: dict[str, Any] = {name: {key: pseudo(text) for key, text in english[name].items()} for name in OUTSIDE}
    made |= {"agents": english["agents"], "locale": formats, "language": LANGUAGE}
    return Texts.from_mapping({**english, "translations": {**english["translations"], LANGUAGE: made}})
