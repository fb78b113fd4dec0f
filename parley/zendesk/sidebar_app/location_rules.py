"""Where an app may be shown, and what is said of each place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from parley.zendesk.sidebar_app.app_package import AppPackage
from parley.zendesk.sidebar_app.saying import AppFinding, Manifest, error, is_web_address

OF_SUPPORT: Final = (
    "top_bar",
    "nav_bar",
    "ticket_sidebar",
    "new_ticket_sidebar",
    "user_sidebar",
    "organization_sidebar",
    "background",
    "modal",
    "ticket_editor",
    "system_top_bar",
    "custom_object_record_sidebar",
)
OPTIONS: Final = ("legacy", "autoLoad", "autoHide", "flexible", "signed", "url", "size", "objectTypes")
_A_SETTING: Final = "{{setting."
_THIS_MACHINE: Final = ("localhost", "127.0.0.1")
_BY_AN_ICON: Final = ("top_bar", "nav_bar")


def locations(package: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    places = manifest.get("location")
    if not places:
        return
    if not isinstance(places, dict):
        yield error("manifest.json: location has to name a product, such as support, and the places in it.")
        return
    for product, named in places.items():
        if product != "support" or not isinstance(named, dict):
            yield error(f"manifest.json: location.{product} is no product of Zendesk's that is known here.")
            continue
        for place, options in named.items():
            yield from _place(package, place, options)


def _place(package: AppPackage, place: str, options: Any) -> Iterator[AppFinding]:
    if place not in OF_SUPPORT:
        yield error(f"manifest.json: there is no place {place} in Support.")
        return
    given = {"url": options} if isinstance(options, str) else options
    if not isinstance(given, dict):
        yield error(f"manifest.json: what is said of {place} has to be an address or an object.")
        return
    for key in given:
        if key not in OPTIONS:
            yield error(f"manifest.json: {place} has no option {key}.")
    if "flexible" in given and not isinstance(given["flexible"], bool):
        yield error(f"manifest.json: flexible of {place} has to be true or false.")
    if place in _BY_AN_ICON and f"assets/icon_{place}.svg" not in package.files:
        yield error(f"The package lacks assets/icon_{place}.svg, by which {place} shows the app.")
    yield from _address(package, place, given.get("url"))


def _address(package: AppPackage, place: str, url: Any) -> Iterator[AppFinding]:
    if not isinstance(url, str) or not url:
        yield error(f"manifest.json: {place} lacks a url.")
    elif _A_SETTING in url:
        return
    elif "://" not in url:
        if not url.startswith("assets/") or url.partition("?")[0] not in package.files:
            yield error(f"manifest.json: {place} is shown from {url}, which is no file in assets.")
    elif not is_web_address(url) or not (url.startswith("https://") or urlsplit(url).hostname in _THIS_MACHINE):
        yield error(f"manifest.json: {place} is shown from {url}, which has to begin with https://.")
