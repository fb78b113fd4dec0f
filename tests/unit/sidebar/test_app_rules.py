"""What Zendesk's own validator refuses and advises of an app's package: each rule, and that ours meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from parley.zendesk.sidebar_app import AppPackage, sidebar_package, validate

DESK = "https://parley.example.com"
SOUND = sidebar_package(DESK)
MANIFEST: dict[str, Any] = json.loads(SOUND.files["manifest.json"])


def of_manifest(change: Callable[[dict[str, Any]], object]) -> AppPackage:
    """The app with another manifest."""
    manifest = json.loads(SOUND.files["manifest.json"])
    change(manifest)
    return AppPackage({**SOUND.files, "manifest.json": json.dumps(manifest).encode()})


def with_parameter(**parameter: Any) -> AppPackage:
    """The app with one more parameter, which every translation names."""
    package = of_manifest(lambda manifest: manifest["parameters"].append(parameter))
    return AppPackage({**package.files, **_translated(parameter.get("name"))})


def _translated(name: Any) -> dict[str, bytes]:
    found = {}
    for path in (path for path in SOUND.files if path.startswith("translations/")):
        read = json.loads(SOUND.files[path])
        read["app"]["parameters"][str(name)] = {"label": "More"}
        found[path] = json.dumps(read).encode()
    return found


def with_files(**files: bytes | None) -> AppPackage:
    """The app with other files; None takes one away. A path's slashes and dots are written __ and _dot_."""
    changed = {name.replace("__", "/").replace("_dot_", "."): content for name, content in files.items()}
    kept = {path: content for path, content in SOUND.files.items() if path not in changed}
    return AppPackage({**kept, **{path: content for path, content in changed.items() if content is not None}})


