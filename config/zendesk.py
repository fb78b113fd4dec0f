"""Loads the Zendesk account as data, checked as a whole; what is wrong is told with file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from config.packaged import ConfigError, packaged, packaged_text
from config.toml_lines import line_of
from config.zendesk_rules import Wrong, problems
from config.zendesk_specs import FILES, AccountSpec

T = TypeVar("T")
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")


def load_account(
    read: Callable[[str], dict[str, Any]] = packaged, text: Callable[[str], str] = packaged_text
) -> AccountSpec:
    """Return the account as the files of `config/zendesk/` describe it.

    Raises ConfigError naming file, line and key; `text` gives a file's lines for that.
    """
    files = _Files({name: read(f"zendesk/{name}.toml") for name in FILES}, text)
    files.only_known_keys()
    stands_in = {key: file for file, keys in FILES.items() for key in keys}
    kinds = get_type_hints(AccountSpec)
    account = AccountSpec(**{key: files.part(kinds[key], stands_in[key], key) for key in kinds})
    for wrong in problems(account):
        raise files.error(wrong)
    return account


class _Files:
    """The parsed files by name, and how what is wrong in one is told."""

    def __init__(self, parsed: Mapping[str, Mapping[str, Any]], text: Callable[[str], str]) -> None:
        self._parsed = parsed
        self._text = text

    def only_known_keys(self) -> None:
        for name, content in self._parsed.items():
            for key in content:
                if key not in FILES[name]:
                    raise self.error(Wrong(name, (key,), f"{key}: unexpected; known are {', '.join(FILES[name])}."))

    def part(self, kind: type[T], file: str, key: str) -> T:
        content = self._parsed[file]
        if key not in content:
            raise ConfigError(f"config/zendesk/{file}.toml has no {key}.")
        try:
            return TypeAdapter(kind).validate_python(content[key])
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            # A key that is misspelt is missing as well, which would be told first.
            first = next((one for one in found if one["type"] in UNKNOWN), found[0])
            said = "there is no such key" if first["type"] in UNKNOWN else first["msg"].lower()
            place = (key, *first["loc"])
            raise self.error(Wrong(file, place, f"{_dotted(place)}: {said}.")) from None

    def error(self, wrong: Wrong) -> ConfigError:
        line = line_of(self._text(f"zendesk/{wrong.file}.toml"), wrong.place)
        return ConfigError(f"config/zendesk/{wrong.file}.toml, line {line}: {wrong.said}")


def _dotted(place: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in place)
