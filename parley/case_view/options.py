"""What an agent can do from where a case stands: the account's macros, fields and tags, and all that each sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final, Literal

from config.zendesk import load_account
from config.zendesk_specs import AccountSpec, MacroSpec
from connector.zendesk import AccountIds
from escalation.eligibility.rules import UNANSWERED
from escalation.engine.transitions import BEFORE, RUNNING
from escalation.explain import held_by_pause
from escalation.model.case import Case
from escalation.model.tiers import TIER_OF, TIERS, Tier, tier_after, tier_at
from escalation.model.values import PAUSE_TAG, Party, State, Timer
from escalation.model.verdict import Finding, Outcome
from escalation.policies.calendar import amount_of
from escalation.telling.shapes import AgentsOption, TicketChange

PREFIX: Final = "Escalation::"
RESPONDED: Final = "other_side_responded"
JUSTIFICATION: Final = "justification"
POST: Final = "post"
STILL_OPEN: Final = "What else the check has left open still keeps the case waiting."
ENDING_A_PAUSE: Final = frozenset({*(tier.state.value for tier in TIERS), "responded", "not_responded"})
ENDING_THE_CASE: Final = frozenset({"not_eligible", "off_platform", "off_platform_client"})
ANSWERS: Final = frozenset({"stated", "not_stated"})
WORDS_HELD: Final = frozenset({"post", "file"})
"""What goes out of a pause as soon as it ends; what was to be told becomes one text with what is told then."""
TICKS: Final = {True: "ticked", False: "not ticked"}


@cache
def _account() -> AccountSpec:
    return load_account()


def options_of(case: Case, ids: AccountIds, pause_days: int) -> tuple[AgentsOption, ...]:
    """Return what agents can do now, by what the account is known to have: on with the case, tell the requester,
    stop, end. `pause_days`: for how many business days the tag pauses a case, by its policy."""
    offered = () if case.ended else _offered(case, ids, pause_days)
    return tuple(_in_a_pause(case, one) for one in offered if one is not None)


def _in_a_pause(case: Case, option: AgentsOption) -> AgentsOption:
    """The option with what it does to a pause: nobody ends one, or posts into one, unawares."""
    if case.paused is None or not (meanwhile := _of_the_pause(case, option.key)):
        return option
    return replace(option, said=" ".join(filter(None, (option.said, meanwhile))))


def _of_the_pause(case: Case, key: str) -> str:
    if key == POST:
        return "In the pause it is held: it goes out once that has ended."
    if key in ANSWERS:
        return "In the pause nothing follows from it until that has ended."
    held = [one.what for one in held_by_pause(case) if one.kind in WORDS_HELD]
    if key in ENDING_THE_CASE:
        ends = "The pause ends with the case"
        return f"{ends}, and what it holds never goes out: {' '.join(held)}" if held else f"{ends}."
    if key not in ENDING_A_PAUSE:
        return ""
    return f"The pause ends, and what it holds goes out: {' '.join(held)}" if held else "The pause ends."


def _offered(case: Case, ids: AccountIds, pause_days: int) -> Iterator[AgentsOption | None]:
    macros = _Macros(case, ids)
    yield macros.tier(_next_tier(case))
    if case.state in BEFORE and (others := _beside_an_explanation(case)) is not None:
        yield _option_tag(ids, JUSTIFICATION, "not_stated", STILL_OPEN if others else "The case goes on.")
        yield _option_tag(ids, JUSTIFICATION, "stated", "It ends the case.")
    if case.state in RUNNING:
        yield macros.of("update")
    if case.state in TIER_OF:
        yield _tick(ids, RESPONDED, True, "The tier's clock stands still.")
    if case.state is State.OTHER_SIDE_RESPONDED:
        yield _tick(ids, RESPONDED, False, "The case goes back to its tier, whose clock starts again.")
    if case.paused is None:
        days = amount_of(pause_days, "business day")
        month = "; the month runs on" if Timer.MONTH_ENDS in case.deadlines else ""
        said = f"Nothing is sent for {days} from when you submit, or until somebody resumes{month}."
        yield _tag("pause", f"Pause for {days}", "tag", PAUSE_TAG, said)
    elif PAUSE_TAG in case.tagged:
        yield _tag("resume", "Resume", "untag", PAUSE_TAG, "The pause ends, and what it held goes on.")
    if case.assignment_id:
        yield macros.of(POST)
    client = case.party is Party.CLIENT
    over = "off_platform_client" if client else "off_platform"
    yield macros.of("not_eligible" if case.state in BEFORE else over)


def _next_tier(case: Case) -> Tier | None:
    """The tier that an agent may want next; None where the case is on its way there."""
    if case.state in TIER_OF:
        following = tier_after(case.tier)
    else:
        following = TIERS[0] if case.tier is None else tier_at(case.tier)
    on_way = case.delivery.wanted or case.delivery.entering
    return None if following and on_way and on_way.tier == following.number else following


def _beside_an_explanation(case: Case) -> tuple[Finding, ...] | None:
    """What else keeps the case, where a person has to say whether an explanation was given; None where none has."""
    verdict = case.judgement.verdict
    waiting = (Outcome.UNKNOWN, Outcome.FAIL)
    findings = [one for one in (verdict.findings if verdict else ()) if one.outcome in waiting]
    asked = [one for one in findings if one.rule == UNANSWERED and one.outcome is Outcome.UNKNOWN and one.remedy]
    return tuple(one for one in findings if one not in asked) if asked else None


class _Macros:
    """The macros of a case: in its requester's language where the account has them."""

    def __init__(self, case: Case, ids: AccountIds) -> None:
        self._case = case
        self._ids = ids

    def tier(self, tier: Tier | None) -> AgentsOption | None:
        return None if tier is None else self.of(tier.way_of(self._case.party).text, tier.state.value)

    def of(self, key: str, named: str = "") -> AgentsOption | None:
        spec = next(one for one in _account().macros if one.key == key)
        number = self._ids.macro(key, self._case.language) or self._ids.macros.get(key)
        if number is None:
            return None
        return AgentsOption(
            key=named or key,
            label=spec.name.removeprefix(PREFIX),
            does="macro",
            id=number,
            value=None,
            said=spec.description,
            sets=tuple(_sets(spec)),
        )


