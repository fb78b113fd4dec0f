"""Files between ticket and assignment: agents' by their choice, the assignment's for agents, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from escalation.engine.budget import COPIES_AN_HOUR, one_more, still_ahead
from escalation.engine.ours import is_ours
from escalation.engine.turn import Turn
from escalation.model.audience import Internal, chosen_files
from escalation.model.effects import CopyFile, PostFile
from escalation.model.events import Done, Refused, Unsent, Unsettled
from escalation.model.files import (
    AssignmentFile,
    CaseFile,
    Direction,
    FileState,
    HeldFile,
    Scan,
    TicketFile,
    kind_of,
    size_label,
)
from escalation.model.plain import inline
from escalation.model.values import UNWRITABLE, Role
from escalation.model.views import AssignmentView, Comment, Update

MEGABYTE = 1_000_000
REASONS = {"infected": "file.infected", "unscanned": "file.unscanned", "no_file": "file.gone"}
"""What agents are told of a file that was not moved, by the code of its refusal; else what was said."""


def hear_files(turn: Turn, seen: AssignmentView) -> None:
    """Copy the files that are new on the assignment to agents. Those before the case are its facts, not news."""
    case, known = turn.case, turn.case.files.seen
    uuids = [one.uuid for one in seen.files]
    if known is None or uuids:
        case.files = replace(case.files, seen=tuple(dict.fromkeys((*(known or ()), *uuids))))
    if known is None or case.ended:
        return
    fresh = [one for one in seen.files if one.uuid not in known and not is_ours(turn.posted, one.description)]
    left = []
    for one in fresh:
        if why := _unfit(turn, one.name, one.size):
            left.append(_line(one.name, one.size, why))
        else:
            _copy(turn, seen.id, one)
    if left:
        turn.note("note.files_not_copied", files="\n".join(left))


def _copy(turn: Turn, assignment_id: str, one: AssignmentFile) -> None:
    case = turn.case
    case.pacing = replace(case.pacing, copies=one_more(case.pacing.copies, turn.now, COPIES_AN_HOUR))
    later = still_ahead(case.pacing.copies, turn.now)
    note = turn.internal_text("note.file_seen", name=inline(one.name))
    effect = CopyFile(
        turn.effect_id(),
        case.id,
        case.ticket_id,
        assignment_id,
        one,
        note,
        _largest(turn),
        later,
        case.company or None,
    )
    _begin(turn, effect, CaseFile(one.name, Direction.TO_TICKET, size=one.size))
    turn.record(f"copying a file to the ticket: {inline(one.name)}", "It is new on the assignment.")


def share_files(turn: Turn, comment: Comment) -> None:
    """Post the files of a public comment that an agent chose, once each."""
    _share(turn, chosen_files(comment), comment.id)


def share_own_files(turn: Turn, updates: Iterable[Update]) -> None:
    """Post the files of the requester's public comments, where the policy says so: from tier 1 on."""
    if not turn.policy.share_requester_files:
        return
    for update in updates:
        said = update.comment
        if update.role is Role.REQUESTER and update.ours is None and said is not None and said.public:
            _share(turn, chosen_files(said), said.id, own=True)


def _share(turn: Turn, files: Iterable[TicketFile], comment_id: str, *, own: bool = False) -> None:
    case = turn.case
    fresh = [one for one in files if one.id not in case.files.posted]
    if not fresh or case.ended or case.muted:
        return
    case.files = replace(case.files, posted=(*case.files.posted, *(one.id for one in fresh)))
    left = []
    for one in fresh:
        infected = turn.internal_text("file.infected") if one.scan is Scan.INFECTED else None
        if why := infected or _unfit(turn, one.name, one.size):
            left.append(_line(one.name, one.size, why))
        else:
            case.files = replace(case.files, held=(*case.files.held, HeldFile(one, comment_id, own)))
    if left:
        turn.note("note.files_not_posted", files="\n".join(left))
    send_held_files(turn)


def send_held_files(turn: Turn) -> None:
    """Post what may go now: nothing during a pause, the requester's own once tier 1 was entered."""
    case = turn.case
    if case.paused or case.ended or case.muted or case.assignment_id is None:
        return
    going = [one for one in case.files.held if case.begun or not one.own]
    withdrawn = {*case.posts.withdrawn}
    case.files = replace(case.files, held=tuple(one for one in case.files.held if one not in going))
    for one in going:
        if one.comment_id not in withdrawn:
            _post(turn, one, case.assignment_id)


