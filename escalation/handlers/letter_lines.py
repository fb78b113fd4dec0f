"""What a letter to the other side tells: what it is about, and what follows without an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from escalation.engine.looking import has_somebody, name_to_promise
from escalation.engine.turn import Turn
from escalation.language.names_to_tell import name_to_tell
from escalation.model.audience import Public
from escalation.model.case import Case
from escalation.model.plain import without_references
from escalation.model.tiers import TIERS, ByEmail, Tier, tier_after, told_as
from escalation.model.values import KINDS_OF_OUTCOME, KindOfOutcome
from escalation.model.views import AssignmentSeen, AssignmentView
from escalation.policies.texts import gaps


def letter(turn: Turn, key: str, tier: Tier, seen: AssignmentSeen | None, **more: str) -> Public:
    """Return a tier's text to the other side, filled: the same for a message on the assignment and an e-mail."""
    number, wanted = turn.case.assignment_id or "", gaps(turn.policy.texts.templates[key])
    told = {name: value for name, value in more.items() if name in wanted}
    return turn.public_text(
        key, assignment_id=number, about=_about(turn, seen, tier), next=_next(turn, tier), **told
    )


def greeting(turn: Turn, name: str) -> Public:
    """How a letter begins: with its reader's name where one is known."""
    known = without_references(name_to_tell(name), turn.case.reference)
    return turn.public_text("greeting.named", name=known) if known else turn.public_text("greeting.plain")


def _about(turn: Turn, seen: AssignmentSeen | None, tier: Tier) -> Public:
    """A line for each thing that is known; what is not known has none."""
    return Public.joined(_lines(turn, seen, tier), "\n")


def _lines(turn: Turn, seen: AssignmentSeen | None, tier: Tier) -> Iterator[Public]:
    case, hoped = turn.case, turn.case.fields.get("outcome")
    known = seen if isinstance(seen, AssignmentView) else None
    scheduled = (known.scheduled or known.window_start) if known else None
    said: dict[str, tuple[str, str | datetime | None]] = {
        "title": ("title", known.title if known else ""),
        **(_whose_it_is(known) if known and _is_to_one_of_ours(turn, tier) else {}),
        "reason": ("kind", turn.public_text(f"reason.{_what_it_is_about(case)}")),
        "place": ("place", known.place if known else ""),
        "scheduled": ("date", scheduled),
        "link": ("link", turn.policy.link_to(case.assignment_id or "")),
        "since": ("date", case.submitted),
        "outcome": ("outcome", hoped if isinstance(hoped, str) else ""),
    }
    for name, (gap, value) in said.items():
        if name == "outcome":
            yield from _hoped_for(turn)
        if isinstance(value, datetime):
            yield turn.public_text(f"about.{name}", **{gap: value})
        elif value and value.strip():
            yield turn.public_text(f"about.{name}", **{gap: without_references(value, case.reference)})
    yield from _so_far(turn, tier)


CLIENT_S: Final[Mapping[str, str]] = {
    KindOfOutcome.PAY: "client_payment",
    KindOfOutcome.OTHER_AMOUNT: "client_payment",
    KindOfOutcome.REDO: "client_work",
    KindOfOutcome.CANCEL: "client_cancellation",
}


def _what_it_is_about(case: Case) -> str:
    """The end of the key `reason.…`: a client's request without a reason goes by the kind of outcome."""
    if case.reason:
        return case.reason.value
    kind = case.fields.get("kind_of_outcome")
    return CLIENT_S.get(kind, "client_any") if isinstance(kind, str) else "client_any"


def _is_to_one_of_ours(turn: Turn, tier: Tier) -> bool:
    """Whether a tier's letter goes to somebody of the marketplace, whom the assignment does not show."""
    channel = tier.way_of(turn.case.party).channel
    return isinstance(channel, ByEmail) and not channel.recipient.on_assignment


def _whose_it_is(seen: AssignmentView) -> dict[str, tuple[str, str | datetime | None]]:
    """The client's people, for the account manager, who may look after many assignments of theirs."""
    return {
        "owner": ("name", name_to_tell(seen.owner)),
        "contact": ("name", name_to_tell(seen.support_contact.name)),
    }


def _so_far(turn: Turn, tier: Tier) -> Iterator[Public]:
    """What became of it: which messages an answer is waited for to, or when there was one."""
    heard, asked = turn.case.heard.answered_at, turn.case.delivery.messaged_at
    if heard:
        yield turn.public_text("about.heard", date=heard)
        return
    for before in TIERS:
        if before.number in asked and before.number < tier.number:
            by_email = isinstance(before.way_of(turn.case.party).channel, ByEmail)
            key = "about.no_answer_email" if by_email else "about.no_answer"
            unseen = turn.case.invisible and not by_email
            yield turn.public_text("about.asked_unseen" if unseen else key, date=asked[before.number])


def _hoped_for(turn: Turn) -> Iterator[Public]:
    """What the requester hopes for in the words of the form; nothing where that says none, or something else."""
    kind = turn.case.fields.get("kind_of_outcome")
    if kind in KINDS_OF_OUTCOME and kind != KindOfOutcome.OTHER:
        yield turn.public_text("about.hoped", kind=turn.public_text(f"hoped.{kind}"))


def _next(turn: Turn, tier: Tier) -> Public:
    """What the desk does where nobody answers: not before that moment, however late the letter is delivered."""
    policy, following, ends = turn.policy, tier_after(tier.number), _month_ends(turn)
    begins = policy.after_hours(turn.now, policy.tier_hours(tier)).due if following else ends
    if following is None or ends <= begins:
        return turn.public_text("follows.end", date=ends)
    if not has_somebody(turn.case, following):
        return turn.public_text("follows.looking", date=begins)
    key = f"follows.{told_as(following, turn.case.party)}"
    name = without_references(name_to_promise(turn.case, following), turn.case.reference)
    if name and f"{key}_named" in policy.texts.templates:
        return turn.public_text(f"{key}_named", name=name, date=begins)
    return turn.public_text(key, date=begins)


def _month_ends(turn: Turn) -> datetime:
    """When the month is over; one that has not begun, or is over by now, begins as the tier does."""
    case, policy = turn.case, turn.policy
    start = turn.now if policy.month_counted_from == "tier_1_entry" else case.submitted
    ends = policy.months_after(case.month_from or start, policy.months).due
    return ends if ends > turn.now else policy.months_after(turn.now, policy.months).due
