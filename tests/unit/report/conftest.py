from __future__ import annotations

import pytest

from escalation.policies.policy import Policy
from parley.wiring.load_policy import load_rules


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_rules(None)
