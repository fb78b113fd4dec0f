"""Puts requesters' pages together: what they are read from, and what keeps that a look was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute

from escalation.model.messages import PagePress
from escalation.policies.texts import Texts
from escalation.telling.progress_page import ProgressPage
from parley.case_view.case_reading import CaseViews
from parley.pages.requester.address_book import PageAddressBook
from parley.pages.requester.door import METHODS, PageDeps, RequesterPages
from parley.pages.requester.page_html import About
from parley.pages.shared.below import Below
from sync.shared.codec import encode_message
from sync.shared.names import ticket_lane
from sync.shared.page_addresses import PATH
from webhooks import EventRecorder

KIND: Final = "page.pressed"
ONE_LOOK_IN: Final = timedelta(minutes=5)
"""What is pressed again within it asks for no further look."""


@dataclass(frozen=True, slots=True)
class ProgressPages:
    """`public_url` is where the desk is reached, `request_url` where a ticket's requester replies."""

    book: PageAddressBook
    views: CaseViews
    texts: Texts
    recorder: EventRecorder
    now: Callable[[], datetime]
    public_url: Callable[[], str]
    request_url: Callable[[str], str]

    def routes(self, registry: CollectorRegistry, announce: Callable[[int], object]) -> tuple[BaseRoute, ...]:
        """The pages as routes; `announce` is told the inbox id of each look that is asked for."""

        async def press(page: ProgressPage, about: About) -> None:
            asked = f"page:{page.case_id}:{about}"
            key = f"{asked}:{int(self.now().timestamp() // ONE_LOOK_IN.total_seconds())}"
            body = encode_message(KIND, PagePress(page.case_id, about))
            lane = ticket_lane(page.view.ticket_id)
            receipt = await self.recorder.record(key, KIND, lane, body, dedupe_key=asked)
            if receipt.new and receipt.id is not None:
                announce(receipt.id)

        deps = PageDeps(
            texts=self.texts,
            digest=self.book.digest,
            read=self.views.of_page,
            press=press,
            request_url=self.request_url,
            origin=self.public_url,
        )
        return (Below(PATH, RequesterPages(deps, registry), METHODS),)
