"""The packaged policy, as the loops' tests run by it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from config.policy import load_policy, public_holidays
from config.texts import load_texts
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York


@cache
def policy() -> Policy:
    days = public_holidays("US", "", 2024, 2030)
    return Policy.from_mapping(load_policy(None), holidays=days, texts=Texts.from_mapping(load_texts()))
