"""What a manifest has to say of the app as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from parley.zendesk.sidebar_app.app_package import AppPackage
from parley.zendesk.sidebar_app.saying import AppFinding, AppRule, Manifest, error, is_web_address

BOOLEANS: Final = ("requirementsOnly", "marketingOnly", "singleInstall", "signedUrls", "private")
STRINGS: Final = (
    "defaultLocale",
    "version",
    "frameworkVersion",
    "remoteInstallationURL",
    "termsConditionsURL",
    "gaID",
)
OF_AUTHOR: Final = ("name", "email", "url")


def has_no_place(manifest: Manifest) -> bool:
    """Whether the app is shown nowhere, and so needs neither a place nor a version of the framework."""
    return manifest.get("requirementsOnly") is True or manifest.get("marketingOnly") is True


def required(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    wanted = ["author", "defaultLocale"]
    if not has_no_place(manifest):
        wanted += ["location", "frameworkVersion"]
    for key in wanted:
        if not manifest.get(key):
            yield error(f"manifest.json lacks {key}.")


def booleans(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    for key in BOOLEANS:
        if key in manifest and not isinstance(manifest[key], bool):
            yield error(f"manifest.json: {key} is {manifest[key]!r}, and has to be true or false.")


def strings(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    for key in STRINGS:
        if key in manifest and not isinstance(manifest[key], str):
            yield error(f"manifest.json: {key} has to be a text.")


def author(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    told: Any = manifest.get("author")
    if not told:
        return
    if not isinstance(told, dict):
        yield error("manifest.json: author has to be an object with a name and an e-mail address.")
        return
    for key in OF_AUTHOR:
        if key in told and not isinstance(told[key], str):
            yield error(f"manifest.json: author.{key} has to be a text.")
    if "url" in told and not is_web_address(told["url"]):
        yield error("manifest.json: author.url is no address of the web.")


def terms(_: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    if "termsConditionsURL" in manifest and not is_web_address(manifest["termsConditionsURL"]):
        yield error("manifest.json: termsConditionsURL is no address of the web.")


def requirements(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    if "requirements.json" in package.files:
        yield error("The package has a requirements.json, whose rules are not checked here.")


MANIFEST_RULES: Final[tuple[AppRule, ...]] = (required, booleans, strings, author, terms, requirements)
