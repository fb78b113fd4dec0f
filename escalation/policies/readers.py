"""Who reads a public text: the language that it is written in, and the zone in which its moments are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from escalation.model.measures import Quantity
from escalation.policies.locale import moment_in
from escalation.policies.times import is_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escalation.model.audience import Public
    from escalation.model.case import Case
    from escalation.model.views import TicketView
    from escalation.policies.locale import List
    from escalation.policies.policy import Policy
    from escalation.policies.texts import Texts


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody outside: the texts of their language, and their zone."""

    texts: Texts
    zone: str

    def text(self, key: str, **values: object) -> Public:
        """A text for them, filled; moments and counts in their language and zone."""
        return self.texts.public(key, **{name: self._written(value) for name, value in values.items()})

    def listed(self, kind: List, parts: Iterable[Public]) -> Public:
        """Several texts for them as one."""
        return self.texts.listed(kind, parts)

    def moment(self, at: datetime) -> str:
        """A moment as they are told it."""
        return moment_in(self.texts.locale, at, self.zone)

    def _written(self, value: object) -> object:
        if isinstance(value, Quantity):
            return self.texts.locale.format_count(value.number, value.unit)
        return self.moment(value) if isinstance(value, datetime) else value


def requester_of(case: Case, policy: Policy, language: str = "") -> Reader:
    """The case's requester; until their language is known, and in a case from before there were several, whoever
    the policy's is for. `language` is that of a text that was held back before they chose theirs."""
    texts = policy.texts.of(language or case.language or policy.language)
    return Reader(texts, case.zone or policy.calendar.zone)


def other_side_of(policy: Policy) -> Reader:
    """The other side of a case: written to in the language and zone of its company, whose policy that is."""
    return Reader(policy.texts.of(policy.language), policy.calendar.zone)


def reader_of(key: str, case: Case, policy: Policy) -> Reader:
    """Whom a text with such a key is for."""
    return other_side_of(policy) if policy.texts.audiences.get(key) == "other_side" else requester_of(case, policy)


def nobody_yet(policy: Policy) -> Reader:
    """Whoever is written to before there is a case."""
    return Reader(policy.texts.of(policy.language), policy.calendar.zone)


def language_for(ticket: TicketView, policy: Policy) -> str:
    """The language that a ticket's requester is written to in: their own in Zendesk where there are texts, else
    that of the brand they asked, else the policy's."""
    asked = policy.texts.best_for(ticket.requester.locale) if ticket.requester.locale else None
    brand = policy.texts.best_for(policy.brand_languages.get(ticket.brand, ""))
    return asked or brand or policy.language


def zone_for(ticket: TicketView, policy: Policy) -> str:
    """The zone in which a ticket's requester is told moments: their own in Zendesk, else the policy's."""
    zone = ticket.requester.zone
    return zone if zone and is_zone(zone) else policy.calendar.zone
