"""What an account can't have, how the files are read for it, and what its people are told of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from config.zendesk import AccountSpec, ViewSpec
from connector.zendesk.setup import Features

NO_STATUSES: Final = (
    "Custom ticket statuses are switched off in this account, so Zendesk's own statuses show where a case is. "
    "Everything is sent as usual, and agents move cases by the macros, the field Escalation tier and the tick "
    "Other side responded. A status set by hand moves nothing, except that Solved ends the case, and the requester "
    "reads Zendesk's general words for it. Custom statuses are switched on in the Admin Center under Objects and "
    "rules > Tickets > Ticket statuses; `parley zendesk apply` makes ours then."
)
NO_HOLD: Final = (
    "The on-hold status is switched off in this account, so a case that waits for the other side or for a date is "
    "shown as open. (Shown as pending it might set off reminders to the requester.) Everything else works, and the "
    "field Escalation tier says where the case is. The on-hold status is switched on in the Admin Center under "
    "Objects and rules > Tickets > Ticket statuses (or Settings > On-hold tickets); `parley zendesk apply` uses it "
    "then."
)
NEITHER: Final = (
    "Without either of the two, the view “{view}” also holds the cases that wait: the field Escalation tier and "
    "the internal notes tell them apart."
)
HOLD, OPEN = "hold", "open"


@dataclass(frozen=True, slots=True)
class Lesser:
    """What this account can't have. `plain`: the standard status by the state whose custom status can't exist."""

    plain: Mapping[str, str] = field(default_factory=dict)


FULL: Final = Lesser()


def lesser_of(spec: AccountSpec, features: Features) -> Lesser:
    """What does not say that it is off is taken to be on."""
    off = [
        one
        for one in spec.statuses
        if not features.custom_statuses or (one.category == HOLD and features.on_hold is False)
    ]
    hold = OPEN if features.on_hold is False else HOLD
    return Lesser({one.key: hold if one.category == HOLD else one.category for one in off})


def fitted(spec: AccountSpec, lesser: Lesser) -> AccountSpec:
    """The files without what the account can't have; macros keep their states, which `plain` translates."""
    if lesser == FULL:
        return spec
    return replace(
        spec,
        statuses=tuple(one for one in spec.statuses if one.key not in lesser.plain),
        form=replace(spec.form, statuses=tuple(key for key in spec.form.statuses if key not in lesser.plain)),
        views=tuple(_view(one, lesser) for one in spec.views),
    )


def _view(spec: ViewSpec, lesser: Lesser) -> ViewSpec:
    if any(one.status in lesser.plain for one in spec.all):
        return replace(spec, all=spec.without_status)
    return spec


def notes(spec: AccountSpec, features: Features) -> Iterator[str]:
    """What works without what is off, what does not, and where it is switched on."""
    if not features.custom_statuses:
        yield NO_STATUSES
    if features.on_hold is False:
        yield NO_HOLD
    if not features.custom_statuses and features.on_hold is False:
        yield NEITHER.format(view=next(one.title for one in spec.views if one.key == "needs_review"))