def _sets(spec: MacroSpec) -> Iterator[TicketChange]:
    account = _account()
    for status in account.statuses:
        if status.key == spec.status:
            yield TicketChange(kind="status", value=status.agent_label)
    if spec.tier:
        field = account.field("tier")
        label = next(option.label for option in field.options if option.tag == spec.tier)
        yield TicketChange(kind="field", name=field.title, value=label)
    if spec.comment:
        yield TicketChange(kind="comment")
    yield from (TicketChange(kind="tag", value=tag) for tag in spec.add_tags)


def _option_tag(ids: AccountIds, key: str, option: str, said: str) -> AgentsOption | None:
    field = _account().field(key)
    chosen = next(one for one in field.options if one.tag == f"{field.prefix}{option}")
    return _sets_field(ids, key, option, f"{field.title}: {chosen.label}", chosen.tag, chosen.label, said)


def _tick(ids: AccountIds, key: str, ticked: bool, said: str) -> AgentsOption | None:
    title = _account().field(key).title
    label = title if ticked else f"{title}: {TICKS[ticked]}"
    return _sets_field(ids, key, "responded" if ticked else "not_responded", label, ticked, TICKS[ticked], said)


def _sets_field(
    ids: AccountIds, key: str, name: str, label: str, value: str | bool, shown: str, said: str
) -> AgentsOption | None:
    number = ids.fields.get(key)
    if number is None:
        return None
    change = TicketChange(kind="field", name=_account().field(key).title, value=shown)
    return AgentsOption(key=name, label=label, does="field", id=number, value=value, said=said, sets=(change,))


def _tag(key: str, label: str, does: Literal["tag", "untag"], tag: str, said: str) -> AgentsOption:
    sets = (TicketChange(kind=does, value=tag),)
    return AgentsOption(key=key, label=label, does=does, id=None, value=tag, said=said, sets=sets)
