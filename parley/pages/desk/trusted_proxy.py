"""The other way to sign in: a proxy that knows its people, and names them in a header of its own."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from parley.pages.desk.viewer import Viewer, shown_name

LONGEST: Final = 200
READS_ONLY: Final = (
    "Only people whom the policy names under [desk] as operators may do this; you may read everything."
)


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """`header` in lower case; `networks` from which alone it is believed; `operators` who may do something, by the
    name that the proxy gives them."""

    header: str
    networks: Sequence[IPv4Network | IPv6Network]
    operators: Collection[str]

    def viewer_of(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> Viewer | None:
        """Whom the proxy vouches for; `peer` is who holds the other end of the connection, as no header can say."""
        named = [value for name, value in headers if name == self.header.encode()]
        if len(named) != 1 or not self._is_trusted(peer):
            return None
        try:
            given = named[0].decode().strip(" \t")
        except UnicodeDecodeError:
            return None
        if not given or len(given) > LONGEST or not given.isprintable() or "," in given:
            return None
        may = any(_is_the_same(given, one) for one in self.operators)
        name = shown_name(given, given)
        person = "by the proxy" if name == given else f"{given}, by the proxy"
        return Viewer(name, person, may, "" if may else READS_ONLY)

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in one for one in self.networks)


def _is_the_same(given: str, operator: str) -> bool:
    """Whether two names are one: as they stand, or but for capitals among the letters from a to z.

    By Unicode's own rules others would fold into these, such as the sign of the kelvin into a k, and whoever may
    choose their name at the proxy would choose an operator's.
    """
    return given == operator or (given.isascii() and operator.isascii() and given.lower() == operator.lower())
