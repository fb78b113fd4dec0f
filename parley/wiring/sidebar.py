"""The sidebar app that this deployment wants in its account: for its own address, with its own key."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from parley.zendesk.account.model.sidebar import SidebarApp
from parley.zendesk.sidebar_app import BadAddress, sidebar_package, version_of

NAME: Final = "Parley"
NOT_SET: Final = (
    "SIDEBAR_SECRETS is not set, so nothing is planned of the sidebar app; `openssl rand -hex 32` makes a secret."
)


def wanted_sidebar(secrets: tuple[str, ...], public_url: str) -> tuple[SidebarApp | None, tuple[str, ...]]:
    """The app as it shall be installed, with the first of the secrets; or why nothing is planned of it."""
    if not secrets:
        return None, (NOT_SET,)
    try:
        version, package = _packed(public_url)
    except BadAddress as wrong:
        return None, (f"Nothing is planned of the sidebar app: {wrong}",)
    return SidebarApp(NAME, version, package, public_url.rstrip("/"), secrets[0]), ()


@lru_cache(maxsize=4)
def _packed(public_url: str) -> tuple[str, bytes]:
    """The app's version and its zip, which is the same for an address as long as the process lives."""
    made = sidebar_package(public_url)
    return version_of(made), made.zipped()
