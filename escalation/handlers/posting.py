"""Posting to the assignment what an agent or an automation chose: once each, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from escalation.engine.turn import Turn
from escalation.handlers.files import share_files
from escalation.handlers.outreach import post
from escalation.model.audience import Public, chosen_comment, chosen_text
from escalation.model.case import Case
from escalation.model.events import Refused
from escalation.model.mappings import without
from escalation.model.plain import inline, quote
from escalation.model.values import POST_TAG, UNWRITABLE, Role
from escalation.model.views import Comment, Update

WHY_BACK = "Its comment was made internal, or words were taken out of it."


class Posts:
    """Gathers, over a ticket's new updates, the public agent comments made with the tag on."""

    def __init__(self, turn: Turn) -> None:
        self.case = turn.case
        self.asked = False
        self.comments: list[Comment] = []

    def note(self, update: Update) -> None:
        """Follow the tag through an update. Of ours only the tag counts: no words of ours are posted."""
        case = self.case
        if POST_TAG in update.tags_added and update.ours is None:
            self.asked = True
            case.posts = replace(case.posts, tagged=True)
        said = update.comment if update.role is Role.AGENT and update.ours is None else None
        if case.posts.tagged and said and said.public:
            self.comments.append(said)
        if POST_TAG in update.tags_removed:
            case.posts = replace(case.posts, tagged=False)

    def carry_out(self, turn: Turn) -> None:
        """Post each comment once and take the tag off; with none, a note says why nothing was posted."""
        case = self.case
        if self.asked:
            turn.remove_tags.append(POST_TAG)
        if not self.asked and not self.comments:
            return
        if not _may_post(turn):
            return
        if not self.comments:
            turn.note_seldom("note.post_nothing")
        for comment in self.comments:
            if comment.id not in case.posts.comments:
                case.posts = replace(case.posts, comments=(*case.posts.comments, comment.id))
                if comment.text.strip() or not comment.files:
                    _post(turn, chosen_comment(comment), "An agent's comment, by the tag.", comment.id)
                share_files(turn, comment)


def take_back(turn: Turn, updates: tuple[Update, ...]) -> tuple[Update, ...]:
    """The updates without the words of comments that one of them made internal or took words out of.

    What was held back for the assignment is forgotten; of what was posted, the journal and a note tell.
    """
    case = turn.case
    withdrawn = frozenset[str]().union(*(update.withdrawn for update in updates))
    if withdrawn:
        all_of_them = dict.fromkeys((*case.posts.withdrawn, *sorted(withdrawn)))
        case.posts = replace(case.posts, withdrawn=tuple(all_of_them))
        _forget_posts(turn, withdrawn)
    gone = {*case.posts.withdrawn}
    return tuple(_unsaid(update) if update.comment and update.comment.id in gone else update for update in updates)


def _forget_posts(turn: Turn, withdrawn: frozenset[str]) -> None:
    case = turn.case
    held = [(said, one) for said, one in zip(case.posts.held, _held_of(case), strict=True) if one not in withdrawn]
    forgotten = withdrawn & {*case.posts.held_of}
    case.posts = replace(case.posts, held=tuple(said for said, _ in held), held_of=tuple(one for _, one in held))
    if forgotten:
        turn.record("a held post was taken back", WHY_BACK)
    waiting = withdrawn & {*case.posts.on_way.values()}
    if waiting:
        turn.note("note.waiting_post_taken_back")
        turn.record("a waiting post was taken back", WHY_BACK)
    if (withdrawn - forgotten - waiting) & {*case.posts.comments}:
        _tell_posted(turn)


def _tell_posted(turn: Turn) -> None:
    turn.note("note.post_taken_back")
    turn.record("a posted comment was taken back", "On the assignment it stands all the same.")


def post_done(turn: Turn, effect_id: str) -> None:
    """Take in that a post is on the assignment; one whose comment was withdrawn meanwhile had left before."""
    comment = turn.case.posts.on_way.get(effect_id)
    if comment is None:
        return
    turn.case.posts = replace(turn.case.posts, on_way=without(turn.case.posts.on_way, effect_id))
    if comment in turn.case.posts.withdrawn:
        _tell_posted(turn)


