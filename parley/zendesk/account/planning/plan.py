"""The three-way comparison: what we made last, what there is, what we want. Nothing is asked or sent here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from connector.zendesk.account.setup import Thing
from parley.zendesk.account.kinds import (
    APP,
    APP_INSTALLATION,
    DYNAMIC_CONTENT,
    KINDS,
    STATUS,
    AccountKind,
    place_of,
)
from parley.zendesk.account.model.actions import COMMENT_MODE
from parley.zendesk.account.model.capabilities import NOTHING_MISSING, MissingFeatures
from parley.zendesk.account.model.comparison import Properties, likened
from parley.zendesk.account.model.part import AccountPart
from parley.zendesk.account.model.refs import PartIds, PartKey, resolved
from parley.zendesk.account.planning.actual import ActualAccount
from parley.zendesk.account.planning.identify import Problems, follows, identify
from parley.zendesk.account.planning.known_state import KnownState, StateEntry
from parley.zendesk.account.planning.lost_parts import lost_parts, why_lost
from parley.zendesk.account.planning.purposes import purpose_of

StepAction = Literal["create", "adopt", "change", "keep", "learn", "deactivate", "delete", "nothing"]
CHANGES: Final = frozenset({"create", "adopt", "change", "learn", "deactivate", "delete"})
_STATUS: Final = ("action status", "action custom_status_id")
ONE_WAY: Final = (_STATUS, _STATUS[::-1])
"""Pairs of actions: each takes the other's place."""
_OF_THE_SIDEBAR: Final = (APP.kind, APP_INSTALLATION.kind)
KEPT: Final = "A text that was edited in Zendesk stays."
DELETED: Final = "It was deleted in Zendesk."
OTHERWISE: Final = "We want it otherwise now."


@dataclass(frozen=True, slots=True)
class Edit:
    """A property that differs. `kept`: the account's value stays. `drifted`: it was changed in Zendesk. `lost`: it
    names what was deleted there."""

    name: str
    before: Any
    after: Any
    why: str
    kept: bool = False
    drifted: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What would be done about a part, and why. `tickets`: how many lose their values with a deleted field."""

    action: StepAction
    kind: str
    key: str
    name: str
    id: str
    why: str
    edits: tuple[Edit, ...] = ()
    desired: AccountPart | None = None
    actual: Thing | None = None
    ours: bool = True
    tickets: int | None = None

    @property
    def part_key(self) -> PartKey:
        return self.kind, self.key

    @property
    def part(self) -> AccountPart:
        """The part as it shall be; ValueError of what is only taken away."""
        if self.desired is None:
            raise ValueError(f"Nothing is wanted of {self.name}.")
        return self.desired

    @property
    def changed(self) -> tuple[Edit, ...]:
        """The edits that are sent."""
        return tuple(edit for edit in self.edits if not edit.kept)

    @property
    def only_says_otherwise(self) -> bool:
        """Whether nothing but words is changed, or a language is added."""
        kind = KINDS[self.kind]
        words = kind is DYNAMIC_CONTENT or all(kind.is_text(edit.name) for edit in self.changed)
        return self.action == "change" and words


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step in the order in which it is done. With `problems` nothing is done; `notes` are good to know, and
    `warnings` tell of what is left as it is although the desk can't work with it.

    `unheard`: webhooks whose secret a setting lacks, which no run can change. `left_out`: what our settings leave
    out.
    """

    steps: tuple[Step, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    ids: Mapping[PartKey, str]
    stale: tuple[PartKey, ...] = ()
    """Remembered parts that are neither wanted nor there."""
    account: ActualAccount | None = field(default=None, repr=False)
    entries: Mapping[PartKey, StateEntry] = field(default_factory=dict, repr=False)
    unheard: tuple[str, ...] = ()
    missing: MissingFeatures = NOTHING_MISSING
    warnings: tuple[str, ...] = ()
    troubled: frozenset[PartKey] = frozenset()
    """The parts that the problems are about."""
    left_out: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action in CHANGES)

    def without(self, parts: Collection[PartKey]) -> Plan:
        """The plan without the steps of some parts."""
        return replace(self, steps=tuple(step for step in self.steps if step.part_key not in parts))

    @property
    def is_sweeping(self) -> bool:
        """Whether more than a third of what we made would be changed in more than words, switched off or gone."""
        meant = [step for step in self.steps if not step.only_says_otherwise]
        touched = [step for step in meant if step.action in ("change", "deactivate", "delete")]
        return bool(self.entries) and len(touched) * 3 > len(self.entries)


