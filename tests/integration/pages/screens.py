"""Takes the pictures of `/desk` and of the report in docs/screens: `python -m tests.integration.pages.screens`.

Operators' pages are English, so there is no page in the language that nobody speaks; what people have named is, in
one picture of the page of cases, and in one of the report. `--into` is another folder, `--all` takes each page of
the desk in every width and scheme.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.integration.pages.pictured_desk import ONE_CASE, PicturedDesk, pictured_desk
from tests.integration.pages.pictured_report import pictured_report
from tests.integration.sidebar.conftest import CHROMIUM, FLAGS, ZONE
from tests.smaller_pictures import made_smaller

Scheme = Literal["light", "dark"]

SCREENS: Final = Path(__file__).parents[3] / "docs" / "screens"
TALLEST: Final = {1280: 1120, 390: 1700, 320: 1700}
PAGES: Final = {
    "cases": "/desk/cases?state=all",
    "case": f"/desk/cases/{ONE_CASE}",
    "dead": "/desk/dead",
    "forecast": "/desk/forecast",
    "account": "/desk/account",
    "health": "/desk/health",
}
SHOWN: Final[tuple[tuple[Scheme, int], ...]] = (("light", 1280), ("dark", 390))
REPORTS: Final[dict[str, tuple[bool, Scheme, int]]] = {
    "light-1280": (False, "light", 1280),
    "dark-390": (False, "dark", 390),
    "pseudo-390": (True, "light", 390),
}
EVERY: Final[tuple[tuple[Scheme, int], ...]] = (*SHOWN, ("dark", 1280), ("light", 390), ("light", 320))


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.integration.pages.screens", description=__doc__)
    options.add_argument("--into", type=Path, default=SCREENS)
    options.add_argument("--all", action="store_true")
    chosen = options.parse_args()
    ways = EVERY if chosen.all else SHOWN
    taken = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        with tempfile.TemporaryDirectory() as folder, pictured_desk(Path(folder)) as desk:
            for name, path in PAGES.items():
                for scheme, width in ways:
                    made = chosen.into / f"desk-{name}-{scheme}-{width}.png"
                    taken.append(picture(browser, desk, path, made, scheme, width))
        with tempfile.TemporaryDirectory() as folder, pictured_desk(Path(folder), foreign=True) as desk:
            for width in (390, 320) if chosen.all else (390,):
                made = chosen.into / f"desk-cases-pseudo-{width}.png"
                taken.append(picture(browser, desk, PAGES["cases"], made, "light", width))
        taken += report_pictures(browser, chosen.into)
        browser.close()
    made_smaller(taken)


def report_pictures(browser: Browser, into: Path) -> list[Path]:
    """The report is a file, which no server is asked for."""
    taken = []
    for name, (foreign, scheme, width) in REPORTS.items():
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.set_content(pictured_report(foreign=foreign))
        taken.append(take(page, into / f"report-{name}.png", width))
    return taken


def picture(browser: Browser, desk: PicturedDesk, path: str, made: Path, scheme: Scheme, width: int) -> Path:
    """Take a page as far down as a picture goes. SystemExit where it is wider than its window."""
    page = browser.new_page(
        base_url=desk.url,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        timezone_id=ZONE,
        locale="en-US",
        extra_http_headers=dict(desk.header),
    )
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{path} can't be pictured: {page.inner_text('main')}")
    return take(page, made, width)


def take(page: Page, made: Path, width: int) -> Path:
    wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    if wide > width:
        raise SystemExit(f"{made.stem} is {wide} wide in a window of {width}.")
    height = min(high, TALLEST[width])
    page.screenshot(path=made, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    page.close()
    return made


if __name__ == "__main__":
    main()
