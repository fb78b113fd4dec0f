"""The policy and the texts, loaded and checked at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from config.companies import NAMED, Company
from config.packaged import ConfigError
from config.policy import load_policy, merged, public_holidays
from config.texts import load_texts
from escalation.policies.policy import Policy, PolicyError, problems
from escalation.policies.texts import Texts

holidays_of = cache(public_holidays)


def load_rules(path: Path | None, companies: Sequence[Company] = ()) -> Policy:
    """Return the policy of a file over the packaged one, and what it says differently for client companies; raises
    ConfigError or PolicyError with sentences."""
    if path is None and not companies:
        return _packaged_rules()
    mapping = load_policy(path)
    policy = _policy_of(mapping)
    return replace(policy, companies={one.key: _differing(policy, mapping, one) for one in companies})


@cache
def _packaged_rules() -> Policy:
    """The packaged files are the same for as long as a process lives."""
    return _policy_of(load_policy(None))


def _policy_of(mapping: dict[str, Any]) -> Policy:
    found = problems(mapping)
    if found:
        raise PolicyError(found)
    time = mapping["business_time"]
    holidays = holidays_of(time["country"], time["subdivision"])
    texts = Texts.from_mapping(load_texts(mapping["language"]))
    if unknown := [one for one in _languages(mapping) if one not in texts.languages]:
        there = ", ".join(sorted(texts.languages))
        raise ConfigError(f"There are no texts in the language {unknown[0]!r}: there are {there}.")
    return Policy.from_mapping(mapping, holidays=holidays, texts=texts)


def _languages(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    return (*mapping["languages"], *mapping["brand_languages"].values())


def _differing(policy: Policy, mapping: dict[str, Any], company: Company) -> dict[str, Any]:
    """Return what a company's policy says differently, once it is a policy as any other."""
    if not company.policy:
        return {}
    who = f"{NAMED}, company {company.key}, policy:"
    try:
        return policy.differing(_policy_of(merged(mapping, dict(company.policy))))
    except PolicyError as error:
        raise PolicyError([f"{who} {said}" for said in error.problems]) from None
    except ConfigError as error:
        raise ConfigError(f"{who} {error}") from None
