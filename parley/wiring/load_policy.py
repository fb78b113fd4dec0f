"""The policy and the texts, loaded and checked at the start."""

from __future__ import annotations

from pathlib import Path

from config.policy import load_policy, public_holidays
from config.texts import load_texts
from escalation.policies.policy import Policy, PolicyError, problems
from escalation.policies.texts import Texts


def load_rules(path: Path | None) -> Policy:
    """Return the policy of a file over the packaged one; raises ConfigError or PolicyError with sentences."""
    mapping = load_policy(path)
    found = problems(mapping)
    if found:
        raise PolicyError(found)
    time = mapping["business_time"]
    holidays = public_holidays(time["country"], time["subdivision"])
    return Policy.from_mapping(
        mapping, holidays=holidays, texts=Texts.from_mapping(load_texts(mapping["language"]))
    )
