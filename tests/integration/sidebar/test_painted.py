"""How soon the sidebar is painted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from parley.zendesk.sidebar_app import sidebar_package
from tests.integration.sidebar.fake_host import CDN, DESK, HERE, SDK, TYPES, example, ticket
from tests.scale import NIGHTLY, tell

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PAINTED_WITHIN_MS, TRIES = 200, 9
PAINTED_AT = """new Promise(told => requestAnimationFrame(() =>
  told(performance.getEntriesByName("case-shown")[0].startTime)))"""


@contextmanager
def served() -> Iterator[int]:
    """The ticket's page, and the app with its SDK, on a port of this machine.

    What a test hands to Chromium by itself takes a turn through the test's process for each file.
    """
    files = {f"/42/{path}": content for path, content in sidebar_package(DESK).files.items()}
    page = files["/42/assets/index.html"].decode()
    address = next(part for part in page.split('"') if part.startswith(f"https://{CDN}/"))
    files["/42/assets/index.html"] = page.replace(address, "zaf_sdk.js").encode()
    files["/42/assets/zaf_sdk.js"] = SDK.read_bytes()
    files["/agent.html"] = (HERE / "host.html").read_bytes()

    class Files(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # As where Zendesk's apps are served: else a file's second packet waits 40 ms for the first one's receipt.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            content = files.get(path, b"")
            self.send_response(200 if path in files else 404)
            self.send_header("Content-Type", TYPES.get(Path(path).suffix, "image/png"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.skipif(
    not NIGHTLY, reason="measures time, which wants the machine alone: PARLEY_SCALE=nightly runs it"
)
def test_a_case_is_painted_soon_after_its_page_was_asked_for(chromium: Browser) -> None:
    painted: list[float] = []
    answer = {"status": 200, "body": json.dumps(example("worker_in_tier_2"))}
    with served() as port, chromium.new_context() as context:
        for _ in range(TRIES):
            page = context.new_page()
            page.add_init_script(f"window.proxied = async () => ({json.dumps(answer)})")
            page.goto(f"http://127.0.0.1:{port}/agent.html")
            query = f"origin=http://127.0.0.1:{port}&app_guid=guid-1&colorScheme=light"
            app = f"http://localhost:{port}/42/assets/index.html?{query}"
            page.evaluate("given => host.open(...given)", [{"desk_address": DESK}, ticket(), "light", app])
            page.frame_locator("iframe").locator("main:not([aria-busy])").wait_for()
            painted.append(page.frames[-1].evaluate(PAINTED_AT))
            page.close()
    median = sorted(painted)[TRIES // 2]
    tell("sidebar_painted", median_ms=round(median))
    assert median < PAINTED_WITHIN_MS, painted
