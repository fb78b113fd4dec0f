"""The row of the forecast's page: what comes due is counted seldom, and shown to whoever asks meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from escalation.policies.policy import Policy
from parley.pages.desk.two_weeks.forecast_view import HEIGHT, WIDTH, ForecastView, view_of
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import Store
from sync.limits.bucket import RateLimit
from sync.operator.forecast import DAYS, GROUPS, Forecast, forecast_of

KEPT: Final = timedelta(minutes=5)
"""So long a count is shown: what comes due in two weeks changes slowly, and each deadline is counted."""


class KeptView:
    """What the page shows, made anew where it has grown old. One thread counts, the others wait for it."""

    def __init__(self, make: Callable[[], Forecast], zone: str, now: Callable[[], datetime]) -> None:
        self._make = make
        self._zone = zone
        self._now = now
        self._lock = threading.Lock()
        self._kept: tuple[datetime, ForecastView] | None = None

    def view(self) -> ForecastView:
        """The view of the last five minutes. Raises StoreUnavailable where it can't be made, and keeps nothing."""
        with self._lock:
            now = self._now()
            if self._kept is not None and timedelta(0) <= now - self._kept[0] < KEPT:
                return self._kept[1]
            view = view_of(self._make(), self._zone)
            self._kept = (now, view)
            return view


def shown(view: ForecastView, policy: Policy) -> dict[str, Any]:
    """What the template is given."""
    return {
        "styles": ["forecast.css"],
        "view": view,
        "groups": GROUPS,
        "days": DAYS,
        "width": WIDTH,
        "height": HEIGHT,
        "minutes": int(KEPT.total_seconds() / 60),
        "update_hours": f"{policy.update_hours:g}",
    }


def pages(
    store: Store, limits: Mapping[str, RateLimit], policy: Policy, now: Callable[[], datetime]
) -> Sequence[DeskPage]:
    """The rows of this page."""

    def counted() -> Forecast:
        return store.read(lambda tx: forecast_of(tx, limits, policy, now()))

    kept = KeptView(counted, policy.calendar.zone, now)

    def show(visit: DeskVisit) -> Response:
        return visit.page("desk_forecast.html", title="Forecast", **shown(kept.view(), policy))

    about = "What comes due in the next two weeks, hour by hour, and whether Zendesk's budget is enough."
    return [DeskPage("/forecast", show, name="Forecast", about=about)]