def _post(turn: Turn, held: HeldFile, assignment_id: str) -> None:
    case, policy, file = turn.case, turn.policy, held.file
    reference = f"{case.reference}-{case.next_reference}"
    case.next_reference += 1
    described = turn.public_text("file.description").with_reference(reference)
    effect = PostFile(
        turn.effect_id(),
        case.id,
        case.ticket_id,
        assignment_id,
        held.comment_id,
        file,
        described,
        reference,
        largest=_largest(turn),
        scan_by=turn.now + timedelta(minutes=policy.scan_wait_minutes),
        unscanned=policy.unscanned_files == "send",
        company=case.company or None,
    )
    posts = case.posts
    case.posts = replace(
        posts,
        posted={**posts.posted, reference: " ".join(described.split())},
        references={**posts.references, effect.id: reference},
        on_way={**posts.on_way, effect.id: held.comment_id},
    )
    _begin(turn, effect, CaseFile(file.name, Direction.TO_ASSIGNMENT, size=file.size))
    why = "The requester attached it, and the policy shares that." if held.own else "An agent chose it, by the tag."
    turn.record(f"posting a file to the assignment: {inline(file.name)}, Ref {reference}", why)


def _begin(turn: Turn, effect: CopyFile | PostFile, moved: CaseFile) -> None:
    turn.effects.append(effect)
    turn.case.files = replace(turn.case.files, moved={**turn.case.files.moved, effect.id: moved})


def file_done(turn: Turn, event: Done) -> bool:
    """Take in that a file has arrived; False where the effect is none of a file."""
    told = event.result
    state = FileState.SAME if told.get("same") else FileState.DONE
    file = _take(turn, event.effect_id, state, told.get("sha256", ""), told.get("size", ""))
    if file is None:
        return False
    name = inline(file.name)
    if told.get("same"):
        turn.record(f"a file was there already: {name}", "What it holds went that way before, or came from there.")
    elif told.get("lost"):
        turn.note("note.file_lost", name=name)
        turn.record(f"a file was lost: {name}", "Its note is on the ticket without it.")
    else:
        where = "ticket" if file.direction is Direction.TO_TICKET else "assignment"
        turn.record(f"a file is on the {where}: {name}", f"SHA-256 {file.sha256 or 'not known'}.")
    return True


def file_refused(turn: Turn, event: Refused) -> bool:
    """Tell agents of a file that can't be moved; False where the effect is none of a file."""
    file = _take(turn, event.effect_id, FileState.REFUSED)
    if file is None:
        return False
    turn.record(f"a file could not be moved: {inline(file.name)}", event.reason)
    if event.code in ("closed", "gone") and not turn.case.ended:
        turn.look("ticket", anew=True)
    elif turn.case.ended_by not in UNWRITABLE:
        key = "note.files_not_posted" if file.direction is Direction.TO_ASSIGNMENT else "note.files_not_copied"
        turn.note(key, files=_line(file.name, file.size, _why(turn, event)))
    return True


def file_unsent(turn: Turn, event: Unsent) -> None:
    """Note that a file waits for a person; the note that says so is that of any effect."""
    _take(turn, event.effect_id, FileState.UNSENT)


def file_unsettled(turn: Turn, event: Unsettled) -> bool:
    """Hand a file whose fate reading can't tell to a person; False where the effect is none of a file."""
    file = _take(turn, event.effect_id, FileState.ON_WAY if event.waiting else FileState.UNSETTLED)
    if file is None:
        return False
    name = inline(file.name)
    if event.waiting:
        turn.note("note.unreadable_file", name=name, hours=f"{turn.policy.unreadable_hours:g}")
    else:
        turn.note("note.unsettled_file", name=name, found=inline(event.found) or "–")
    turn.record(f"a file is unsettled: {name}", event.reason)
    return True


def _take(turn: Turn, effect_id: str, state: FileState, sha256: str = "", size: str = "") -> CaseFile | None:
    files = turn.case.files
    known = files.moved.get(effect_id)
    if known is None:
        return None
    found = replace(
        known, state=state, sha256=sha256 or known.sha256, size=int(size) if size.isdecimal() else known.size
    )
    turn.case.files = replace(files, moved={**files.moved, effect_id: found})
    return found


def _largest(turn: Turn) -> int:
    return int(turn.policy.largest_file_mb * MEGABYTE)


def _unfit(turn: Turn, name: str, size: int | None) -> Internal | None:
    """Why the policy lets no such file go either way; None where it does."""
    if kind_of(name) not in turn.policy.file_types:
        return turn.internal_text("file.type")
    return _too_large(turn) if size is not None and size > _largest(turn) else None


def _too_large(turn: Turn) -> Internal:
    return turn.internal_text("file.size", most=size_label(_largest(turn)))


def _why(turn: Turn, event: Refused) -> str:
    if event.code == "too_large":
        return _too_large(turn)
    return turn.internal_text(REASONS[event.code]) if event.code in REASONS else inline(event.reason)


def _line(name: str, size: int | None, why: str) -> str:
    """What stands for a file that was not moved."""
    return f"- {inline(name)}{f' ({size_label(size)})' if size is not None else ''}: {why}"
