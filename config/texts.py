"""Loads a language's texts and the banned phrases, and compares a translation with the English file."""

from __future__ import annotations

import re
from typing import Any

from config.packaged import ConfigError, packaged

REFERENCE = "en"


def load_texts(language: str = REFERENCE) -> dict[str, dict[str, Any]]:
    """Return `{audience: {key: template}, "locale": …}` of a language; raises ConfigError naming file and key.

    A language must have the same keys as English, for the same audiences, with the same gaps.
    """
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", language):
        raise ConfigError(f"The language {language!r} is not a language code such as 'en'.")
    texts = packaged(f"texts/{language}.toml")
    if language != REFERENCE:
        for wrong in differences(packaged(f"texts/{REFERENCE}.toml"), texts):
            raise ConfigError(f"config/texts/{language}.toml: {wrong}")
    return texts


def load_banned() -> list[str]:
    """Return the phrases that no text of ours may hold."""
    phrases: list[str] = packaged("texts/banned.toml")["phrases"]
    return phrases


def differences(reference: dict[str, Any], texts: dict[str, Any]) -> list[str]:
    """Return a sentence for each text that a translation lacks, has too many, or gives other gaps."""
    found: list[str] = []
    for audience in sorted({*reference, *texts} - {"locale"}):
        ours, theirs = reference.get(audience, {}), texts.get(audience, {})
        found += [f"the text {key} ({audience}) is missing." for key in ours if key not in theirs]
        found += [f"nobody uses the text {key} ({audience})." for key in theirs if key not in ours]
        for key in ours.keys() & theirs.keys():
            if _gaps(ours[key]) != _gaps(theirs[key]):
                found.append(
                    f"the text {key} must have exactly these gaps: {', '.join(_gaps(ours[key])) or 'none'}."
                )
    return sorted(found)


def _gaps(template: Any) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", str(template))))
