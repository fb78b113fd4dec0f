"""Loads the escalation policy and the public holidays; what they mean is the process's business."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import holidays as public

from config.packaged import ConfigError, from_file, packaged

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def load_policy(path: Path | None = None) -> dict[str, Any]:
    """Return the packaged policy, with what the file at `path` names put in its place; raises ConfigError.

    Tables are merged key by key, also the tables by project; lists are replaced.
    """
    policy = packaged("policy.toml")
    return policy if path is None else merged(policy, from_file(path))


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return `under` with the values of `over` on top, table by table."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = merged(below, value)
        else:
            result[key] = value
    return result


def public_holidays(
    country: str, subdivision: str = "", first_year: int = 2015, last_year: int = 2060
) -> dict[date, str]:
    """Return the public holidays of a country, or of one of its states, with their English names.

    Without a subdivision these are the country's own: for `US` the federal holidays, substitute days included.
    An empty country has none. Raises ConfigError for a country or subdivision that the library doesn't know.
    """
    if not country:
        return {}
    known = public.list_supported_countries()
    if country not in known:
        raise ConfigError(f"business_time.country {country!r} is unknown: use an ISO code such as 'US'.")
    if subdivision and subdivision not in known[country]:
        raise ConfigError(
            f"business_time.subdivision {subdivision!r} is unknown for {country}: see {_some(known[country])}."
        )
    years = range(first_year, last_year + 1)
    with warnings.catch_warnings():
        # Calendars that follow the moon are known for some decades only; the years beyond have the rest.
        warnings.simplefilter("ignore", UserWarning)
        found = public.country_holidays(country, subdiv=subdivision or None, years=years, language="en_US")
    return dict(sorted(found.items()))


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (" and so on" if len(codes) > 5 else "") if codes else "leave it empty"
