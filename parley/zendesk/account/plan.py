"""The three-way comparison: what we made last, what there is, what we want. Nothing is asked or sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from connector.zendesk.account.setup import Kind, Thing
from parley.zendesk.account.desired import Part
from parley.zendesk.account.finding import Troubles, find, follows
from parley.zendesk.account.kinds import COMMENT_MODE, KINDS, ORDER
from parley.zendesk.account.lesser import FULL, Lesser
from parley.zendesk.account.live import Live
from parley.zendesk.account.memory import Made, What
from parley.zendesk.account.properties import ALLOWED, Properties, active, likened, properties
from parley.zendesk.account.refs import Ids, resolved

Does = Literal["create", "adopt", "change", "keep", "learn", "deactivate", "delete", "nothing"]
CHANGES: Final = frozenset({"create", "adopt", "change", "learn", "deactivate", "delete"})
_STATUS: Final = ("action status", "action custom_status_id")
ONE_WAY: Final = (_STATUS, _STATUS[::-1])
"""Actions of which one takes the other's place."""
RULES: Final = frozenset({"macro", "trigger", "automation"})
SPOKEN: Final = frozenset({"comment", COMMENT_MODE})
"""What a macro says, and to whom."""
SHOWS_NOTES: Final = "ticket.latest_comment"
"""A placeholder that is filled with internal comments as well as with public ones."""
KEPT: Final = "A text that was edited in Zendesk stays."


