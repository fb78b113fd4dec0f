"""What an account can't have, and what its people are told of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from config.zendesk_specs import AccountSpec
from connector.zendesk.account.setup import AccountFeatures

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
ONE_FORM: Final = (
    "This account has one ticket form only, so the fields of an escalation are put on it, and required of nobody: "
    "other requests use the form too. A ticket is taken for an escalation if “{field}” is filled in; while it is "
    "empty, nothing happens, and agents can fill it in. Everything else works. Where the plan gets several forms, "
    "`parley zendesk apply` makes one of our own, and open cases go on."
)
NO_FORM: Final = (
    "This account can't have a ticket form of our own, and shows us none that our fields could be put on. Look in "
    "the Admin Center under Objects and rules > Tickets > Forms whether there is one that is active."
)
NO_DYNAMIC_CONTENT: Final = (
    "This account's plan has no dynamic content, so requesters read the form, its options and the statuses in "
    "English; comments and letters are in their language all the same. From Support Professional or Suite Growth "
    "on, `parley zendesk apply` translates those too."
)
NOT_SWITCHED_ON: Final = (
    "Not switched on in this account: {languages}. Whoever speaks that reads the form, its options and the "
    "statuses in another language. Languages are switched on in the Admin Center under Account > Appearance > "
    "Localization; `parley zendesk apply` adds ours then."
)
NO_APPS: Final = (
    "This account lets us keep no app of its own: its plan has none, or our user is no administrator. So the "
    "sidebar is not installed; agents read where a case stands in the internal notes, and everything else works. "
    "`parley zendesk apply` installs it once it can."
)
HOLD, OPEN = "hold", "open"


@dataclass(frozen=True, slots=True)
class MissingFeatures:
    """What this account can't have. `plain`: the standard status by the state whose custom status can't exist.

    `shared_form`: the name of the account's only form, where ours can't be made; `told_by`: the field (its key) by
    which our tickets are told from others there. `english_only`: whether dynamic content is asked for, and missing;
    `languages`: those that are asked for, and not switched on. `no_apps`: whether the sidebar is wanted and can't
    be had.
    """

    plain: Mapping[str, str] = field(default_factory=dict)
    shared_form: str = ""
    told_by: str = ""
    english_only: bool = False
    languages: tuple[str, ...] = ()
    no_apps: bool = False


NOTHING_MISSING: Final = MissingFeatures()


def missing_features(spec: AccountSpec, features: AccountFeatures, shared_form: str = "") -> MissingFeatures:
    """What does not say that it is off is taken to be on."""
    off = [
        status
        for status in spec.statuses
        if not features.custom_statuses or (status.category == HOLD and features.on_hold is False)
    ]
    hold = OPEN if features.on_hold is False else HOLD
    return MissingFeatures(
        {status.key: hold if status.category == HOLD else status.category for status in off},
        shared_form,
        spec.form.told_by if shared_form else "",
    )


def notes(spec: AccountSpec, features: AccountFeatures, missing: MissingFeatures) -> Iterator[str]:
    """What works without what is off, what does not, and where it is switched on."""
    if missing.shared_form:
        yield ONE_FORM.format(field=spec.field(spec.form.told_by).title)
    if not features.custom_statuses:
        yield NO_STATUSES
    if features.on_hold is False:
        yield NO_HOLD
    if missing.english_only:
        yield NO_DYNAMIC_CONTENT
    if missing.languages:
        yield NOT_SWITCHED_ON.format(languages=", ".join(missing.languages))
    if missing.no_apps:
        yield NO_APPS
    if not features.custom_statuses and features.on_hold is False:
        yield NEITHER.format(view=next(one.title for one in spec.views if one.key == "needs_review"))
