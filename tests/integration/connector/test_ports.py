"""What is asked of a vendor is known in each of its places: where one lacks a verb or a call, this tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector import ports
from connector.errors import ApiAnswer, Permanent
from connector.reading import Json
from connector.zendesk.access.scopes import CALLS
from connector.zendesk.account.rights import EXPORT, NOBODY, UNTRIED, try_reads, try_writes
from parley.inspection.rights import WITHOUT
from tests.integration.connector.conftest import NOW
from tests.integration.connector.test_hostile_answers import WORKMARKET, ZENDESK

NEED_NO_TRIAL = {"GET users/me", "GET tickets/{id}/side_conversations/{id}/events"}
"""The first call that `parley doctor` makes, without which there is nothing to try; and one that is made only where
a list came without its events, and takes what the list takes."""


class Refusing:
    """An account that lets us do nothing."""

    def get(self, path: str, **parameters: object) -> ApiAnswer:
        raise Permanent("forbidden", f"GET {path} with {len(parameters)}")

    def pages(self, path: str, parameters: Mapping[str, object]) -> Iterator[tuple[Json, ApiAnswer]]:
        raise Permanent("forbidden", f"GET {path} with {len(parameters)}")

    def send(self, method: str, path: str, body: Mapping[str, object]) -> ApiAnswer:
        raise Permanent("forbidden", f"{method} {path} with {len(body)}")


def verbs(port: type) -> set[str]:
    return {name for name in vars(port) if not name.startswith("_")}


def test_each_verb_meets_hostile_answers() -> None:
    assert verbs(ports.Zendesk) <= {name for name, _, _ in ZENDESK}
    assert verbs(ports.WorkMarket) <= {name for name, _, _ in WORKMARKET}


def test_each_call_is_tried_by_doctor_and_what_its_refusal_means_is_told() -> None:
    listed = {call for calls in CALLS.values() for call in calls}
    tried = {one.call for one in (*try_reads(Refusing(), NOBODY, None, NOW), *try_writes(Refusing(), NOBODY))}
    assert listed == tried | {*UNTRIED} | NEED_NO_TRIAL
    assert set(WITHOUT) == tried - {EXPORT}
