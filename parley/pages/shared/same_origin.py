"""Whether a request that is to change something was sent by a page of ours, and not by another site's.

No browser sends one of these headers twice, so one that is there twice is believed of nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SAFE: Final = frozenset({"GET", "HEAD"})


def comes_from_us(headers: Iterable[tuple[bytes, bytes]], origin: str) -> bool:
    """`Sec-Fetch-Site` decides where a browser sends it, which no page can; else `Origin` has to be ours.

    A browser that sends neither is not served.
    """
    sites, origins = _told(headers)
    if sites:
        return sites == [b"same-origin"]
    return origins == [origin.encode()]


def is_of_another_site(headers: Iterable[tuple[bytes, bytes]], origin: str) -> bool:
    """Whether another site's page is known to have sent it, where nothing but an address opens anything.

    A page that asks to be named to nobody has `null` for an origin, so a browser that says no more is let in.
    """
    sites, origins = _told(headers)
    if sites:
        return sites not in ([b"same-origin"], [b"none"])
    return origins not in ([], [b"null"], [origin.encode()])


def _told(headers: Iterable[tuple[bytes, bytes]]) -> tuple[list[bytes], list[bytes]]:
    given = list(headers)
    sites = [value for name, value in given if name == b"sec-fetch-site"]
    return sites, [value for name, value in given if name == b"origin"]
