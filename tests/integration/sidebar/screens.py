"""Takes the pictures of the sidebar in docs/screens: `python -m tests.integration.sidebar.screens`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.integration.pages.served_pages import served_demo
from tests.integration.sidebar.conftest import CHROMIUM, FLAGS, ZONE
from tests.integration.sidebar.fake_host import FakeHost, example
from tests.smaller_pictures import made_smaller

SCREENS: Final = Path(__file__).parents[3] / "docs" / "screens"
TALLEST: Final = 1000
TICKET: Final = "/agent/tickets/2"
BESIDE: Final = "sidebar-beside"
PICTURES: Final = {
    "sidebar-light": ("worker_in_tier_2", "light", 400, "en-US"),
    "sidebar-dark": ("client_in_review", "dark", 400, "en-US"),
    "sidebar-320": ("client_in_review", "light", 320, "es"),
    "sidebar-pseudo": ("worker_in_tier_2", "light", 400, "pseudo"),
    "sidebar-silent": ("silent", "dark", 320, "de"),
}


def main() -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        context = browser.new_context(timezone_id=ZONE, locale="en-US")
        host = FakeHost(context.new_page())
        host.serve(context)
        for name, (view, scheme, width, locale) in PICTURES.items():
            host.pseudo = locale == "pseudo"
            values = {"currentUser.locale": "de" if host.pseudo else locale, "ticket.tags": ["escalation_overdue"]}
            silent = view == "silent"
            host.open(
                {} if silent else example(view),
                status=502 if silent else 200,
                scheme=scheme,
                width=width,
                values=values,
            )
            host.page.wait_for_timeout(300)
            height = host.page.locator("iframe").evaluate("one => one.clientHeight")
            shown = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
            host.page.set_viewport_size({"width": width, "height": TALLEST})
            host.page.screenshot(path=SCREENS / f"{name}.png", clip=shown)
        beside_the_ticket(browser)
        browser.close()
    made_smaller([SCREENS / f"{name}.png" for name in (*PICTURES, BESIDE)])


def beside_the_ticket(browser: Browser) -> None:
    """The demo's agent's ticket, as far as a window of 1280 by 860 shows it."""
    with served_demo() as demo:
        demo.submit("/", "submit")
        page = browser.new_page(viewport={"width": 1280, "height": 860}, timezone_id=ZONE, locale="en-US")
        page.goto(f"{demo.url}{TICKET}")
        page.get_by_text("If we hear nothing from the other side by", exact=False).wait_for()
        page.reload()
        page.frame_locator("iframe").get_by_role("heading", name="It is in tier 1", exact=False).wait_for()
        page.screenshot(path=SCREENS / f"{BESIDE}.png")


if __name__ == "__main__":
    main()