def make_plan(
    parts: Iterable[AccountPart],
    account: ActualAccount,
    known: KnownState,
    missing: MissingFeatures = NOTHING_MISSING,
    *,
    destroy: bool = False,
) -> Plan:
    """Compare. `destroy` deletes what we made and no longer want, instead of switching it off.

    What the account can't have any more is left alone and remembered: it may be able to again.
    """
    parts = tuple(parts)
    problems = Problems()
    found = {part.part_key: identify(part, account, known.entries.get(part.part_key), problems) for part in parts}
    mistaken = problems.parts
    ids = {
        part_key: KINDS[thing.kind].reference_to(thing) for part_key, thing in found.items() if thing is not None
    }
    lost = lost_parts(parts, found, known.entries.keys())
    steps = [
        _step(part, found[part.part_key], known, ids, lost, Problems() if follows(part, mistaken) else problems)
        for part in parts
        if _is_possible(part, found)
    ]
    steps += _to_learn(steps, account, known)
    notes = [part.unsure for part in parts if not _is_possible(part, found)]
    unheard = tuple(_not_set(steps, account, known))
    gone, stale = _no_longer_wanted(found, account, known, missing, destroy, notes)
    steps = sorted(steps, key=lambda step: place_of(step.kind))
    warnings = tuple(_left_alone(steps))
    entries = known.entries
    return Plan(
        (*steps, *gone), problems.sentences, tuple(notes), ids, stale, account, entries, unheard, missing, warnings,
        problems.parts,
    )  # fmt: skip


def _is_possible(part: AccountPart, found: Mapping[PartKey, Thing | None]) -> bool:
    return not part.unsure or found[part.part_key] is not None


def desired_properties(part: AccountPart, ids: PartIds) -> Properties:
    """What a part is compared by, with the ids that are known."""
    return KINDS[part.kind].properties(resolved({**part.body, **part.compared}, ids))


def _step(
    part: AccountPart,
    actual: Thing | None,
    known: KnownState,
    ids: PartIds,
    lost: Mapping[str, str],
    problems: Problems,
) -> Step:
    entry = known.entries.get(part.part_key)
    if actual is None:
        why = DELETED if entry else purpose_of(part)
        return Step("create", part.kind, part.key, part.name, "", why, desired=part)
    last = entry if entry is not None and entry.id == actual.id else None
    step = Step("nothing", part.kind, part.key, part.name, actual.id, "", (), part, actual)
    given = _last_properties(last) if last else known.given.get(part.part_key, {})
    edits = () if part.unsure else tuple(_edits(part, actual, last, ids, given, lost, problems))
    if last is None:
        if part.part_key in known.begun:
            return replace(step, action="adopt", why="A run that broke off had just made it.", edits=edits)
        why = "Something of that name is there already. Its texts stay as they are."
        return replace(step, action="adopt", why=why, edits=edits, ours=False)
    step = replace(step, edits=edits, ours=last.ours)
    if step.changed:
        return replace(step, action="change", why=_why(step.changed))
    return replace(step, action="keep", why="It was edited in Zendesk; the edit stays.") if edits else step