def post_refused(turn: Turn, event: Refused) -> bool:
    """Tell agents of a post that never comes to the assignment; False where the effect is none on its way."""
    case = turn.case
    if event.effect_id not in case.posts.on_way:
        return False
    case.posts = replace(case.posts, on_way=without(case.posts.on_way, event.effect_id))
    turn.record(f"could not be done: {event.code}", event.reason)
    if case.ended_by not in UNWRITABLE:
        ours = case.posts.posted.get(case.posts.references.get(event.effect_id, ""), "")
        turn.note("note.undelivered_post", reason=inline(event.reason).rstrip("."), ours=quote(ours))
    return True


def post_unsettled(turn: Turn, effect_id: str) -> None:
    """Take in that a person has a post whose fate nobody knows: they were told, whatever they do with it."""
    posts = turn.case.posts
    if effect_id in posts.on_way:
        turn.case.posts = replace(posts, on_way=without(posts.on_way, effect_id))


def _unsaid(update: Update) -> Update:
    """That somebody wrote stays true; what they wrote is nobody's business any more."""
    return replace(update, comment=Comment(update.comment.id if update.comment else "", "", public=False))


def _held_of(case: Case) -> tuple[str, ...]:
    """The comments of what is held back; a case of the version before has noted none."""
    return (*("" for _ in case.posts.held[len(case.posts.held_of) :]), *case.posts.held_of)


def post_asked(turn: Turn, text: str) -> None:
    """Post a literal text for an automation; the same text within the policy's hours is one post."""
    case = turn.case
    if not _may_post(turn):
        return
    if turn.policy.texts.holds_agents_words(text):
        turn.note_seldom("note.post_refused", reason=turn.internal_text("post.ours"))
        turn.record("a post was refused", "It holds a note of ours, which is for agents.", "an automation")
        return
    digest = hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:16]
    window = timedelta(hours=turn.policy.post_dedupe_hours)
    case.posts = replace(case.posts, asked={d: at for d, at in case.posts.asked.items() if turn.now - at < window})
    if digest in case.posts.asked:
        turn.record("a post was left out", "The same text went out a short while ago.", "an automation")
        return
    case.posts = replace(case.posts, asked={**case.posts.asked, digest: turn.now})
    _post(turn, chosen_text(text), "Asked for by an automation.")


def send_held(turn: Turn) -> None:
    """Post what was asked for during a pause."""
    held = tuple(zip(turn.case.posts.held, _held_of(turn.case), strict=True))
    turn.case.posts = replace(turn.case.posts, held=(), held_of=())
    for text, comment_id in held:
        _post(turn, text, "Asked for during the pause.", comment_id)


def _may_post(turn: Turn) -> bool:
    """Whether something may go out now; where it may not, a note says so."""
    case = turn.case
    if case.ended:
        turn.note_seldom("note.post_refused_no_case")
    elif case.muted:
        turn.note_seldom("note.post_refused", reason=turn.internal_text("post.muted"))
    elif case.assignment_id is None:
        turn.note_seldom("note.post_refused", reason=turn.internal_text("post.no_assignment"))
    else:
        return True
    turn.record("a post was refused", "There is no open case with an assignment for it.")
    return False


def _post(turn: Turn, said: Public, why: str, comment_id: str = "") -> None:
    case = turn.case
    if not said or case.assignment_id is None:
        turn.note_seldom("note.post_refused", reason=turn.internal_text("post.empty"))
        return
    if case.paused:
        case.posts = replace(case.posts, held_of=(*_held_of(case), comment_id))
        case.posts = replace(case.posts, held=(*case.posts.held, said))
        turn.record("a post is held", "The case is paused.")
        tell = turn.note if comment_id else turn.note_seldom
        tell("note.post_held", until=turn.label(case.paused.until))
        return
    effect = replace(post(turn, said, case.assignment_id), comment_id=comment_id)
    case.posts = replace(case.posts, on_way={**case.posts.on_way, effect.id: comment_id})
    turn.effects.append(effect)
    turn.record(f"posting to the assignment, Ref {effect.reference}", why)
