"""The settings of the desk's page: two ways to sign in, each whole, and never both."""

from __future__ import annotations

import pytest

from config.settings import judged

ZENDESK = {"ZENDESK_SIGN_IN_CLIENT_ID": "parley_desk", "ZENDESK_SIGN_IN_CLIENT_SECRET": "s"}
PROXY = {"TRUSTED_PROXY_HEADER": "X-Forwarded-Email", "TRUSTED_PROXY_ADDRESSES": "10.0.0.7, 10.1.0.0/16, ::1"}
PUBLIC = {"PUBLIC_URL": "https://parley.example.com"}


@pytest.mark.parametrize("way", [ZENDESK, PROXY])
def test_each_way_is_whole_with_the_address_of_the_page(way: dict[str, str]) -> None:
    assert judged({**way, **PUBLIC}) == ({}, [])


@pytest.mark.parametrize("way", [ZENDESK, PROXY])
def test_a_way_without_the_pages_address_is_told(way: dict[str, str]) -> None:
    _, said = judged(way)
    (sentence,) = said
    assert sentence.startswith(f"{next(iter(way))} is set without PUBLIC_URL: ")


@pytest.mark.parametrize("way", [ZENDESK, PROXY])
@pytest.mark.parametrize("lacking", [0, 1])
def test_half_a_way_is_told(way: dict[str, str], lacking: int) -> None:
    name = list(way)[lacking]
    given = {key: value for key, value in way.items() if key != name}
    _, said = judged({**given, **PUBLIC})
    assert said[0] == f"{next(iter(given))} is set without {name}: set both or neither."


def test_both_ways_together_are_told() -> None:
    _, said = judged({**ZENDESK, **PROXY, **PUBLIC})
    assert said == [
        "ZENDESK_SIGN_IN_CLIENT_ID and TRUSTED_PROXY_HEADER are set together: keep one way to sign in to /desk."
    ]


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "forwarded", "Cookie", "X-Real-IP", "a b", "x", "Origin", "X_User"]
)
def test_a_header_that_proves_nothing_is_refused(name: str) -> None:
    wrong, _ = judged({**PROXY, **PUBLIC, "TRUSTED_PROXY_HEADER": name})
    assert "must be the name of a header" in wrong["TRUSTED_PROXY_HEADER"]


@pytest.mark.parametrize(
    "addresses", ["0.0.0.0/0", "::/0", "10.0.0.7, 0.0.0.0/0", "proxy.example.com", "10.0.0.9/8", ","]
)
def test_addresses_that_are_none_or_everybodys_are_refused(addresses: str) -> None:
    wrong, _ = judged({**PROXY, **PUBLIC, "TRUSTED_PROXY_ADDRESSES": addresses})
    assert "must hold the addresses of your proxies" in wrong["TRUSTED_PROXY_ADDRESSES"]
