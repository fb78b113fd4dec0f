"""What requesters read of the Zendesk account itself: the form, its fields and options, and the statuses.

The English words stand with the parts, in `config/zendesk/`, the others in the table `account` of their file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.packaged import ConfigError, packaged
from config.texts import REFERENCE, languages, sentences
from config.zendesk_rules import LONGEST_LABEL
from config.zendesk_specs import AccountSpec

Words = Mapping[str, str]
"""By key: `form`, `field.party.title`, `option.escalation_party_worker`, `status.tier_1`."""


def english_words(spec: AccountSpec) -> dict[str, str]:
    """Everything that requesters read of an account, in the words of its files."""
    return {key: said for key, said in _words(spec) if said}


def _words(spec: AccountSpec) -> Iterator[tuple[str, str]]:
    yield "form", spec.form.name
    for field in spec.fields:
        if field.requester:
            yield f"field.{field.key}.title", field.title
            yield f"field.{field.key}.description", field.description
            yield f"field.{field.key}.shared_description", field.shared_description
            yield from ((f"option.{option.tag}", option.label) for option in field.options)
    for status in spec.statuses:
        yield f"status.{status.key}", status.end_user_label
        yield f"status.{status.key}.description", status.end_user_description


def load_account_words(spec: AccountSpec) -> dict[str, Words]:
    """Return the words in each language but English; raises ConfigError for what one lacks or has too many."""
    found: dict[str, Words] = {}
    for language in languages():
        if language != REFERENCE:
            words = packaged(f"texts/{language}.toml").get("account", {})
            for wrong in wrong_words(english_words(spec), words):
                raise ConfigError(f"config/texts/{language}.toml: account: {wrong}")
            found[language] = words
    return found


def wrong_words(english: Words, words: Words) -> list[str]:
    """Return a sentence for each text that a translation lacks, has too many, has otherwise than in as many
    sentences, or longer than Zendesk takes it."""
    found = [f"the text {key} is missing." for key in english if not str(words.get(key, "")).strip()]
    found += [f"nobody uses the text {key}." for key in words if key not in english]
    for key in english.keys() & words.keys():
        if (number := sentences(english[key])) != sentences(words[key]):
            found.append(f"the text {key} must have {number} sentences, not {sentences(words[key])}.")
        if is_label(key) and len(words[key]) > LONGEST_LABEL:
            found.append(f"the text {key} has more than {LONGEST_LABEL} characters.")
    return sorted(found)


def is_label(key: str) -> bool:
    """Whether it is the label of a status, which may only be so long."""
    return key.startswith("status.") and not key.endswith(".description")