def in_place(**options: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest["location"]["support"]["ticket_sidebar"].update(options)


def places(support: Any) -> Callable[[dict[str, Any]], object]:
    return lambda manifest: manifest.update(location={"support": support})


def said(package: AppPackage, *, refused: bool) -> list[str]:
    return [one.said for one in validate(package) if one.refused is refused]


def test_our_app_is_taken_and_nothing_is_advised() -> None:
    assert validate(SOUND) == ()


REFUSED = {
    "no manifest": (with_files(manifest_dot_json=None), "There is no manifest.json"),
    "broken manifest": (with_files(manifest_dot_json=b"{"), "manifest.json is not JSON"),
    "manifest is a list": (with_files(manifest_dot_json=b"[]"), "manifest.json is not a JSON object"),
    "a key twice": (with_files(manifest_dot_json=b'{"a": {"b": 1, "b": 2}}'), "names b twice"),
    **{
        f"no {key}": (of_manifest(lambda manifest, key=key: manifest.pop(key)), f"lacks {key}")  # type: ignore[misc]
        for key in ("author", "defaultLocale", "location", "frameworkVersion")
    },
    **{
        f"{key} no boolean": (of_manifest(lambda manifest, key=key: manifest.update({key: "true"})), key)  # type: ignore[misc]
        for key in ("requirementsOnly", "marketingOnly", "singleInstall", "signedUrls", "private")
    },
    **{
        f"{key} no text": (
            of_manifest(lambda manifest, key=key: manifest.update({key: 2})),
            f"{key} has to be a text",
        )  # type: ignore[misc]
        for key in ("version", "frameworkVersion", "remoteInstallationURL", "termsConditionsURL", "gaID")
    },
    **{
        f"author.{key} no text": (
            of_manifest(lambda manifest, key=key: manifest["author"].update({key: 2})),  # type: ignore[misc]
            f"author.{key} has to be a text",
        )
        for key in ("name", "email", "url")
    },
    "author no object": (of_manifest(lambda manifest: manifest.update(author="me")), "author has to be an object"),
    "author's address": (of_manifest(lambda manifest: manifest["author"].update(url="here")), "author.url is no"),
    "terms' address": (of_manifest(lambda manifest: manifest.update(termsConditionsURL="ftp://x")), "termsCond"),
    "requirements": (with_files(requirements_dot_json=b"{}"), "requirements.json"),
    "location a text": (of_manifest(lambda manifest: manifest.update(location="ticket_sidebar")), "location has"),
    "another product": (of_manifest(lambda manifest: manifest.update(location={"shop": {}})), "location.shop"),
    "an unknown place": (of_manifest(places({"cellar": "assets/index.html"})), "no place cellar"),
    "a place that is a number": (of_manifest(places({"modal": 3})), "what is said of modal"),
    "an unknown option": (of_manifest(in_place(colour="red")), "no option colour"),
    "flexible a text": (of_manifest(in_place(flexible="yes")), "flexible of ticket_sidebar"),
    "no url": (of_manifest(places({"modal": {"flexible": True}})), "modal lacks a url"),
    "a file that is not there": (of_manifest(in_place(url="assets/other.html")), "no file in assets"),
    "a file outside of assets": (of_manifest(in_place(url="manifest.json")), "no file in assets"),
    "plain http": (of_manifest(in_place(url="http://parley.example.com")), "begin with https://"),
    "no host": (of_manifest(in_place(url="https://")), "begin with https://"),
    "no icon of the top bar": (of_manifest(places({"top_bar": "assets/index.html"})), "icon_top_bar.svg"),
    "parameters no list": (of_manifest(lambda manifest: manifest.update(parameters={})), "parameters has to be"),
    "a parameter without a name": (with_parameter(type="text"), "lacks its name"),
    "a parameter called name": (with_parameter(name="name", type="text"), "may be called name"),
    "a parameter twice": (with_parameter(name="desk_address", type="url"), "several parameters desk_address"),
    "an unknown type": (with_parameter(name="more", type="password"), "has the type password"),
    "required no boolean": (with_parameter(name="more", type="text", required="yes"), "required of the parameter"),
    "hidden and required": (with_parameter(name="more", type="hidden", required=True), "nobody can fill it in"),
    "oauth and secure": (
        with_parameter(name="more", type="oauth", secure=True, scopes=["header"]),
        "can't be secure",
    ),
    "scopes of what is not secure": (with_parameter(name="more", type="text", scopes=["header"]), "only a secure"),
    "an unknown scope": (with_parameter(name="more", type="text", secure=True, scopes=["cookie"]), "the scopes of"),
    "a long domain": (with_parameter(name="more", type="mtls", allowed_domain="a" * 254), "253 signs"),
    "oauth twice": (
        of_manifest(
            lambda manifest: manifest["parameters"].extend(
                [{"name": "a", "type": "oauth"}, {"name": "b", "type": "oauth"}]
            )
        ),
        "one parameter of the type oauth",
    ),
    "a link": (AppPackage(SOUND.files, frozenset({"assets/main.js"})), "assets/main.js is a symbolic link"),
    "no default translation": (with_files(translations__en_dot_json=None), "There is no translations/en.json"),
    "a locale that is none": (with_files(translations__english_dot_json=b"{}"), "english is no locale"),
    "a translation that is none": (
        with_files(translations__en_dot_txt=b""),
        "translations/en.txt is no translation",
    ),
    "a broken translation": (with_files(translations__fr_dot_json=b"{"), "translations/fr.json is not JSON"),
    "a translation without app": (with_files(translations__fr_dot_json=b"[]"), "object that holds app"),
    "a parameter without a label": (with_files(translations__fr_dot_json=b'{"app": {}}'), "desk_address.label"),
    "a text without its title": (
        with_files(translations__fr_dot_json=b'{"app": {"package": {"a": {"value": "b"}}}}'),
        "app.package.a has to have a title and a value",
    ),
    "no logo": (with_files(assets__logo_dot_png=None), "lacks assets/logo.png"),
    "no small logo": (
        AppPackage({path: content for path, content in SOUND.files.items() if "small" not in path}),
        "small",
    ),
    **{
        f"a {kind}": (AppPackage({**SOUND.files, f"assets/more.{kind}": b""}), "a kind that Zendesk does not take")
        for kind in ("rar", "zip", "gzip", "pdf", "docx", "avi", "sh", "jar", "mp3", "xls", "7z")
    },
}


@pytest.mark.parametrize(("package", "told"), REFUSED.values(), ids=REFUSED)
def test_what_zendesk_refuses_is_refused(package: AppPackage, told: str) -> None:
    assert any(told in sentence for sentence in said(package, refused=True))


ADVISED = {
    "secure without scopes": (with_parameter(name="more", type="text", secure=True), "has no scopes"),
    "a secure default": (
        with_parameter(name="more", type="text", secure=True, scopes=["body"], default="x"),
        "default",
    ),
    "a hidden default": (with_parameter(name="more", type="hidden", default="x"), "everybody can read"),
    "a token that is not secure": (with_parameter(name="api_token", type="text"), "make it secure"),
    "a key that is not secure": (with_parameter(name="Key", type="text"), "make it secure"),
    "plain http": (with_files(assets__more_dot_js=b'fetch("http://example.com")'), "begins with http://"),
    "a word": (with_files(assets__more_dot_html=b"your password"), "may hold something to be kept: “password”"),
    "a token": (with_files(assets__more_dot_js=b"token: 'abcdefghijklmnop'"), "may hold something to be kept"),
    "a private key": (with_files(assets__more_dot_js=b"-----BEGIN RSA PRIVATE KEY-----"), "may hold something"),
    "a script in a picture": (with_files(assets__more_dot_svg=b"<svg><script/></svg>"), "what Zendesk takes out"),
    "a bitmap in a picture": (
        with_files(assets__more_dot_svg=b'<svg><image href="a"/></svg>'),
        "what Zendesk takes",
    ),
}


@pytest.mark.parametrize(("package", "told"), ADVISED.values(), ids=ADVISED)
def test_what_zendesk_advises_is_advised_and_refuses_nothing(package: AppPackage, told: str) -> None:
    assert any(told in sentence for sentence in said(package, refused=False))
    assert said(package, refused=True) == []


TAKEN = {
    "a page of a host": of_manifest(in_place(url="https://parley.example.com/sidebar")),
    "a page of this machine": of_manifest(in_place(url="http://localhost:3000")),
    "a page that a setting names": of_manifest(in_place(url="{{setting.desk_address}}/sidebar")),
    "a place as a text": of_manifest(places({"ticket_sidebar": "assets/index.html?wide=1"})),
    "an app without a place": of_manifest(
        lambda manifest: (
            manifest.pop("location"),
            manifest.pop("frameworkVersion"),
            manifest.update(requirementsOnly=True),
        )
    ),
    "a label with a title": with_parameter(name="more", type="checkbox"),
}


@pytest.mark.parametrize("package", TAKEN.values(), ids=TAKEN)
def test_what_zendesk_takes_is_taken(package: AppPackage) -> None:
    assert validate(package) == ()
