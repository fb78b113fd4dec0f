"""Commands of which only the name and one sentence are known until one is used: what it needs is imported then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

PLAIN: Final[dict[str, Any]] = {
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}
"""Plain text for help and errors: it reads the same on a terminal and in a pipe, and costs no drawing library."""

Commands = Mapping[str, "LaterCommand | CommandGroup"]


class LaterCommand(TyperCommand):
    """A command by its sentence, and by where its function is: `parley.commands.cases:show`."""

    def __init__(self, where: str, says: str) -> None:
        super().__init__(None, help=says, rich_markup_mode=None)
        self.module, _, self._function = where.partition(":")

    def found(self) -> TyperCommand:
        """Import it."""
        one = typer.Typer(**PLAIN)
        one.command(self.name)(getattr(import_module(self.module), self._function))
        command = get_command(one)
        if not isinstance(command, TyperCommand):
            raise TypeError(f"{self.module} holds no command {self._function}.")
        return command

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002  a sentence that breaks off says nothing
        return self.help or ""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return self.found().make_context(info_name, args, parent, **extra)


class CommandGroup(TyperGroup):
    """Commands that belong together, by name."""

    def __init__(self, says: str, commands: Commands) -> None:
        for name, command in commands.items():
            command.name = name
        super().__init__(help=says, commands=dict(commands), no_args_is_help=True, rich_markup_mode=None)
        self.holds = commands

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002  as above
        return self.help or ""


def group_class(commands: Commands) -> type[TyperGroup]:
    """Return the class by which Typer makes the group that holds all others."""

    class WholeCommand(TyperGroup):
        def __init__(self, **given: Any) -> None:
            super().__init__(**{**given, "commands": CommandGroup("", commands).commands})

    return WholeCommand


def every_command(commands: Commands, *before: str) -> Iterator[tuple[tuple[str, ...], LaterCommand]]:
    """Give each command with the words that are typed for it."""
    for name, command in commands.items():
        if isinstance(command, CommandGroup):
            yield from every_command(command.holds, *before, name)
        else:
            yield (*before, name), command
