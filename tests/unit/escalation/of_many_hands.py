"""Replies written apart from the judge, in two parts: one to learn from, one whose misses nobody reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from escalation.language.automatic import Envelope, Speaks

_FILE: Final = Path(__file__).with_name("replies_of_many_hands.txt")
_HEAD: Final = re.compile(
    r"^=== (\S+) (other|requester) (answer|automatic|bounce)\n(?:Subject: ([^\n]*)\n)?", re.MULTILINE
)
_WHO: Final = {"answer": Speaks.PERSON, "automatic": Speaks.MACHINE, "bounce": Speaks.MAIL_SYSTEM}


@dataclass(frozen=True, slots=True)
class WrittenReply:
    name: str
    party: str
    who: Speaks
    envelope: Envelope
    text: str

    @property
    def aside(self) -> bool:
        """A third, by a hash of its name, is set aside: counted, never read, never tuned on."""
        return sha256(self.name.encode()).digest()[0] % 3 == 0


def replies() -> list[WrittenReply]:
    text = _FILE.read_text("utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        WrittenReply(
            head[1], head[2], _WHO[head[3]], Envelope(subject=head[4] or ""), text[head.end() : end].strip()
        )
        for head, end in zip(heads, ends, strict=True)
    ]


ANSWERS_LIKE_MACHINES: Final = tuple(
    Path(__file__).with_name("answers_in_the_words_of_machines.txt").read_text("utf-8").splitlines()
)
"""Answers that begin as automatic replies do, written against the judge."""
