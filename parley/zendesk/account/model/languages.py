"""The languages that an account has switched on, and which of ours each of them reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.zendesk.account.ids import ENGLISH


@dataclass(frozen=True, slots=True)
class AccountLanguage:
    """A language of the account: Zendesk's id, its tag there (`es-MX`), and the language of ours that it reads."""

    id: int
    tag: str
    words: str


def read_languages(wanted: Sequence[str], switched_on: Mapping[int, str]) -> tuple[AccountLanguage, ...]:
    """The account's languages that there are words for; the first is read by everybody who reads none of them.

    English is one of them wherever it is switched on, and first. Empty where they would all read English.
    """
    ours = tuple(dict.fromkeys((ENGLISH, *wanted)))
    found = [AccountLanguage(one, tag, words) for one, tag in switched_on.items() if (words := _read_by(tag, ours))]
    found.sort(key=lambda one: (ours.index(one.words), one.tag.casefold() != one.words.casefold(), one.id))
    return tuple(found) if any(one.words != ENGLISH for one in found) else ()


def not_switched_on(wanted: Sequence[str], switched_on: Mapping[int, str]) -> tuple[str, ...]:
    """The languages that people are written to in, and that nobody can read the account in."""
    read = {_read_by(tag, (ENGLISH, *wanted)) for tag in switched_on.values()}
    return tuple(one for one in wanted if one not in read)


def _read_by(tag: str, ours: Sequence[str]) -> str:
    """The same language, else another of that name: `es-MX` reads `es-419`; empty where there is none."""
    near = [one for one in ours if _name(one) == _name(tag)]
    return next((one for one in near if one.casefold() == tag.casefold()), next(iter(near), ""))


def _name(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].casefold()
