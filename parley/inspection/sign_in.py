"""For `parley doctor`: how people sign in to the desk's page, who may act there, and what of it leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from config.setting_rules import AddressRange, loopback
from config.settings import Settings
from connector.reading import text
from connector.zendesk.access.channel import Calls
from connector.zendesk.account.business_rules import BusinessRules
from escalation.policies.policy import Policy
from parley.inspection.rights import Line
from parley.pages.desk.places import SIGNED_IN

WHAT: Final = "sign-in to /desk"
OPERATORS: Final = "operators of /desk"
OFF: Final = "is off, and /desk a 404: set how people sign in where it is wanted (README, “The desk's page”)."
WIDE_BITS: Final = 16
"""A network with more bits than these for its own machines holds more than a company's proxies."""


def sign_in_lines(settings: Settings, policy: Policy) -> Iterator[Line]:
    """Say how people sign in, and what in settings and policy is not as it was meant. Nothing is asked."""
    if settings.zendesk_sign_in_client_id:
        said, odd = _by_zendesk(settings), list(_odd_by_zendesk(settings, policy))
    elif settings.trusted_proxy_header:
        where = settings.trusted_proxy_addresses
        said = f"by a proxy at {where}, which names people in {settings.trusted_proxy_header}."
        odd = list(_odd_by_proxy(settings, policy))
    else:
        said, odd = OFF, []
    yield WHAT, "warning" if odd else "ok", " ".join([said, *odd])


def operators_line(settings: Settings, policy: Policy, calls: Calls) -> Iterator[Line]:
    """Say whether the group is there whose agents may act. Raises ConnectorError."""
    wanted = policy.operators_group
    if not settings.zendesk_sign_in_client_id or not wanted:
        return
    names = [text(one.get("name")) for one in BusinessRules(calls).groups() if not one.get("deleted")]
    if wanted.casefold() in (name.casefold() for name in names):
        yield OPERATORS, "ok", f"Zendesk's admins, and the agents of the group “{wanted}”."
        return
    said = f"no group of the account is called “{wanted}”, so that admins alone may act: make it in Zendesk, or "
    yield OPERATORS, "problem", f"{said}change operators_group in the policy."


def _by_zendesk(settings: Settings) -> str:
    return (
        f"by Zendesk, which sends people back to {settings.public_url}{SIGNED_IN}: the redirect URL of the OAuth "
        f"client “{settings.zendesk_sign_in_client_id}” has to be that one."
    )


def _odd_by_zendesk(settings: Settings, policy: Policy) -> Iterator[str]:
    if settings.zendesk_sign_in_client_id == settings.zendesk_oauth_client_id:
        yield (
            "It is the client of ZENDESK_OAUTH_CLIENT_ID, too: make people a client of their own, so that a new "
            "secret of the one leaves the other alone."
        )
    if loopback(urlsplit(settings.public_url or "").hostname or ""):
        yield "PUBLIC_URL means this machine: from any other nobody can sign in."
    if policy.operators:
        yield (
            "`operators` of the policy counts for nothing here, since it holds names that a proxy gives: put these "
            "people into the group of operators_group."
        )


def _odd_by_proxy(settings: Settings, policy: Policy) -> Iterator[str]:
    for one in settings.trusted_proxies:
        if _is_wide(one):
            yield f"{one} is a wide network, and each address in it may name anybody: name your proxies alone."
    if not policy.operators:
        yield "Nobody may act there: name who may in `operators` of the policy."
    if policy.operators_group:
        yield "operators_group of the policy counts for nothing here, since a proxy tells no groups."


def _is_wide(network: AddressRange) -> bool:
    return network.max_prefixlen - network.prefixlen > (WIDE_BITS if network.version == 4 else 64)
