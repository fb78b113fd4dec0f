"""The page `/desk/account`: drift, what the account's other rules could do, rights, as the clock saw them last."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response

from parley.pages.desk.condition.lines import WORDS, ShownMoment, begun, shown_moment
from parley.pages.desk.visit import DeskPage, DeskVisit
from parley.zendesk.state.accounts import NOT_SET_UP, is_set_up
from parley.zendesk.state.kept_findings import MOST, PARTS, AccountFinding, Part, PartLook, looked_at
from store import Store, Tx
from sync.reconciling.pulses import BY_LIST, pulse

PATH: Final = "/account"
FIRST: Final = 8
"""So many findings of each part stand on the page of all."""
LATE: Final = timedelta(hours=2)
_OF_A_RULE: Final = re.compile(r"/admin/objects-rules/rules/[a-z]+/[0-9]+")
LISTED: Final = AccountFinding(
    "GET incremental/tickets/cursor",
    "warning",
    "Our Zendesk user may not read the export of changed tickets. What webhooks missed is found by listing "
    "tickets, which is slower and sees less.",
    "It takes an admin, or a custom role (README, “Rights”); `parley doctor` tries it again at once.",
)


@dataclass(frozen=True, slots=True)
class PartWords:
    """What stands above a part: its title, what it is about, what is said where nothing was found, and the command
    that looks at once."""

    title: str
    about: str
    fine: str
    looks: str


WORDS_OF: Final[dict[Part, PartWords]] = {
    "drift": PartWords(
        "Drift",
        "Where what Parley made in Zendesk is not as it should be.",
        "Everything that Parley made is as it should be.",
        "parley zendesk drift",
    ),
    "lint": PartWords(
        "The account's own rules",
        "What triggers, automations and macros could do to our tickets. Change them in Zendesk's Admin Center; "
        "`parley zendesk lint` says in full what and why, and whether it is mended.",
        "None of them could harm our tickets.",
        "parley zendesk lint",
    ),
    "rights": PartWords(
        "Rights",
        "What our Zendesk user and its tokens may not do.",
        "Every read that the desk makes is allowed. Writes are tried by `parley doctor` alone.",
        "parley doctor",
    ),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding as a line. `address` leads to the rule in Zendesk; empty where it is not known."""

    finding: AccountFinding
    what: str
    said: str
    word: str
    address: str


@dataclass(frozen=True, slots=True)
class PartSection:
    """A part of the page. `more` leads to the rest of those that are kept; `left` were not."""

    name: Part
    words: PartWords
    looked: ShownMoment | None
    is_late: bool
    findings: tuple[FindingLine, ...]
    total: int
    more: str
    left: int
    failing: ShownMoment | None
    why: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`zendesk_url` is the account's address, `zone` the policy's."""

    store: Store
    zendesk_url: str
    now: Callable[[], datetime]
    zone: str

    def page(self) -> DeskPage:
        """Its row of the desk's pages."""
        about = "Where the Zendesk account is not as it should be, and the command that mends it."
        return DeskPage(PATH, self.show, name="Account", about=about)

    def show(self, visit: DeskVisit) -> Response:
        now = self.now()
        only = next((part for part in PARTS if part == visit.asked("part")), None)
        set_up, sections = self.store.read(lambda tx: (is_set_up(tx), self._sections(tx, only, now)))
        return visit.page(
            "desk_account.html",
            title="Account",
            styles=("condition.css",),
            live=True,
            account=self.zendesk_url,
            not_set_up="" if set_up else NOT_SET_UP,
            sections=sections,
            only=only,
            whole=visit.path,
        )

    def _sections(self, tx: Tx, only: Part | None, now: datetime) -> list[PartSection]:
        """Each part with the first of its findings, or the only one with all of them."""
        looks, most = looked_at(tx), MOST if only else FIRST
        listed = pulse(tx, "tickets").way == BY_LIST
        beside = {"rights": (LISTED,)} if listed else {}
        shown = (only,) if only else PARTS
        return [self._section(looks[part], beside.get(part, ()), most, now) for part in shown]

    def _section(self, look: PartLook, beside: tuple[AccountFinding, ...], most: int, now: datetime) -> PartSection:
        findings, total = (*beside, *look.findings), look.total + len(beside)
        return PartSection(
            look.part,
            WORDS_OF[look.part],
            shown_moment(look.looked, now, self.zone) if look.looked else None,
            look.looked is not None and now - look.looked > LATE,
            tuple(self._line(one) for one in findings[:most]),
            total,
            f"?part={look.part}" if len(findings) > most else "",
            max(0, total - len(findings)) if len(findings) <= most else 0,
            shown_moment(look.failing_since, now, self.zone) if look.failing_since else None,
            look.why,
        )

    def _line(self, one: AccountFinding) -> FindingLine:
        address = f"{self.zendesk_url.rstrip('/')}{one.at}" if _OF_A_RULE.fullmatch(one.at) else ""
        return FindingLine(one, begun(one.what), begun(one.said), WORDS[one.grade], address)
