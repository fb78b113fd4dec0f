"""A small Zendesk around the sidebar: the ticket's page, the app's own origin that serves the zip, and a proxy."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parley.zendesk.sidebar_app import sidebar_package
from tests.pseudo import pseudo

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page, Route

HERE = Path(__file__).parent
ZENDESKS = Path(__file__).parents[3] / "sandbox" / "pages" / "static"
EXAMPLES = Path(__file__).parents[2] / "case_views"
SDK = Path(os.environ.get("PARLEY_TEST_ZAF_SDK") or ZENDESKS / "zaf_sdk.js")
ZENDESK, APP, CDN = "acme.zendesk.com", "42.apps.zdusercontent.com", "static.zdassets.com"
DESK = "https://parley.example.com"
CASE_FIELD, DUE_FIELD = 9001, 9002
KEY_OF_INSTALLATION = "kept-by-zendesk"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}


def example(name: str, **changes: Any) -> dict[str, Any]:
    """One of the examples of a case, with some of it changed."""
    read = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return {**read, **changes}


def ticket(**changes: Any) -> dict[str, Any]:
    """What Zendesk tells an app of a ticket of ours."""
    values: dict[str, Any] = {
        "ticket.id": 4711,
        "ticket.tags": ["escalation_party_worker"],
        f"ticket.customField:custom_field_{CASE_FIELD}": "key-of-4711",
        f"ticket.customField:custom_field_{DUE_FIELD}": "Fri 6 Mar 2026, 10:00 EST",
        "ticketFields": [
            {"name": "subject", "label": "Subject"},
            {"name": f"custom_field_{CASE_FIELD}", "label": "Case key"},
            {"name": f"custom_field_{DUE_FIELD}", "label": "Next update due"},
        ],
        "currentUser.locale": "en-US",
        "colorScheme": "light",
    }
    return {**values, **changes}


def _in_pseudo(text: Any) -> Any:
    return {key: _in_pseudo(one) for key, one in text.items()} if isinstance(text, dict) else pseudo(text)


@dataclass
class FakeHost:
    """What the desk answers is `answer`: a status and a body.

    `reached` is what left Zendesk's proxy for the desk, `strayed` what the browser asked of anybody else,
    `complaints` what its console said.
    """

    page: Page
    answer: tuple[int, Any] = (404, {})
    reached: list[dict[str, Any]] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pseudo: bool = False
    """Whether the app's German is the language that nobody speaks."""
    files: Mapping[str, bytes] = field(default_factory=dict)

    def forget(self) -> None:
        """Be as nobody had used it."""
        self.answer, self.pseudo = (404, {}), False
        for one in (self.reached, self.strayed, self.complaints):
            one.clear()

    def serve(self, context: BrowserContext) -> None:
        with zipfile.ZipFile(io.BytesIO(sidebar_package(DESK).zipped())) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        context.route("**/*", self._serve)
        self.page.expose_function("proxied", self._proxied)

    def _serve(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        name = asked.path.removeprefix("/42/")
        if asked.hostname == ZENDESK:
            route.fulfill(body=(HERE / "host.html").read_text(encoding="utf-8"), content_type="text/html")
        elif asked.hostname == CDN:
            route.fulfill(body=SDK.read_text(encoding="utf-8"), content_type="text/javascript")
        elif asked.hostname == APP and name in self.files:
            kind = TYPES.get(Path(name).suffix, "image/png")
            route.fulfill(body=self._content(name), content_type=kind)
        else:
            self.strayed.append(route.request.url)
            route.abort()

    def _content(self, name: str) -> bytes:
        if not (self.pseudo and name == "assets/texts/de.json"):
            return self.files[name]
        return json.dumps(_in_pseudo(json.loads(self.files[name]))).encode()

    def _proxied(self, request: dict[str, Any]) -> dict[str, Any]:
        """Zendesk's proxy: it fills in secure settings of the scope header, for the hosts of the manifest only."""
        manifest = json.loads(self.files["manifest.json"])
        secure = request.get("secure") and urlsplit(request["url"]).hostname in manifest["domainWhitelist"]
        headers = {
            name: value.replace("{{setting.installation_key}}", KEY_OF_INSTALLATION) if secure else value
            for name, value in request.get("headers", {}).items()
        }
        self.reached.append({"method": request.get("type", "GET"), "url": request["url"], "headers": headers})
        status, body = self.answer
        return {"status": status, "body": json.dumps(body)}

    def open(
        self,
        view: Any = None,
        *,
        status: int = 200,
        scheme: str = "light",
        width: int = 320,
        held: bool = False,
        **changes: Any,
    ) -> Frame:
        """Open a ticket with the app beside it, and return the app's frame once it shows something.

        `held`: the desk answers once `host.release()` is called in the page, which is not waited for.
        """
        if view is not None or status != 200:
            self.answer = (status, view or {})
        settings = changes.pop("settings", {"desk_address": f"{DESK}/"})
        self.page.set_viewport_size({"width": width, "height": 900})
        if urlsplit(self.page.url).hostname != ZENDESK:
            self.page.goto(f"https://{ZENDESK}/agent/tickets/4711")
        address = (
            f"https://{APP}/42/assets/index.html?origin=https://{ZENDESK}&app_guid=guid-1&colorScheme={scheme}"
        )
        values = {**ticket(colorScheme=scheme), **changes.pop("values", {}), **changes}
        self.page.evaluate("given => host.open(...given)", [settings, values, scheme, address, held])
        self.page.frame_locator("iframe").locator("main" if held else "main:not([aria-busy])").wait_for()
        return self.frame

    @property
    def frame(self) -> Frame:
        return next(one for one in self.page.frames if APP in one.url)

    def did(self, what: str) -> list[list[Any]]:
        """What the app has done in the ticket's page: `invoked` without sizes, `set`, or `asked` of the proxy."""
        done = self.page.evaluate(f"host.{what}")
        return [one for one in done if what == "asked" or one[0] != "resize"]

    def fire(self, event: str, message: Any = None) -> None:
        self.page.evaluate("given => host.fire(...given)", [event, message])
