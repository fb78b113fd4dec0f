"""Keeps true what is generated: `python -m parley.generated` writes parts of pages and files; a test compares."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from config.settings import settings_table
from connector.zendesk.access.scopes import CALLS, READ, SETS, WRITE
from escalation.engine.diagram import diagram
from parley.wiring.monitoring_files import alerts, board

REST = {READ: ", and all else that is read", WRITE: ", and all else that is written"}
ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
FILES = {ROOT / "ops" / "prometheus" / "alerts.yml": alerts, ROOT / "ops" / "grafana" / "parley.json": board}
"""What is generated whole."""
PAGES = (README, ROOT / "docs" / "architecture.md")


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


def layers() -> str:
    """Return the diagram of the top packages and of the rooms in them as a Mermaid block."""
    stacks = dict(_layers())
    lines = ["flowchart TD"]
    for line in stacks[""]:
        for package in line:
            inner = [room for rooms in stacks.get(package, ()) for room in rooms if _is_package(package, room)]
            lines.append(f'    {package}["{"<br>".join((f"<b>{package}</b>", *inner))}"]')
    for upper, lower in zip(stacks[""], stacks[""][1:], strict=False):
        lines.extend(f"    {above} --> {below}" for above in upper for below in lower)
    lines.extend(("    config[config]", "    parley --> config"))
    return "\n".join(("```mermaid", *lines, "```"))


def rooms() -> str:
    """Return every room with what its modules have in common, in Markdown, from those that know the others down."""
    text: list[str] = []
    for container, lines in _layers():
        if not container:
            continue
        text.extend(
            (
                f"**`{container.replace('.', '/')}/`** {_said(container)}\n",
                "| room | what it holds |",
                "| --- | --- |",
            )
        )
        for room in (room for line in lines for room in line):
            shown = f"{room}/" if _is_package(container, room) else f"{room}.py"
            text.append(f"| `{shown}` | {_said(f'{container}.{room}')} |")
        text.append("")
    return "\n".join(text).rstrip()


def _layers() -> Iterator[tuple[str, list[list[str]]]]:
    """Give, for each contract of import-linter about layers, its container and its lines from the top."""
    settled = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settled["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            lines = [[name.strip() for name in re.split("[|:]", line)] for line in contract["layers"]]
            for container in contract.get("containers", [""]):
                yield container, lines


def _is_package(container: str, room: str) -> bool:
    return (ROOT.joinpath(*container.split("."), room) / "__init__.py").exists()


def _said(package: str) -> str:
    path = ROOT.joinpath(*package.split("."))
    module = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or "").split("\n")[0]


PARTS = {"settings": settings, "states": states, "scopes": scopes, "layers": layers, "rooms": rooms}


def rendered(text: str) -> str:
    """Return a page with every part between `<!-- generated: NAME -->` and `<!-- end -->` made anew."""

    def fill(found: re.Match[str]) -> str:
        return f"<!-- generated: {found[1]} -->\n{PARTS[found[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- generated: (\w+) -->.*?<!-- end -->", fill, text, flags=re.DOTALL)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(rendered(page.read_text(encoding="utf-8")), encoding="utf-8")
    for file, made in FILES.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made(), encoding="utf-8")
