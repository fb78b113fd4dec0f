"""Keeps the generated parts of the README true: `python -m parley.generated` writes them, a test compares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from config.settings import settings_table
from connector.zendesk.access.scopes import CALLS, READ, SETS, WRITE
from escalation.engine.diagram import diagram

REST = {READ: ", and all else that is read", WRITE: ", and all else that is written"}
README = Path(__file__).parent.parent / "README.md"


def settings() -> str:
    """Return the table of settings in Markdown."""
    rows = [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in settings_table()]
    return "\n".join(("| name | default | meaning |", "| --- | --- | --- |", *rows))


def states() -> str:
    """Return the diagram of states as a Mermaid block."""
    return f"```mermaid\n{diagram()}\n```"


def scopes() -> str:
    """Return the scopes of the tokens, and the calls that need each, in Markdown."""
    rows = [f"| {one.name} | {_code(one.scopes)} | {one.used_for} |" for one in SETS]
    calls = [f"| `{scope}` | {_code(named)}{REST.get(scope, '')} |" for scope, named in CALLS.items()]
    return "\n".join(
        (
            "| token | scopes | what it is for |\n| --- | --- | --- |",
            *rows,
            "\n| scope | calls |\n| --- | --- |",
            *calls,
        )
    )


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


PARTS = {"settings": settings, "states": states, "scopes": scopes}


def rendered(text: str) -> str:
    """Return a README with every part between `<!-- generated: NAME -->` and `<!-- end -->` made anew."""

    def fill(found: re.Match[str]) -> str:
        return f"<!-- generated: {found[1]} -->\n{PARTS[found[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- generated: (\w+) -->.*?<!-- end -->", fill, text, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
