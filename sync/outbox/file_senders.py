"""How files go from one service to the other, once each: by a spool, never whole in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from connector.errors import Permanent, Transient
from connector.ports import Uploaded, Written, Zendesk
from connector.spool import Spool
from escalation.model.effects import CopyFile, PostFile
from escalation.model.files import AssignmentFile, Scan, TicketFile
from sync.limits.companies import Assignments
from sync.outbox.attempts import Doubtful, Later, Missing, Now, Sent, Settled
from sync.outbox.file_ledger import Claim, ClaimState, Content, FileLedger

SCAN_COMES_S: Final = 15.0
"""Seconds until a file is looked at again for what a scan has said."""
UNDER_WAY_S: Final = 60.0
"""Seconds until what another effect is sending has become clear."""


@dataclass(frozen=True, slots=True)
class _Held:
    """An upload that waits for its update."""

    upload: Uploaded
    content: Content


@dataclass(frozen=True, slots=True)
class Copies:
    """Files of assignments, each attached to a note of its own. An upload is made just before the update that uses
    it, and made again where that waits for too long, or this process ends."""

    zendesk: Zendesk
    assignments: Assignments
    now: Now
    ledger: FileLedger
    held: dict[str, _Held] = field(default_factory=dict)

    def send(self, effect: CopyFile, stamp: datetime | None, *, first: bool) -> Sent | Later:
        held = self._still_held(effect.id)
        fresh = held is None
        if held is None:
            moved = self._moved(effect)
            if not isinstance(moved, _Held):
                return moved
            held = self.held[effect.id] = moved
        try:
            written = self.zendesk.write(effect.update, stamp=stamp, first=first, uploads=(held.upload.token,))
        except Permanent as refusal:
            self._drop(effect.id)
            if refusal.code == "invalid" and not fresh:
                raise Transient("The upload of the file was over.") from refusal
            raise
        self.held.pop(effect.id, None)
        return _copied(written, held.content)

    def settle(self, effect: CopyFile) -> Settled:
        back = self.zendesk.settle(effect.update)
        if back.written is not None:
            self.held.pop(effect.id, None)
            return _copied(back.written, self.ledger.claimed(effect.id))
        wait = back.safe_in
        return Later(wait.total_seconds()) if wait else Missing(back.stamp)

    def _still_held(self, effect_id: str) -> _Held | None:
        for one in [one for one, held in list(self.held.items()) if held.upload.until <= self.now()]:
            self._drop(one)
        return self.held.get(effect_id)

    def _drop(self, effect_id: str) -> None:
        held = self.held.pop(effect_id, None)
        if held is not None:
            self.zendesk.drop_upload(held.upload.token)

    def _moved(self, effect: CopyFile) -> _Held | Sent | Later:
        """The file from the assignment to Zendesk, where the ticket does not have what it holds already."""
        with Spool(effect.largest) as spool:
            self.assignments.fetch_file(effect, spool)
            content = Content(spool.sha256, spool.size)
            other = _claimed(self.ledger, effect, content, lambda one: self._has_arrived(effect, one))
            if other is not None:
                return _not_again(other, self.now(), content)
            upload = self.zendesk.upload_file(effect.file.name, spool)
        if upload.scan is Scan.INFECTED:
            self.zendesk.drop_upload(upload.token)
            raise Permanent("infected", "Zendesk found malware in it.")
        return _Held(upload, content)

    def _has_arrived(self, effect: CopyFile, other: Claim) -> bool:
        return self.zendesk.settle(replace(effect, id=other.effect_id).update).written is not None


@dataclass(frozen=True, slots=True)
class FilePosts:
    """Files for assignments, known again by the reference in their description."""

    zendesk: Zendesk
    assignments: Assignments
    now: Now
    ledger: FileLedger

    def send(self, effect: PostFile, stamp: datetime | None, *, first: bool) -> Sent | Later:  # noqa: ARG002
        known = effect.file.scan is Scan.CLEAN and first
        file = effect.file if known else self.zendesk.file_now(effect.file.id)
        if not self._may_leave(effect, file):
            return Later(SCAN_COMES_S, "It was not looked at for malware yet.")
        with Spool(effect.largest) as spool:
            self.zendesk.fetch_file(file.url, spool)
            content = Content(spool.sha256, spool.size)
            if spool.size != effect.file.size:  # what was redacted has another one in its place
                raise Permanent("no_file", "It is not the file any more that was chosen.")
            other = _claimed(self.ledger, effect, content, lambda one: self._has_arrived(effect, one, content))
            if other is not None:
                return _not_again(other, self.now(), content)
            self.assignments.add_file(effect, spool)
        return Sent(self.now(), _told(content))

    def settle(self, effect: PostFile) -> Settled:
        found = self.assignments.find_files(effect)
        content = self.ledger.claimed(effect.id)
        if not found:
            return Missing()
        if len(found) > 1:
            reason = f"{len(found)} files carry the reference {effect.reference}."
            return Doubtful(reason, _names(found))
        if content is not None and found[0].size not in (None, content.size):
            reason = f"The file with the reference {effect.reference} is not as large as the one that was sent."
            return Doubtful(reason, _names(found))
        return Sent(self.now(), _told(content))

    def _has_arrived(self, effect: PostFile, other: Claim, content: Content) -> bool:
        """By the other's reference. Raises Permanent("invalid") where what is found may not be what was sent."""
        found = self.assignments.find_files(replace(effect, id=other.effect_id, reference=other.reference))
        if len(found) > 1 or (found and found[0].size not in (None, content.size)):
            raise Permanent("invalid", f"What went as {other.reference} is there, perhaps not as it was.")
        return bool(found)

    def _may_leave(self, effect: PostFile, file: TicketFile) -> bool:
        """Whether it was looked at for malware, or may go without. Raises Permanent("infected" | "unscanned")."""
        if file.scan is Scan.INFECTED:
            raise Permanent("infected", "Zendesk found malware in it.")
        if file.scan is Scan.NOT_YET and self.now() < effect.scan_by:
            return False
        if file.scan is not Scan.CLEAN and not effect.unscanned:
            raise Permanent("unscanned", "Zendesk could not look at it for malware.")
        return True


def _claimed(
    ledger: FileLedger, effect: CopyFile | PostFile, content: Content, has_arrived: Callable[[Claim], bool]
) -> Claim | None:
    """Another's claim that stands; one that is open is read back first, and void where nothing is there."""
    other = ledger.claim(effect, content)
    if other is None or other.standing is not ClaimState.OPEN:
        return other
    if has_arrived(other):
        return replace(other, standing=ClaimState.ARRIVED)
    return ledger.claim(effect, content, over=other)


def _copied(written: Written, content: Content | None) -> Sent:
    lost = {} if written.files else {"lost": "yes"}
    told = {"audit_id": str(written.audit_id or ""), "updated_at": written.updated_at.isoformat()}
    return Sent(written.at, {**told, **_told(content), **lost}, written.updated_at)


def _not_again(other: Claim, at: datetime, content: Content) -> Sent | Later:
    """What becomes of a file whose content another effect has claimed."""
    if other.standing is ClaimState.UNDER_WAY:
        return Later(UNDER_WAY_S, f"What it holds is on its way already, as {other.effect_id}.")
    return Sent(at, {**_told(content), "same": "yes"})


def _told(content: Content | None) -> dict[str, str]:
    return {} if content is None else {"sha256": content.sha256, "size": str(content.size)}


def _names(found: tuple[AssignmentFile, ...]) -> str:
    return "\n".join(one.name for one in found)
