"""What an app's other files have to be like: translations, pictures, and what must not be among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final

from parley.zendesk.sidebar_app.app_package import MANIFEST, AppPackage
from parley.zendesk.sidebar_app.saying import AppFinding, AppRule, Manifest, advice, error

LOCALE: Final = re.compile(r"^[a-z]{2,3}(-\w{2,3})?$")
NOT_TAKEN: Final = re.compile(
    r"\.(rar|zip|gzip|gz|pdf|docx?|avi|bin|bz2?|csh|sh|jar|mp3|mpe?g|odt|pptx?|xlsx?|7z)$", re.IGNORECASE
)
_READ: Final = (".html", ".xml", ".js", ".json")
_SECRETS: Final = (
    re.compile(r"\bpasswords?\b", re.IGNORECASE),
    re.compile(r"\bsecrets?\b", re.IGNORECASE),
    re.compile(r"\b(api[_-]?|access[_-]?)?(token|key)['\"]?\s*[:=]\s*['\"][\w+/=-]{12,}['\"]", re.IGNORECASE),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
)
_PLAIN_HTTP: Final = re.compile(r"http://(?!(localhost|127\.0\.0\.1)\b)")
_PRUNED: Final = re.compile(r"<(script|image|foreignObject)\b|\bon\w+\s*=|javascript:", re.IGNORECASE)


def no_links(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    for path in sorted(package.links):
        yield error(f"{path} is a symbolic link, which no package may hold.")


def translations(package: AppPackage, manifest: Manifest) -> Iterator[AppFinding]:
    found = {path: PurePosixPath(path) for path in sorted(package.files) if path.startswith("translations/")}
    default = manifest.get("defaultLocale")
    if f"translations/{default}.json" not in found:
        yield error(f"There is no translations/{default}.json, though {default} is the default locale.")
    for path, file in found.items():
        if file.suffix != ".json" or file.parent != PurePosixPath("translations"):
            yield error(f"{path} is no translation: translations/en.json is.")
        elif not LOCALE.match(file.stem):
            yield error(f"{path}: {file.stem} is no locale, such as en or pt-br.")
        else:
            yield from _translation(path, package.files[path], manifest)


def _translation(path: str, content: bytes, manifest: Manifest) -> Iterator[AppFinding]:
    try:
        read: Any = json.loads(content.decode("utf-8"))
    except ValueError as wrong:
        yield error(f"{path} is not JSON: {wrong}.")
        return
    if not isinstance(read, dict) or not isinstance(read.get("app"), dict):
        yield error(f"{path} has to be an object that holds app.")
        return
    app = read["app"]
    yield from _of_package(path, app.get("package"))
    told = app.get("parameters")
    for one in manifest.get("parameters", []):
        name = one.get("name") if isinstance(one, dict) else None
        texts = told.get(name) if isinstance(told, dict) else None
        if not isinstance(texts, dict) or not _text(texts.get("label")):
            yield error(f"{path} lacks app.parameters.{name}.label.")


def _of_package(path: str, package: Any) -> Iterator[AppFinding]:
    for key, value in package.items() if isinstance(package, dict) else ():
        if isinstance(value, dict) and set(value) != {"title", "value"}:
            yield error(f"{path}: app.package.{key} has to have a title and a value.")


def _text(value: Any) -> bool:
    """Whether it is a text, given as one or with a title for its translators."""
    said = value.get("value") if isinstance(value, dict) else value
    return isinstance(said, str) and bool(said.strip())


def plain_http(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    for path, text in _texts(package, (".html", ".js")):
        if _PLAIN_HTTP.search(text):
            yield advice(
                f"{path} names an address that begins with http://: what is asked there can be read on the way."
            )


def secrets(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    for path, text in _texts(package, _READ):
        if path != MANIFEST and (found := next((one for one in map(_of(text), _SECRETS) if one), None)):
            yield advice(f"{path} may hold something to be kept: “{found}”.")


def _of(text: str) -> Any:
    return lambda pattern: found[0] if (found := pattern.search(text)) else None


def pictures(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    for name in ("logo.png", "logo-small.png"):
        if f"assets/{name}" not in package.files:
            yield error(f"The package lacks assets/{name}.")
    for path, text in _texts(package, (".svg",)):
        if _PRUNED.search(text):
            yield advice(f"{path} holds what Zendesk takes out, and is shown as another picture.")


def kinds(package: AppPackage, _: Manifest) -> Iterator[AppFinding]:
    for path in sorted(package.files):
        if NOT_TAKEN.search(path):
            yield error(f"{path} is of a kind that Zendesk does not take.")


def _texts(package: AppPackage, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for path in sorted(package.files):
        if path.endswith(suffixes):
            yield path, package.files[path].decode("utf-8", "replace")


CONTENT_RULES: Final[tuple[AppRule, ...]] = (
    no_links,
    translations,
    secrets,
    plain_http,
    pictures,
    kinds,
)