@dataclass(frozen=True, slots=True)
class Edit:
    """One property that differs. `kept`: the account's value stays. `drifted`: somebody changed it in Zendesk."""

    name: str
    before: Any
    after: Any
    why: str
    kept: bool = False
    drifted: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What would be done about one part, and why. `tickets`: how many lose their values with a deleted field."""

    does: Does
    kind: Kind
    key: str
    name: str
    id: str
    why: str
    edits: tuple[Edit, ...] = ()
    part: Part | None = None
    thing: Thing | None = None
    ours: bool = True
    tickets: int | None = None

    @property
    def what(self) -> What:
        return self.kind, self.key

    @property
    def wanted(self) -> Part:
        """The part as it is wanted; ValueError of what is only taken away."""
        if self.part is None:
            raise ValueError(f"Nothing is wanted of {self.name}.")
        return self.part

    @property
    def changed(self) -> tuple[Edit, ...]:
        """The edits that are sent."""
        return tuple(edit for edit in self.edits if not edit.kept)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every step in the order in which it is done. With `problems` nothing is done; `notes` are good to know, and
    `warnings` tell of what is left as it is although the desk can't work with it.

    `unheard`: webhooks whose secret a setting lacks, which no run can change.
    """

    steps: tuple[Step, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    ids: Mapping[What, str]
    stale: tuple[What, ...] = ()
    """Remembered parts that are neither wanted nor there."""
    live: Live | None = field(default=None, repr=False)
    made: Mapping[What, Made] = field(default_factory=dict, repr=False)
    unheard: tuple[str, ...] = ()
    lesser: Lesser = FULL
    warnings: tuple[str, ...] = ()
    troubled: frozenset[What] = frozenset()
    """The parts that the problems are about."""

    @property
    def changes(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.does in CHANGES)

    @property
    def is_sweeping(self) -> bool:
        """Whether more than a third of what we made would be changed, switched off or deleted."""
        touched = [step for step in self.steps if step.does in ("change", "deactivate", "delete")]
        return bool(self.made) and len(touched) * 3 > len(self.made)


@dataclass(frozen=True, slots=True)
class Known:
    """What we know besides the account: parts as we left them, what a broken-off run began, the signing secrets."""

    made: Mapping[What, Made] = field(default_factory=dict)
    begun: frozenset[What] = frozenset()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    by_hand: bool = False
    """Whether the secrets are a setting, which no run can change."""


def make_plan(
    parts: Iterable[Part], live: Live, known: Known, lesser: Lesser = FULL, *, destroy: bool = False
) -> Plan:
    """Compare. `destroy` deletes what we made and no longer want, instead of switching it off.

    What the account can't have any more is left alone and remembered: it may be able to again.
    """
    parts = tuple(parts)
    troubles = Troubles()
    found = {part.what: find(part, live, known.made.get(part.what), troubles) for part in parts}
    mistaken = troubles.parts
    ids = {what: thing.id for what, thing in found.items() if thing is not None}
    steps = [
        _step(part, found[part.what], known, ids, Troubles() if follows(part, mistaken) else troubles)
        for part in parts
        if _is_possible(part, found)
    ]
    steps += _to_learn(steps, live, known)
    notes = [part.unsure for part in parts if not _is_possible(part, found)]
    unheard = tuple(_not_set(steps, live, known))
    gone, stale = _no_longer_wanted(found, live, known, lesser, destroy, notes)
    steps = sorted(steps, key=lambda step: ORDER.index(step.kind))
    warnings = tuple(_never_said(steps))
    made = known.made
    return Plan(
        (*steps, *gone), troubles.sentences, tuple(notes), ids, stale, live, made, unheard, lesser, warnings,
        troubles.parts,
    )  # fmt: skip


def _is_possible(part: Part, found: Mapping[What, Thing | None]) -> bool:
    return not part.unsure or found[part.what] is not None


def wanted_properties(part: Part, ids: Ids) -> Properties:
    """What a part is compared by, with the ids that are known."""
    return properties(part.kind, resolved({**part.body, **part.compared}, ids))


def _step(part: Part, thing: Thing | None, known: Known, ids: Ids, troubles: Troubles) -> Step:
    made = known.made.get(part.what)
    if thing is None:
        why = "It was deleted in Zendesk." if made else "There is none of that name."
        return Step("create", part.kind, part.key, part.name, "", why, part=part)
    remembered = made if made is not None and made.id == thing.id else None
    step = Step("nothing", part.kind, part.key, part.name, thing.id, "", (), part, thing)
    edits = () if part.unsure else tuple(_edits(part, thing, remembered, ids, troubles))
    if remembered is None:
        if part.what in known.begun:
            return replace(step, does="adopt", why="A run that broke off had just made it.", edits=edits)
        why = "Something of that name is there already. Its texts stay as they are."
        return replace(step, does="adopt", why=why, edits=edits, ours=False)
    step = replace(step, edits=edits, ours=remembered.ours)
    if step.changed:
        return replace(step, does="change", why=_why(step.changed))
    return replace(step, does="keep", why="It was edited in Zendesk; the edit stays.") if edits else step


def _never_said(steps: Iterable[Step]) -> Iterator[str]:
    """Macros whose comment is internal: whoever made it so meant it, words and all."""
    for step in steps:
        has = properties("macro", step.thing.details) if step.kind == "macro" and step.thing is not None else {}
        if step.part is None or not has.get("comment"):
            continue
        if SHOWS_NOTES in str(has["comment"]):
            yield (
                f"The comment of the macro “{step.name}” ({step.id}) holds the placeholder {SHOWS_NOTES}, which "
                "shows internal notes too, to whoever reads it. Use ticket.latest_public_comment in its place."
            )
        if has.get(COMMENT_MODE) == "false":
            yield (
                f"The comment of the macro “{step.name}” ({step.id}) is internal, and stays so: the desk doesn't "
                "say it, and tells the requester its own text instead. To have the team's words sent, make the "
                "comment public in the Admin Center."
            )


def _why(edits: tuple[Edit, ...]) -> str:
    if any(edit.drifted for edit in edits):
        return "It was changed in Zendesk in a way that the desk can't work with."
    return "We want it otherwise now."


def _edits(part: Part, thing: Thing, made: Made | None, ids: Ids, troubles: Troubles) -> list[Edit]:
    edits = list(_differences(part, thing, made, ids, troubles))
    if not any(edit.kept for edit in edits if edit.name in SPOKEN):
        return edits
    # Words and their readers belong together: neither is kept while the other is changed.
    return [replace(edit, kept=True, why=KEPT) if edit.name in SPOKEN else edit for edit in edits]


def _differences(part: Part, thing: Thing, made: Made | None, ids: Ids, troubles: Troubles) -> Iterator[Edit]:
    rules = KINDS[part.kind]
    wanted, has = wanted_properties(part, ids), properties(part.kind, thing.details)
    last = {name: value if name == COMMENT_MODE else likened(value) for name, value in _remembered(made).items()}
    for name, after in wanted.items():
        before = has.get(name)
        if before == after or (before is None and after == "") or _is_unlimited(part.kind, name, thing):
            continue
        if name in rules.fixed:
            troubles.tell(
                part.what,
                f"The {rules.noun} “{part.name}” ({thing.id}) has {before} as its {name.replace('_', ' ')}, "
                f"and not {after}; that can't be changed. Rename it, and a new one is made.",
            )
            continue
        edited = last.get(name) != before
        if edited and rules.is_text(name):
            yield Edit(name, before, after, KEPT, kept=True, drifted=True)
        elif made is None:
            yield Edit(name, before, after, "The desk needs it so.")
        elif edited:
            yield Edit(name, before, after, "It was changed in Zendesk.", drifted=True)
        else:
            yield Edit(name, before, after, "We want it otherwise now.")
    yield from _taken_out(part, wanted, has, last)


def _remembered(made: Made | None) -> Mapping[str, Any]:
    return made.properties if made else {}


def _is_unlimited(kind: Kind, name: str, form: Thing) -> bool:
    """A form that takes every status takes ours; to list them would take the others away."""
    return kind == "form" and name.startswith("status ") and ALLOWED not in form.details


def _taken_out(part: Part, wanted: Properties, has: Properties, last: Mapping[str, Any]) -> Iterator[Edit]:
    """Actions that we once gave a rule and no longer want; what others gave it stays."""
    if part.kind not in RULES:
        return
    instead = [name for name, other in ONE_WAY if other in wanted and name in has and name not in wanted]
    for name in instead:
        yield Edit(name, has[name], None, "A status is set in one way only.")
    unwanted = {name: value for name, value in last.items() if name not in wanted and name not in instead}
    for name, value in unwanted.items():
        if not KINDS[part.kind].is_text(name) and has.get(name) == value:
            yield Edit(name, value, None, "We no longer want it.")


def _to_learn(steps: Iterable[Step], live: Live, known: Known) -> list[Step]:
    why = "Its signing secret is not the one we know: what it sends would be refused."
    return [
        Step("learn", "webhook", f"{step.key} secret", step.name, step.id, why, part=step.part)
        for step in _unheard(steps, live, known)
        if not known.by_hand
    ]


def _not_set(steps: Iterable[Step], live: Live, known: Known) -> list[str]:
    return [
        f"ZENDESK_WEBHOOK_SECRETS lacks the signing secret of the webhook “{step.name}”: what it sends is refused."
        for step in _unheard(steps, live, known)
        if known.by_hand
    ]


def _unheard(steps: Iterable[Step], live: Live, known: Known) -> list[Step]:
    """Webhooks of ours whose secret is another than those we know."""
    return [
        step
        for step in steps
        if step.kind == "webhook"
        and step.does in ("nothing", "keep", "change")
        and live.secrets.get(step.id) not in known.secrets
    ]


def _no_longer_wanted(
    found: Mapping[What, Thing | None],
    live: Live,
    known: Known,
    lesser: Lesser,
    destroy: bool,
    notes: list[str],
) -> tuple[list[Step], tuple[What, ...]]:
    """Steps for what we made and no longer want, last made first, and what need not be remembered any more."""
    claimed = {(kind, thing.id) for (kind, _), thing in found.items() if thing is not None}
    steps, stale = [], []
    out_of_reach: set[What] = {("status", key) for key in lesser.plain}
    for what in sorted(known.made.keys() - found.keys() - out_of_reach, key=lambda one: -ORDER.index(one[0])):
        kind, key = what
        made, rules = known.made[what], KINDS[kind]
        thing = live.by_id(kind, made.id)
        if thing is None or (kind, thing.id) in claimed or not made.ours:
            stale.append(what)
            continue
        step = Step("nothing", kind, key, thing.name, thing.id, "We made it, and no longer want it.", thing=thing)
        if destroy and rules.deletable:
            steps.append(replace(step, does="delete"))
        elif rules.off is not None and active(kind, thing.details):
            steps.append(replace(step, does="deactivate"))
        elif rules.off is None:
            notes.append(f"The {rules.noun} “{thing.name}” is not wanted any more; --destroy deletes it.")
    return steps, tuple(stale)