def _left_alone(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        if step.desired is not None and step.actual is not None:
            yield from KINDS[step.kind].warnings(step.name, step.actual)


def _why(edits: tuple[Edit, ...]) -> str:
    if any(edit.drifted for edit in edits):
        return "It was changed in Zendesk in a way that the desk can't work with."
    return next((edit.why for edit in edits if edit.lost), OTHERWISE)


def _edits(
    part: AccountPart,
    actual: Thing,
    last: StateEntry | None,
    ids: PartIds,
    given: Mapping[str, Any],
    lost: Mapping[str, str],
    problems: Problems,
) -> list[Edit]:
    edits = list(_differences(part, actual, last, ids, given, lost, problems))
    together = KINDS[part.kind].together
    if not any(edit.kept for edit in edits if edit.name in together):
        return edits
    return [replace(edit, kept=True, why=KEPT) if edit.name in together else edit for edit in edits]


def _differences(
    part: AccountPart,
    actual: Thing,
    entry: StateEntry | None,
    ids: PartIds,
    given: Mapping[str, Any],
    lost: Mapping[str, str],
    problems: Problems,
) -> Iterator[Edit]:
    kind = KINDS[part.kind]
    wanted, has = desired_properties(part, ids), kind.properties(actual.details)
    last = _last_properties(entry)
    for name, after in wanted.items():
        before = given.get(name) if name in kind.unreadable else has.get(name)
        if before == after or (before is None and after == "") or kind.implied(name, actual.details):
            continue
        if name in kind.fixed:
            problems.tell(
                part.part_key,
                f"The {kind.noun} “{part.name}” ({actual.id}) has {before} as its {name.replace('_', ' ')}, "
                f"and not {after}; that can't be changed. Rename it, and a new one is made.",
            )
            continue
        edited = name not in kind.unreadable and last.get(name) != before
        if edited and kind.is_text(name):
            yield Edit(name, before, after, KEPT, kept=True, drifted=True)
        elif entry is None:
            yield Edit(name, before, after, "The desk needs it so.")
        elif why := why_lost((name, after), lost):
            yield Edit(name, before, after, why, lost=True)
        elif edited:
            yield Edit(name, before, after, "It was changed in Zendesk.", drifted=True)
        else:
            yield Edit(name, before, after, OTHERWISE)
    if kind.takes_back:
        yield from _taken_out(kind, wanted, has, last)


def _last_properties(entry: StateEntry | None) -> Properties:
    """The properties as we left them, likened anew: an earlier version may have kept them otherwise."""
    kept = entry.properties if entry else {}
    return {name: value if name == COMMENT_MODE else likened(value) for name, value in kept.items()}


def _taken_out(kind: AccountKind, wanted: Properties, has: Properties, last: Properties) -> Iterator[Edit]:
    """Actions that we once gave a rule and no longer want; what others gave it stays."""
    instead = [name for name, other in ONE_WAY if other in wanted and name in has and name not in wanted]
    for name in instead:
        yield Edit(name, has[name], None, "A status is set in one way only.")
    unwanted = {name: value for name, value in last.items() if name not in wanted and name not in instead}
    for name, value in unwanted.items():
        if not kind.is_text(name) and has.get(name) == value:
            yield Edit(name, value, None, "We no longer want it.")


def _to_learn(steps: Iterable[Step], account: ActualAccount, known: KnownState) -> list[Step]:
    why = "Its signing secret is not the one we know: what it sends would be refused."
    return [
        Step("learn", step.kind, f"{step.key} secret", step.name, step.id, why, desired=step.desired)
        for step in _unheard(steps, account, known)
        if not known.by_hand
    ]


def _not_set(steps: Iterable[Step], account: ActualAccount, known: KnownState) -> list[str]:
    return [
        f"ZENDESK_WEBHOOK_SECRETS lacks the signing secret of the webhook “{step.name}”: what it sends is refused."
        for step in _unheard(steps, account, known)
        if known.by_hand
    ]


def _unheard(steps: Iterable[Step], account: ActualAccount, known: KnownState) -> list[Step]:
    """Webhooks of ours whose secret is none of those we know."""
    return [
        step
        for step in steps
        if KINDS[step.kind].signs
        and step.action in ("nothing", "keep", "change")
        and account.secrets.get(step.id) not in known.secrets
    ]


def _no_longer_wanted(
    found: Mapping[PartKey, Thing | None],
    account: ActualAccount,
    known: KnownState,
    missing: MissingFeatures,
    destroy: bool,
    notes: list[str],
) -> tuple[list[Step], tuple[PartKey, ...]]:
    """Steps for what we made and no longer want, last made first, and what need not be remembered any more."""
    claimed = {(kind, thing.id) for (kind, _), thing in found.items() if thing is not None}
    steps, stale, left = [], [], []
    out_of_reach: set[PartKey] = {(STATUS.kind, key) for key in missing.plain}
    if missing.english_only:
        out_of_reach |= {part_key for part_key in known.entries if part_key[0] == DYNAMIC_CONTENT.kind}
    if not account.apps:
        out_of_reach |= {part_key for part_key in known.entries if part_key[0] in _OF_THE_SIDEBAR}
    unwanted = [part_key for part_key in known.entries if part_key not in found and part_key not in out_of_reach]
    for part_key in sorted(unwanted, key=lambda part_key: -place_of(part_key[0])):
        (kind, key), entry = part_key, known.entries[part_key]
        actual, row = account.by_id(kind, entry.id), KINDS[kind]
        if actual is None or (kind, actual.id) in claimed or not entry.ours:
            stale.append(part_key)
            continue
        why = "We made it, and no longer want it."
        step = Step("nothing", kind, key, actual.name, actual.id, why, actual=actual)
        if destroy and row.deletable:
            steps.append(replace(step, action="delete"))
        elif row.off is not None and row.is_active(actual.details):
            steps.append(replace(step, action="deactivate"))
        elif row.off is None:
            left.append(actual)
    notes.extend(_not_wanted(left))
    return steps, tuple(stale)


def _not_wanted(things: Iterable[Thing]) -> Iterator[str]:
    """What can't be switched off, a sentence a kind."""
    by_kind: dict[str, list[Thing]] = {}
    for thing in things:
        by_kind.setdefault(thing.kind, []).append(thing)
    for kind, found in by_kind.items():
        noun, more = KINDS[kind].noun, len(found) - 1
        if more:
            yield f"The {noun} “{found[0].name}” and {more} more are not wanted any more; --destroy deletes them."
        else:
            yield f"The {noun} “{found[0].name}” is not wanted any more; --destroy deletes it."
