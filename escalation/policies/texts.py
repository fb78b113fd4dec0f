"""The desk's texts: templates with named gaps, filled strictly, and the phrases none of them may hold."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NoReturn

from escalation.model.audience import FIELDS, Internal, Public, WrongAudience, require_public
from escalation.model.plain import clean, comparable, foreign, inline, is_unseen, without_placeholders
from escalation.policies.locale import List, Locale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

Audience = Literal["requester", "other_side", "agents"]
AUDIENCES: tuple[Audience, ...] = ("requester", "other_side", "agents")

TELLING = 20
"""Letters that no other text has by chance."""

LONGEST_WORDS = 600
"""Characters of what a requester hopes for."""

GAP = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class TextError(Exception):
    """A text is missing, or was filled with other values than it has gaps for."""


@lru_cache(maxsize=2048)
def gaps(template: str) -> frozenset[str]:
    """Return the names of a template's gaps: `{date}` is the gap `date`."""
    return frozenset(GAP.findall(template))


@lru_cache(maxsize=2048)
def _split(template: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A template's words before its first gap, and each gap with the words after it."""
    before, *rest = GAP.split(template)
    return before, tuple(zip(rest[::2], rest[1::2], strict=True))


def banned_in(text: str, banned: Iterable[str]) -> list[str]:
    """Return the banned phrases that stand in `text` as whole words, whatever the case, the spaces and the signs
    that nobody sees."""
    plain = comparable(text)
    return [phrase for phrase in banned if re.search(_phrase(phrase), plain)]


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language, by key, and how that language writes what they are filled with.

    `language` is its BCP 47 name, such as `es-419`; `translations` are the texts of the other languages that people
    outside can be written to in. `asserts` has the facts that each text asserts, whatever its language.
    """

    templates: Mapping[str, str]
    audiences: Mapping[str, Audience]
    locale: Locale
    language: str = ""
    translations: Mapping[str, Texts] = field(default_factory=dict)
    asserts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Texts:
        """Build from `{audience: {key: template}, "locale": …, "language": …, "translations": {language: …},
        "asserts": {key: facts}}`.

        Raises TextError for what can't be rendered.
        """
        templates: dict[str, str] = {}
        audiences: dict[str, Audience] = {}
        for audience in AUDIENCES:
            for key, template in mapping.get(audience, {}).items():
                if key in templates:
                    raise TextError(f"The text {key} stands twice: for {audiences[key]} and for {audience}.")
                templates[key], audiences[key] = _sound(key, template, audience), audience
        strangers = set(mapping) - {*AUDIENCES, "locale", "language", "translations", "asserts"}
        if strangers:
            raise TextError(f"Unknown audience {min(strangers)}: texts are for {', '.join(AUDIENCES)}.")
        if "locale" not in mapping:
            raise TextError("The texts come without the way their language writes.")
        others = {name: cls.from_mapping(one) for name, one in mapping.get("translations", {}).items()}
        asserts = {key: tuple(facts) for key, facts in mapping.get("asserts", {}).items()}
        return cls(templates, audiences, mapping["locale"], mapping.get("language", ""), others, asserts)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that people outside can be written to in, this one first."""
        return (self.language, *self.translations)

    def of(self, language: str) -> Texts:
        """The texts of a language; of one that has none, or of no language, these."""
        return self.translations.get(language, self)

    def best_for(self, tag: str) -> str | None:
        """The language for somebody who chose one by a BCP 47 tag in any spelling: that one, else another of the
        same name (`es-MX` is written to in `es-419`, `en-us-x-12` in `en`); None where there is none."""
        wanted = tag.strip().replace("_", "-").casefold()
        near = [one for one in self.languages if _name(one) == _name(wanted)]
        return next((one for one in near if one.casefold() == wanted), next(iter(near), None))

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all texts."""
        return frozenset(self.templates)

    def render(self, key: str, **values: object) -> str:
        """Fill a text's gaps, each value as it is; raises TextError unless there is one for every gap."""
        template = self._template(key)
        wanted = gaps(template)
        if values.keys() != wanted:
            _refuse(key, wanted, frozenset(values))
        before, after = _split(template)
        return before + "".join([f"{values[gap]}{words}" for gap, words in after])

    def internal(self, key: str, **values: object) -> Internal:
        """A text for agents, filled."""
        return Internal(self.render(key, **values))

    def public(self, key: str, **values: object) -> Public:
        """An approved text for the requester or the other side, filled for where it goes.

        The requester's comments are Markdown, the other side's messages plain. Raises WrongAudience for an
        agents' text, and for one that is to be filled with an internal text.
        """
        audience = self.audiences.get(key)
        if audience == "agents":
            raise WrongAudience(f"The text {key} is for agents.")
        return Public(self.render(key, **{name: _field(name, value, audience) for name, value in values.items()}))

    def listed(self, kind: List, parts: Iterable[Public]) -> Public:
        """Several approved texts as one, put together as the language does."""
        return Public(self.locale.format_list(map(require_public, parts), kind))

    def holds_agents_words(self, text: str) -> bool:
        """Whether a text holds one of the desk's notes, by the longest words of its template without a gap."""
        read = _letters(text)
        return any(words in read for words in _telling(tuple(self._notes())))

    def _notes(self) -> Iterable[str]:
        return (text for key, text in self.templates.items() if key.startswith("note."))

    def _template(self, key: str) -> str:
        try:
            return self.templates[key]
        except KeyError:
            near = difflib.get_close_matches(key, self.templates, n=1)
            hint = f": did you mean {near[0]}?" if near else "."
            raise TextError(f"There is no text {key}{hint}") from None


def _refuse(key: str, wanted: frozenset[str], given: frozenset[str]) -> NoReturn:
    if missing := wanted - given:
        raise TextError(f"The text {key} needs a value for {', '.join(sorted(missing))}.")
    raise TextError(f"The text {key} has no gap for {', '.join(sorted(given - wanted))}.")


@lru_cache(maxsize=8)
def _telling(templates: tuple[str, ...]) -> tuple[str, ...]:
    """What tells each template from other words; none where that is too short to tell anything."""
    parts = (max((_letters(part) for part in GAP.split(one)), key=len) for one in templates)
    return tuple(part for part in parts if len(part) >= TELLING)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _sound(key: str, template: object, audience: Audience) -> str:
    if not isinstance(template, str) or not template.strip():
        raise TextError(f"The text {key} is empty or not a text.")
    if any(map(is_unseen, template)):
        raise TextError(f"The text {key} has a sign that nobody sees: it would part what is looked for in it.")
    if re.search(r"[{}]", GAP.sub("", template)):
        raise TextError(f"The text {key} has a brace that is no gap: write gaps as {{name}}, in lower case.")
    if audience != "agents" and (unapproved := gaps(template) - FIELDS):
        names = ", ".join(sorted(unapproved))
        raise TextError(f"The text {key} may not be filled with {names}: its readers are outside.")
    return template


@lru_cache(maxsize=1024)
def _phrase(phrase: str) -> str:
    return r"(?<!\w)" + re.escape(comparable(phrase)) + r"(?!\w)"


def _name(tag: str) -> str:
    return tag.casefold().partition("-")[0]


def _field(name: str, value: object, audience: Audience | None) -> str:
    if isinstance(value, Internal):
        raise WrongAudience(f"An internal text was to fill {name} of a public one.")
    if isinstance(value, Public):
        return value
    if name == "link":
        return without_placeholders(clean(str(value)))
    if audience == "requester":
        return inline(str(value))
    return foreign(str(value), LONGEST_WORDS) if name == "outcome" else foreign(str(value))
