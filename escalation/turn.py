"""One turn of a case: what a decision has changed, asked for and noted so far."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.case import Case, Deadline, Entry
from escalation.derivation import Derivation
from escalation.effects import Effect, Look, Say, UpdateTicket
from escalation.plain import quote
from escalation.policy import Policy
from escalation.timers import derive, state_timers
from escalation.transitions import Cause, target
from escalation.values import State, Timer
from escalation.views import FieldValue

DESK = "parley"
COPIED = (
    "passes",
    "fields",
    "deadlines",
    "messaged",
    "late",
    "said",
    "conversations",
    "posted",
    "references",
    "asked_posts",
)
SHOWN_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Decision:
    """The case as it is now, what to do, and what to write down. Its timers are the case's deadlines."""

    case: Case
    effects: tuple[Effect, ...]
    journal: tuple[Entry, ...]


class Turn:
    """Collects one decision. A turn says one public thing at most; notes become one internal comment."""

    def __init__(self, case: Case, now: datetime, policy: Policy) -> None:
        self.case = copy(case)
        for name in COPIED:
            setattr(self.case, name, dict(getattr(case, name)))
        self.now = now
        self.policy = policy
        self.effects: list[Effect] = []
        self.journal: list[Entry] = []
        self.notes: list[str] = []
        self.public: Say | None = None
        self.status: State | None = None
        self.fields: dict[str, FieldValue] = {}
        self.remove_tags: list[str] = []
        self.armed: list[Timer] = []
        self.spoke = False

    def text(self, key: str, **values: object) -> str:
        return self.policy.texts.render(key, **values)

    def label(self, at: datetime) -> str:
        return self.policy.calendar.label(at)

    def record(self, what: str, why: str, actor: str = DESK) -> None:
        self.journal.append(Entry(self.now, actor, what, why))

    def note(self, key: str, **values: object) -> None:
        self.notes.append(self.text(key, **values))

    def say(self, text: str, *, macro: str | None = None, after: str = "") -> None:
        """Say something to the requester; the first thing said in a turn is the only one."""
        if self.public is None:
            self.public = Say(text, public=True, macro=macro, after=after)

    def copy_to(self, ticket_id: str, text: str) -> None:
        """Note on another ticket what the requester wrote here."""
        note = self.text("note.second_request", text=quote(text))
        self.effects.append(UpdateTicket(self.effect_id(), ticket_id, Say(note, public=False)))

    def effect_id(self) -> str:
        number = self.case.next_effect
        self.case.next_effect += 1
        return f"{self.case.id}.{number}"

    def look(self, *scope: str, candidates: tuple[str, ...] = (), merged_into: str | None = None) -> None:
        wanted = frozenset({"ticket", *scope})
        case = self.case
        since = 0 if case.adopting else case.seen_update
        self.effects.append(Look(case.ticket_id, wanted, since, case.assignment_id, candidates, merged_into))

    def arm(self, timer: Timer, derivation: Derivation, why: str = "") -> None:
        self.case.generation += 1
        sentence = f"{why} {derivation.sentence()}".strip()
        self.case.deadlines[timer] = Deadline(derivation.due, self.case.generation, sentence, derivation)
        if derivation.start == self.now:
            self.armed.append(timer)

    def arm_from(self, timer: Timer, start: datetime) -> None:
        self.arm(timer, derive(timer, start, self.case, self.policy))

    def arm_at(self, timer: Timer, due: datetime, why: str) -> None:
        self.case.generation += 1
        self.case.deadlines[timer] = Deadline(due, self.case.generation, why)

    def disarm(self, *timers: Timer) -> None:
        for timer in timers:
            self.case.deadlines.pop(timer, None)

    def is_due(self, timer: Timer) -> bool:
        deadline = self.case.deadlines.get(timer)
        return deadline is not None and deadline.due <= self.now

    def move(self, cause: Cause, why: str, actor: str = DESK) -> bool:
        """Move along the table: state, status and the state's timers. False where the cause means nothing here."""
        new = target(self.case.state, cause)
        if new is None:
            self.record(f"ignored: {cause}", f"It means nothing while {self.case.state.value}. {why}", actor)
            return False
        self.record(f"{self.case.state.value} → {new.value}", why, actor)
        self.case.state = new
        self.status = new
        self.case.recheck = False
        self._set_timers(new)
        return True

    def _set_timers(self, state: State) -> None:
        kept = {Timer.PAUSE_ENDS} if not state.ended else set()
        self.case.deadlines = {t: d for t, d in self.case.deadlines.items() if t in kept}
        for timer, start in state_timers(self.case, self.now):
            self.arm_from(timer, start)

    def finish(self) -> Decision:
        """Turn what was said, noted and set into two ticket updates at most."""
        case = self.case
        if self.public:
            case.last_public = self.now
            if Timer.NEXT_UPDATE in case.deadlines:
                self.arm_from(Timer.NEXT_UPDATE, self.now)
        self._show_due()
        changes = bool(self.status or self.fields or self.remove_tags)
        together = self.public is None and changes
        note = "\n\n".join(self.notes)
        if note and not together:
            self._update(Say(note, public=False))
        if self.public or changes:
            said = self.public or (Say(note, public=False) if note else None)
            effect = self._update(said, self.status, self.fields, self.remove_tags)
            if self.public:
                case.said[effect] = tuple(dict.fromkeys(self.armed))
        return Decision(case, tuple(self.effects), tuple(self.journal))

    def _update(
        self,
        say: Say | None,
        status: State | None = None,
        fields: dict[str, FieldValue] | None = None,
        remove_tags: Iterable[str] = (),
    ) -> str:
        effect, case = self.effect_id(), self.case
        assign = bool(status and status.ended and not case.assigned)
        case.assigned = case.assigned or assign
        self.effects.append(
            UpdateTicket(effect, case.ticket_id, say, status, dict(fields or {}), (), tuple(remove_tags), assign)
        )
        return effect

    def _show_due(self) -> None:
        """Keep the field `Next update due` true to within two minutes."""
        deadline = self.case.deadlines.get(Timer.NEXT_UPDATE)
        due, shown = deadline.due if deadline else None, self.case.shown_due
        if due == shown or (due and shown and abs(due - shown) < SHOWN_WITHIN):
            return
        self.case.shown_due = due
        self.fields["next_update_due"] = self.label(due) if due else ""
