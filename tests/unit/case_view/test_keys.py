"""The keys by which the sidebar reads: of one ticket each, and of the secrets that are valid."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from parley.case_view.case_keys import CaseKeys, key_of

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32


def keys(*secrets: str) -> CaseKeys:
    return CaseKeys(lambda: secrets)


def test_a_tickets_key_opens_its_case_and_no_others() -> None:
    one = keys(NEW)
    assert one.opens("35", NEW, one.of("35"))
    assert not one.opens("36", NEW, one.of("35"))
    assert not one.opens("35", OTHER, one.of("35"))
    assert not one.opens("35", one.of("35"), NEW)


def test_a_key_is_a_word_that_a_field_and_a_header_take_and_nothing_of_the_secret_is_in_it() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", key_of(NEW, "35"))
    assert len({key_of(secret, ticket) for secret in (OLD, NEW) for ticket in ("35", "36", "3")}) == 6
    assert NEW not in repr(keys(NEW))


def test_while_the_secret_changes_either_key_may_be_the_old_one_and_tickets_get_the_new_one() -> None:
    both = keys(NEW, OLD)
    assert both.of("35") == key_of(NEW, "35")
    assert all(both.opens("35", app, key_of(ticket, "35")) for app in (OLD, NEW) for ticket in (OLD, NEW))
    assert not keys(NEW).opens("35", NEW, key_of(OLD, "35"))


def test_without_a_secret_nothing_opens_and_nothing_is_written() -> None:
    none = keys()
    assert none.of("35") == ""
    assert not none.opens("35", "", "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_guess_opens_and_none_fails(installation: str, capability: str) -> None:
    assert not keys(NEW, OLD).opens("35", installation, capability)
