"""Posting to the assignment what an agent or an automation chose: once each, and nothing else."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from escalation.plain import clean
from escalation.tiers import post
from escalation.turn import Turn
from escalation.values import POST_TAG, Role
from escalation.views import Comment, Update


class Posts:
    """Gathers, over a ticket's new updates, the public agent comments made with the tag on."""

    def __init__(self) -> None:
        self.tagged = False
        self.asked = False
        self.comments: list[Comment] = []

    def note(self, update: Update) -> None:
        if POST_TAG in update.tags_added:
            self.tagged = self.asked = True
        if self.tagged and update.comment and update.comment.public and update.role is Role.AGENT:
            self.comments.append(update.comment)
        if POST_TAG in update.tags_removed:
            self.tagged = False

    def carry_out(self, turn: Turn) -> None:
        """Post each comment once and take the tag off; with none, a note says why nothing was posted."""
        if not self.asked:
            return
        turn.remove_tags.append(POST_TAG)
        case = turn.case
        fresh = [c for c in self.comments if c.id not in case.posted_comments]
        if case.ended or case.assignment_id is None:
            turn.note("note.post_refused_no_case")
        elif not self.comments:
            turn.note("note.post_nothing")
        for comment in fresh if not case.ended and case.assignment_id else ():
            case.posted_comments = (*case.posted_comments, comment.id)
            _post(turn, comment.text, "An agent's comment, by the tag.")


def post_asked(turn: Turn, text: str) -> None:
    """Post a literal text for an automation; the same text within the policy's hours is one post."""
    case = turn.case
    if case.ended or case.assignment_id is None:
        turn.note("note.post_refused_no_case")
        turn.record("a post was refused", "There is no open case for it.", "an automation")
        return
    digest = hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]
    window = timedelta(hours=turn.policy.post_dedupe_hours)
    case.asked_posts = {d: at for d, at in case.asked_posts.items() if turn.now - at < window}
    if digest in case.asked_posts:
        turn.record("a post was left out", "The same text went out a short while ago.", "an automation")
        return
    case.asked_posts[digest] = turn.now
    if case.paused:
        case.held_posts = (*case.held_posts, text)
        turn.record("a post is held", "The case is paused.", "an automation")
        return
    _post(turn, text, "Asked for by an automation.")


def send_held(turn: Turn) -> None:
    """Post what was asked for during a pause."""
    for text in turn.case.held_posts if turn.case.assignment_id else ():
        _post(turn, text, "Asked for during the pause.")
    turn.case.held_posts = ()


def _post(turn: Turn, text: str, why: str) -> None:
    said = clean(text).strip()
    if not said or turn.case.assignment_id is None:
        return
    effect = post(turn, said, turn.case.assignment_id)
    turn.effects.append(effect)
    turn.record(f"posting to the assignment, Ref {effect.reference}", why)
