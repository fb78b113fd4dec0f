"""The table of the desk's pages: which one a path means, and what stands in the navigation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parley.pages.desk.visit import DeskPage


class FoundPage(NamedTuple):
    """A row, and what stands in the open parts of its path."""

    page: DeskPage
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A place of the navigation, and in a sentence what is there."""

    path: str
    name: str
    about: str = ""

    def is_at(self, here: str) -> bool:
        """Whether a path is this place, or below it."""
        path = here.partition("?")[0]
        return path == self.path or path.startswith(f"{self.path}/")


class Table:
    """Rows in the order in which the navigation names them. A path that two rows could mean is the first one's."""

    def __init__(self, root: str, pages: Sequence[DeskPage]) -> None:
        self._rows = [(_pattern(root + page.path), page) for page in pages]
        self.navigation = tuple(Link(root + page.path, page.name, page.about) for page in pages if page.name)

    def find(self, path: str) -> FoundPage | None:
        """Which row a path means; None where it means none."""
        for pattern, page in self._rows:
            if fits := pattern.fullmatch(path):
                return FoundPage(page, fits.groupdict())
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)) + "/?"
    )
