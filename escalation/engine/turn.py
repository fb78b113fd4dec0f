"""One turn of a case: what a decision has changed, asked for and noted so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.engine.budget import SAME_NOTES_AN_HOUR, UPDATES_AN_HOUR, one_more, still_ahead, within_hour
from escalation.engine.copying import copied
from escalation.engine.desk_tags import outdated_tags
from escalation.engine.looking import waited_long
from escalation.engine.office import DESK, out_of_hours, wait_for_opening
from escalation.engine.progress import with_besides, with_page, with_progress
from escalation.engine.repeating import begin_update, forget_updates
from escalation.engine.timers import derive, keep_moves, next_update_shown, state_timers
from escalation.engine.transitions import in_words, target
from escalation.model.audience import Internal, Public
from escalation.model.case import Case, Deadline, JournalEntry
from escalation.model.derivation import Derivation
from escalation.model.effects import Effect, Look, Note, Say, Tells, UpdateTicket
from escalation.model.review import review_in
from escalation.model.seen import UNSEEN
from escalation.model.values import COMPANY_FIELD, WAITS_TAG, Cause, EndedBy, State, Timer
from escalation.model.views import FieldValue, text_of
from escalation.policies.policy import Policy
from escalation.policies.readers import Reader, reader_of, requester_of


@dataclass(frozen=True, slots=True)
class Decision:
    """The case as it is now, what to do, and what to write down. Its timers are the case's deadlines."""

    case: Case
    effects: tuple[Effect, ...]
    journal: tuple[JournalEntry, ...]


