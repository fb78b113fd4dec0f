"""What everybody reads in each typical case, written down by `python -m` and this module's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from escalation.language.closing import told_besides
from escalation.model.derivation import label
from escalation.model.effects import PostMessage, Say, StartConversation, UpdateTicket
from tests.unit.escalation.case_world import CaseWorld
from tests.unit.escalation.correspondences.stories import STORIES

NEW_YORK = "America/New_York"
FOLDER = Path(__file__).parent
HEAD = """# {title}

What everybody reads, oldest first; “>” stands before what the desk writes. A test keeps it as it is, and
`python -m tests.unit.escalation.correspondences.written` makes it anew.
"""
ToldLine = tuple[datetime, str, str]


def kept(name: str) -> Path:
    """Return where a case is written down."""
    return FOLDER / f"{name}.md"


def told(name: str) -> str:
    """Live a typical case, and return what everybody read."""
    title, story = STORIES[name]
    lines = "".join(
        f"\n## {label(at.replace(second=0), NEW_YORK)}, {who}\n\n{text}\n" for at, who, text in _lines(story())
    )
    return HEAD.format(title=title) + lines


def _lines(world: CaseWorld) -> Iterator[ToldLine]:
    for at, effect, said in world.book:
        local = at.astimezone(ZoneInfo(NEW_YORK))
        if isinstance(effect, str):
            yield local, effect[0].lower() + effect[1:], said
        elif isinstance(effect, UpdateTicket) and isinstance(effect.say, Say) and effect.ticket_id == "35":
            yield (
                local,
                "to the requester",
                _quoted(told_besides(effect.say.text, effect.say.leads, effect.say.follows, effect.say.text)),
            )
        elif isinstance(effect, UpdateTicket) and effect.say and not effect.say.public:
            yield local, "a note to agents", _quoted(effect.say.text)
        elif isinstance(effect, PostMessage):
            yield local, "to everybody on the assignment", _quoted(effect.text)
        elif isinstance(effect, StartConversation):
            yield local, f"to {effect.to_email}", _quoted(f"{effect.subject}\n\n{effect.body}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def main() -> None:
    """Write all of them down."""
    for name in STORIES:
        kept(name).write_text(told(name), encoding="utf-8")


if __name__ == "__main__":
    main()
