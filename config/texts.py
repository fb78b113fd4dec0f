"""Loads the texts and the banned phrases, and compares every translation with the English file."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from config.formats import Formats
from config.packaged import ConfigError, packaged

REFERENCE = "en"
OUTSIDE = ("requester", "other_side")
"""Whom a translation is for: agents' notes are English."""
ACCOUNT = "account"
"""The table of what requesters read of the Zendesk account itself: `config/account_words.py` has it."""


def languages() -> tuple[str, ...]:
    """The languages that there are texts in, English first."""
    files = resources.files("config").joinpath("texts").iterdir()
    found = {file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")} - {
        "banned",
        "asserts",
    }
    return (REFERENCE, *sorted(found - {REFERENCE}))


def load_texts(language: str = REFERENCE) -> dict[str, Any]:
    """Return `{audience: {key: template}, "locale": …, "language": …, "translations": {language: …}}`.

    A language has the same texts for requester and other side as English, with the same gaps and as many
    sentences; what agents read comes from the English file. `translations` has the other languages.
    Raises ConfigError naming file and key.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4}|-\d{3})?", language):
        raise ConfigError(f"The language {language!r} is not a language code such as 'en'.")
    english = packaged(f"texts/{REFERENCE}.toml")
    others = {name: _translation(name, english) for name in languages() if name != language}
    return {**_translation(language, english), "translations": others, "asserts": _asserts(english)}


def _asserts(english: dict[str, Any]) -> dict[str, list[str]]:
    """The facts that each text asserts. Raises ConfigError for a text that is in neither table, or in both."""
    table = packaged("texts/asserts.toml")
    said, nothing = table["asserts"], table["nothing"]["keys"]
    keys = [key for audience in (*OUTSIDE, "agents") for key in english[audience]]
    for key in keys:
        if (key in said) == (key in nothing):
            where = "in both tables" if key in said else "in no table"
            raise ConfigError(f"config/texts/asserts.toml: the text {key} stands {where}.")
    if strangers := {*said, *nothing} - {*keys}:
        raise ConfigError(f"config/texts/asserts.toml: there is no text {min(strangers)}.")
    return {**said, **{key: [] for key in nothing}}


def _translation(language: str, english: dict[str, Any]) -> dict[str, Any]:
    texts = packaged(f"texts/{language}.toml")
    for wrong in lacking(english, texts) if language != REFERENCE else ():
        raise ConfigError(f"config/texts/{language}.toml: {wrong}")
    try:
        formats = Formats.from_table(language, texts["locale"])
    except (LookupError, ValueError) as error:
        raise ConfigError(f"config/texts/{language}.toml: the table locale can't be used: {error}.") from error
    own = {name: table for name, table in texts.items() if name != ACCOUNT}
    return {**own, "agents": english["agents"], "locale": formats, "language": language}


def load_banned() -> list[str]:
    """Return the phrases that no text of ours may hold, of all languages: a text may quote another's."""
    return list(dict.fromkeys(phrase for phrases in banned_by_language().values() for phrase in phrases))


def banned_by_language() -> dict[str, list[str]]:
    """Return the banned phrases of each language."""
    phrases: dict[str, list[str]] = packaged("texts/banned.toml")["phrases"]
    return phrases


def differences(reference: dict[str, Any], texts: dict[str, Any]) -> list[str]:
    """Return what is lacking, and a sentence for each text that a translation has too many."""
    return sorted([*lacking(reference, texts), *_unused(reference, texts)])


def _unused(reference: dict[str, Any], texts: dict[str, Any]) -> list[str]:
    pairs = ((audience, key) for audience in OUTSIDE for key in texts.get(audience, {}))
    return [f"nobody uses the text {key} ({to})." for to, key in pairs if key not in reference.get(to, {})]


def lacking(reference: dict[str, Any], texts: dict[str, Any]) -> list[str]:
    """Return a sentence for each text that a translation lacks, or that has other gaps or another number of
    sentences than the one that it translates."""
    strangers = sorted(set(texts) - {*OUTSIDE, "locale", ACCOUNT})
    found = [f"a translation has no table {table}: agents' notes are English." for table in strangers]
    for audience in OUTSIDE:
        ours, theirs = reference.get(audience, {}), texts.get(audience, {})
        found += [f"the text {key} ({audience}) is missing." for key in ours if key not in theirs]
        for key in ours.keys() & theirs.keys():
            if _gaps(ours[key]) != _gaps(theirs[key]):
                found.append(
                    f"the text {key} must have exactly these gaps: {', '.join(_gaps(ours[key])) or 'none'}."
                )
            elif (number := sentences(ours[key])) != sentences(theirs[key]):
                found.append(f"the text {key} must have {number} sentences, not {sentences(theirs[key])}.")
    return sorted(found)


def _gaps(template: Any) -> list[str]:
    """The gaps, each as often as it stands there: what is told twice is told twice in every language."""
    return sorted(re.findall(r"\{(\w+)\}", str(template)))


def sentences(template: Any) -> int:
    """How many sentences a text has, by the signs that end them."""
    return len(re.findall(r"[.!?…](?=\s|$)", str(template)))
