"""Whether a request that is to change something was sent by a page of the desk, and not by another site's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SAFE: Final = frozenset({"GET", "HEAD"})


def comes_from_us(headers: Iterable[tuple[bytes, bytes]], origin: str) -> bool:
    """`Sec-Fetch-Site` decides where a browser sends it, which no page can; else `Origin` has to be ours.

    A browser that sends neither is not served; nor is a header that is there twice believed.
    """
    given = list(headers)
    sites = [value for name, value in given if name == b"sec-fetch-site"]
    origins = [value for name, value in given if name == b"origin"]
    if sites:
        return sites == [b"same-origin"]
    return origins == [origin.encode()]
