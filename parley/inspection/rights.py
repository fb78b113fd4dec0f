"""For `parley doctor`: which kinds of calls Zendesk lets us make, tried before a ticket waits for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from connector.zendesk.access.channel import Calls, Channel
from connector.zendesk.access.scopes import CALLS, ScopeSet
from connector.zendesk.account.rights import EXPORT, NOBODY, UNTRIED, Tried, try_reads, try_writes
from escalation.model.tiers import BY_EMAIL_SAID
from parley.inspection.inspected import InspectedDesk

Line = tuple[str, Literal["ok", "warning", "problem"], str]

WITHOUT: Final[Mapping[str, str]] = {
    "GET tickets": "a new ticket whose fate is unclear can't be found again",
    "GET tickets/{id}": "no ticket can be looked at",
    "GET tickets/show_many": "without the export, a deleted ticket is not noticed",
    "GET tickets/{id}/audits": "no ticket can be looked at",
    "GET tickets/{id}/side_conversations": "answers by e-mail are not heard",
    "GET tickets/{id}/macros/{id}/apply": "the team's texts can't be read, and the desk's own are said",
    "GET users/search": "an address can't be matched with a person",
    "GET users/show_many": "who wrote something may stay unknown",
    "PUT tickets/{id}": "nothing can be said or set on a ticket",
    "GET attachments/{id}": "agents' files can't be posted to the assignment",
    "DELETE uploads/{id}": "files of the assignment do not come into the ticket, and agents are told",
    "POST tickets/{id}/side_conversations": f"agents write the direct messages of tiers {BY_EMAIL_SAID} themselves",
}
"""What comes of it where a call is refused."""
LISTED: Final = (
    "Changed tickets are found by listing them instead, which is slower and sees less (README, “Rights”)."
)


def right_lines(parts: InspectedDesk, calls: Calls) -> Iterator[Line]:
    """Try each kind of call once, and say which are refused, for which scope or role."""
    channel = parts.zendesk.channel
    ticket_id, reads = read_trials(parts, calls)
    tried = [*reads, *try_writes(channel, ticket_id or NOBODY)]
    yield from refused_lines(tried)
    yield from detour_lines(channel)
    if all(one.right == "allowed" for one in tried):
        yield "calls", "ok", _all_allowed(len(tried), seen=ticket_id is not None)


def read_trials(parts: InspectedDesk, calls: Calls) -> tuple[str | None, Iterator[Tried]]:
    """A ticket of ours, if there is an open one, and each kind of read, tried as it is asked for."""
    ticket_id = parts.store.read(lambda tx: next((c.ticket_id for c in tx.cases.list(open=True, limit=1)), None))
    macro_id = next(iter(parts.account.ids().macros.values()), None)
    return ticket_id, try_reads(calls, ticket_id or NOBODY, macro_id, parts.now())


def refused_lines(tried: Iterable[Tried]) -> Iterator[Line]:
    """A line for each reason, which names every call that it stops. The export, which is done without, and what
    could not be tried have lines of their own."""
    reasons: dict[str, list[Tried]] = {}
    beside: list[Tried] = []
    for one in tried:
        if one.right == "refused" and one.call != EXPORT:
            reasons.setdefault(_reason(one), []).append(one)
        elif one.right != "allowed":
            beside.append(one)
    for first, *others in reasons.values():
        alike = "; ".join(f"{WITHOUT[one.call]} ({one.call})" for one in others)
        more = f" For the same reason: {alike}." if alike else ""
        yield first.call, "problem", f"{first.said} Until then, {WITHOUT[first.call]}.{more}"
    for one in beside:
        if one.right == "unknown":
            yield one.call, "warning", f"could not be tried: {one.said}"
        else:
            known = _reason(one) in reasons
            yield one.call, "warning", f"{'is refused for the same reason.' if known else one.said} {LISTED}"


def _reason(one: Tried) -> str:
    """Why it is refused, whichever call it is."""
    return one.said.replace(one.call, "")


def detour_lines(channel: Channel) -> Iterator[Line]:
    """One line for the calls that are refused to one token and made with another."""
    found: dict[tuple[ScopeSet, ScopeSet], list[str]] = {}
    for one in channel.detours():
        found.setdefault((one.usual, one.instead), []).append(one.call)
    if found:
        said = " ".join(
            f"{', '.join(calls)}: refused with “{usual.name}” ({usual.asked}), made with “{instead.name}” "
            f"({instead.asked})."
            for (usual, instead), calls in found.items()
        )
        yield "tokens", "warning", f"{said} It works, at the price of one more call an hour for each."


def _all_allowed(tried: int, *, seen: bool) -> str:
    said = f"each of {tried} kinds is allowed, tried without changing anything."
    if not seen:
        said += " There is no open case yet, so its scopes were tried, not whether our user may see a ticket."
    for call in UNTRIED:
        scope = next(scope for scope, calls in CALLS.items() if call in calls)
        alike = " and ".join(one for one in CALLS[scope] if one != call)
        verb = "do" if " and " in alike else "does"
        said += f" Not tried: {call}, which would leave something behind; it takes {scope}, as {alike} {verb}."
    return said
