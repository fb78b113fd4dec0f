"""Takes the pictures of the requester's page: `python -m tests.integration.requester_pages.screens`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Route, sync_playwright
from starlette.responses import Response

from tests.integration.requester_pages.examples import ADDRESS, answer
from tests.integration.sidebar.conftest import CHROMIUM, FLAGS
from tests.smaller_pictures import made_smaller

SCREENS: Final = Path(__file__).parents[3] / "docs" / "screens"
TALLEST: Final = 1700
PICTURES: Final = {
    "progress-light": ("tier_2", "en", "light", 900),
    "progress-dark": ("asked", "de", "dark", 900),
    "progress-390": ("tier_2", "es-419", "light", 390),
    "progress-pseudo": ("tier_2", "pseudo", "light", 390),
}


def _serving(made: Response) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=200, headers=dict(made.headers), body=bytes(made.body))


def main(into: Path = SCREENS) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        for name, (case, language, scheme, width) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
            page.route("**/*", _serving(answer(case, language)))
            page.goto(ADDRESS)
            high = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            clip = {"x": 0, "y": 0, "width": width, "height": high}
            page.screenshot(path=into / f"{name}.png", full_page=True, clip=clip)
            page.close()
        browser.close()
    made_smaller([into / f"{name}.png" for name in PICTURES])


if __name__ == "__main__":
    main()