class Turn:
    """Collects one decision. A turn says one public thing at most; notes become one internal comment."""

    def __init__(self, case: Case, now: datetime, policy: Policy) -> None:
        self.case = copied(case)
        self.now = now
        self.policy = policy
        self.effects: list[Effect] = []
        self.journal: list[JournalEntry] = []
        self.notes: list[Internal] = []
        self.public: Say | None = None
        self.yields = False
        self.status: State | None = None
        self.fields: dict[str, FieldValue] = {}
        self.add_tags: list[str] = []
        self.remove_tags: list[str] = []
        self.to_group = self.moved = self.first_look = False
        self.moves: list[str] = []
        self.for_crossed: list[Internal] = []
        self.armed: list[Timer] = []
        self.posted: dict[str, str] = dict(self.case.posts.posted)
        self.written_to: Mapping[str, datetime] = {}
        self.by, self.by_agent, self._due_before, self.key = DESK, False, case.deadlines, ""
        about: dict[str, FieldValue] = {"party": case.party, "reason": case.reason}
        self.was_about = {"assignment_id": case.assignment_id, **about}
        self.news, self.agent_spoke, self._waited, self.asks = "", False, case.requester_open, 0

    def internal_text(self, key: str, **values: object) -> Internal:
        """A text for agents."""
        return self.policy.texts.internal(key, **values)

    @property
    def requester(self) -> Reader:
        """Whom the desk writes to on the ticket."""
        return requester_of(self.case, self.policy)

    def public_text(self, key: str, **values: object) -> Public:
        """A text in the language of whom its key is for; moments (datetimes) and quantities come as they are."""
        return reader_of(key, self.case, self.policy).text(key, **values)

    def label(self, at: datetime) -> str:
        """A moment for agents, in English and the policy's zone: for a note, or the ticket's field."""
        return self.policy.calendar.label(at)

    def record(self, what: str, why: str, actor: str = DESK) -> None:
        self.journal.append(JournalEntry(self.now, actor, what, why))

    def note(self, key: str, **values: object) -> None:
        self.notes.append(self.internal_text(key, **values))

    def note_seldom(self, key: str, **values: object) -> None:
        """A note that an update may bring about, which may be brought about by a note: twice an hour at most."""
        before = within_hour(self.case.pacing.notes.get(key, ()), self.now)
        if len(before) < SAME_NOTES_AN_HOUR:
            self._noted(key, (*before, self.now))
            self.note(key, **values)

    def _noted(self, key: str, moments: tuple[datetime, ...]) -> None:
        self.case.pacing = replace(self.case.pacing, notes={**self.case.pacing.notes, key: moments})

    def say(self, text: Public, *, tells: Tells = "") -> None:
        """Say something to the requester in their language."""
        self.say_once(Say(text, tells=tells, language=self.requester.texts.language))

    def say_once(
        self, said: Say, *, yields: bool = False, at_any_hour: bool = False, though_muted: bool = False
    ) -> None:
        """Say something to the requester; the first thing said in a turn is the only one.

        In a pause, and while the office is closed, it is owed, and a later text takes its place. A case that came
        back is mute, but for what is said `though_muted`. What `yields` says only that there is no news.
        """
        if self.case.muted and not though_muted:
            return
        if self.case.paused or (not at_any_hour and out_of_hours(self)):
            self.case.delivery = replace(self.case.delivery, held_back=said)
            wait_for_opening(self)
        elif self.public is None:
            self.public, self.yields = said, yields

    def be_silent(self) -> None:
        """Take back what this turn would have written on a ticket that is not there any more."""
        self.public = self.status = self.case.shown_due = None
        for asked in (self.notes, self.fields, self.add_tags, self.remove_tags):
            asked.clear()

    def effect_id(self) -> str:
        self.case.next_effect += 1
        return f"{self.case.id}.{self.case.next_effect - 1}"

    def look(
        self,
        *scope: str,
        candidates: tuple[str, ...] = (),
        merged_into: str | None = None,
        anew: bool = False,
    ) -> None:
        """Ask for a look at the ticket and what else is in scope; `anew` reads all its audits again.

        That a deleted ticket is there again stands in no audit: it is read whatever they say.
        """
        case = self.case
        seen = UNSEEN if case.adopting or anew or case.ended_by is EndedBy.DELETED else case.heard.seen
        wanted = frozenset({"ticket", *scope})
        whose = text_of(case.fields, COMPANY_FIELD) or None, case.company or None
        there = {
            one: on for one, on in case.heard.digests.items() if on != case.ticket_id and "conversations" in scope
        }
        self.effects.append(
            Look(case.ticket_id, wanted, seen, case.assignment_id, candidates, merged_into, *whose, there)
        )

    def arm(self, timer: Timer, derivation: Derivation) -> None:
        self.case.generation += 1
        sentence = derivation.sentence()
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
        """Whether a deadline has passed. What counts from a text does not pass before that text is out."""
        at, counted = self.case.deadlines.get(timer), self.case.delivery.counted_from.values()
        return bool(at and at.due <= self.now) and not any(at and at.generation in armed for armed in counted)

    def heard_publicly(self, at: datetime) -> None:
        """The requester heard something at a moment: the next update is counted from the last such moment."""
        case = self.case
        case.last_public = max(at, case.last_public) if case.last_public else at
        deadline = case.deadlines.get(Timer.NEXT_UPDATE)
        if deadline and deadline.derivation and deadline.derivation.start < case.last_public:
            self.arm_from(Timer.NEXT_UPDATE, case.last_public)

    def move(self, cause: Cause, why: str, actor: str = DESK, *, ended_by: EndedBy = EndedBy.NOTHING) -> bool:
        """Move along the table: state, status and the state's timers. False where the cause means nothing here.

        `ended_by` is given where, and only where, the cause ends the case.
        """
        case = self.case
        new = target(case.state, cause)
        if new is None:
            self.record(f"ignored: {cause}", f"It means nothing while {case.state.value}. {why}", actor)
            return False
        self.moves.append(in_words(case.state, new))
        self.record(self.moves[-1], why, actor)
        case.state, case.ended_by, self.moved = new, ended_by, True
        self.status = new
        review, waited = review_in(new, self.now, why), waited_long(case, self.now, self.policy)
        case.judgement = case.judgement.moved(review, waited, ended=new.ended)
        if case.delivery.answer_waiting or case.delivery.wanted or case.delivery.letter_waited:
            case.delivery = replace(case.delivery, answer_waiting=False, wanted=None, letter_waited=False)
        self.leave_entry()
        forget_updates(case)
        if new.ended:
            case.paused, case.requester_open = None, False
            case.delivery = replace(case.delivery, held_back=None)
            case.posts = replace(case.posts, held=(), held_of=())
            case.files = replace(case.files, held=())
        self._set_timers(new)
        return True

    def leave_entry(self) -> None:
        """Stop entering a tier; its message may still be on its way and counts as that tier's when it is sent."""
        case = self.case
        entering, late = case.delivery.entering, case.delivery.late_messages
        if entering is None:
            return
        if entering.message and entering.tier not in case.delivery.messaged:
            late = {**late, entering.message: entering.tier}
        case.delivery = replace(case.delivery, entering=None, late_messages=late)

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
            case.delivery = replace(case.delivery, held_back=None)
            if Timer.NEXT_UPDATE in case.deadlines:
                self.arm_from(Timer.NEXT_UPDATE, self.now)
            self.public = with_page(self, with_progress(self, with_besides(self, self.public)))
        self._show_due()
        if not self.moved:
            keep_moves(case, self._due_before, self.now, self.by, said=self.public is not None)
        if case.requester_open and not self._waited:
            self.add_tags.append(WAITS_TAG)
        changes = bool(self.status or self.fields or self.add_tags or self.remove_tags)
        self._tell_of_spent_budget(changes)
        note = Note(Internal("\n\n".join(self.notes))) if self.notes else None
        if self.public or changes or note:
            self.remove_tags += outdated_tags(case, waited=self._waited)
        if note and (self.public or not changes):
            self._update(note, remove_tags=() if self.public else self.remove_tags)
        if self.public or changes:
            said = self.public or note
            effect = self._update(said, self.status, self.fields, self.add_tags, self.remove_tags)
            if self.public:
                armed = (case.deadlines[t].generation for t in self.armed if t in case.deadlines)
                counted = {**case.delivery.counted_from, effect: tuple(dict.fromkeys(armed))}
                case.delivery = replace(case.delivery, counted_from=counted)
                begin_update(case, effect, self.key, self.now)
        case.fields.update(self.fields)
        return Decision(case, tuple(self.effects), tuple(self.journal))

    def _update(
        self,
        say: Say | Note | None,
        status: State | None = None,
        fields: dict[str, FieldValue] | None = None,
        add_tags: Iterable[str] = (),
        remove_tags: Iterable[str] = (),
    ) -> str:
        effect, case = self.effect_id(), self.case
        if self.asks and isinstance(say, Note):
            case.delivery = replace(case.delivery, asking={**case.delivery.asking, effect: self.asks})
        assign = bool(status and status.ended and not case.assigned)
        case.assigned = case.assigned or assign
        added, removed = tuple(dict.fromkeys(add_tags)), tuple(dict.fromkeys(remove_tags))
        case.pacing = replace(case.pacing, updates=one_more(case.pacing.updates, self.now, UPDATES_AN_HOUR))
        later = still_ahead(case.pacing.updates, self.now)
        self.effects.append(
            UpdateTicket(
                effect, case.ticket_id, say, status, dict(fields or {}), added, removed, assign, later,
                yields=self.yields and say is self.public, to_group=self.to_group and status is not None,
            )
        )  # fmt: skip
        return effect

    def _tell_of_spent_budget(self, changes: bool) -> None:
        """Note it once, while there is still room, that further updates will wait: a turn makes two at most."""
        case = self.case
        told = within_hour(case.pacing.notes.get("note.busy_ticket", ()), self.now)
        if told or not (changes or self.notes or self.public):
            return
        if len(within_hour(case.pacing.updates, self.now)) >= UPDATES_AN_HOUR - 2:
            self._noted("note.busy_ticket", (self.now,))
            self.note("note.busy_ticket", count=UPDATES_AN_HOUR)
            self.record("further updates wait", f"There were almost {UPDATES_AN_HOUR} within an hour.")

    def _show_due(self) -> None:
        """Keep the field `Next update due` true; what a pause holds is shown as held until its end."""
        shown = next_update_shown(self.case)
        if shown is not None:
            self.case.shown_due, self.case.shown_held = shown
            said = self.label(shown.due) if shown.due else ""
            self.fields["next_update_due"] = f"held until {said}" if shown.held else said
