"""The internal note for the agent: the assignment, its last messages, and the verdict rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.eligibility.facts import Facts
from escalation.engine.turn import Turn
from escalation.language.status_words import status_in_words
from escalation.language.typed import Unread, time_typed
from escalation.model.audience import Internal
from escalation.model.plain import inline, quote
from escalation.model.verdict import Finding, Verdict
from escalation.model.views import AssignmentSeen, AssignmentView

SHOWN_MESSAGES = 5


def facts_note(turn: Turn, seen: AssignmentSeen | None, next_step: str = "") -> Internal:
    """Return everything an agent needs to know when a case is judged or enters its first tier."""
    parts: list[str] = [f"**{turn.internal_text('note.facts.heading')}**"]
    if isinstance(seen, AssignmentView):
        parts.append("\n".join(_assignment(turn, seen)))
        said = "\n\n".join(_messages(turn, seen)) or turn.internal_text("note.facts.no_messages")
        parts.append(f"**{turn.internal_text('note.facts.messages')}**\n\n{said}")
        if Facts(seen, turn.case.moments, {}, turn.policy).short_cancellation():
            hours = f"{turn.policy.short_cancellation_hours:g}"
            parts.append(turn.internal_text("note.short_cancellation", hours=hours))
    if turn.case.judgement.verdict:
        parts.append(verdict_lines(turn, turn.case.judgement.verdict))
    if next_step:
        parts.append(f"**{turn.internal_text('note.facts.next')}**\n\n{next_step}")
    return Internal("\n\n".join(parts))


def verdict_lines(turn: Turn, verdict: Verdict) -> str:
    lines = "\n".join(f"- {_finding(turn, finding)}" for finding in verdict.findings)
    changed = turn.case.judgement.changed_since
    since = [f"- {turn.label(one.at)}: {inline(one.what)}" for one in changed]
    heading = turn.internal_text("note.facts.verdict", date=turn.label(verdict.at))
    told = (
        f"**{heading}**",
        lines,
        *((turn.internal_text("note.facts.changed"), "\n".join(since)) if since else ()),
    )
    return "\n\n".join(told)


def _finding(turn: Turn, finding: Finding) -> str:
    line = turn.internal_text(
        "note.verdict_line",
        rule=turn.internal_text(f"rule.{finding.rule}"),
        outcome=_outcome(turn, finding),
        fact=inline(finding.fact),
        source=inline(finding.source),
    )
    return f"{line} {turn.internal_text('note.verdict_remedy', remedy=finding.remedy)}" if finding.remedy else line


def _outcome(turn: Turn, finding: Finding) -> Internal:
    if finding.passed_by:
        return turn.internal_text("outcome.let_pass", name=inline(finding.passed_by))
    return turn.internal_text(f"outcome.{finding.outcome.value}")


def _assignment(turn: Turn, seen: AssignmentView) -> Iterator[str]:
    rows = {
        "title": inline(seen.title),
        "company": inline(seen.company),
        "status": inline(status_in_words(seen.status)) if seen.status else "",
        "scheduled": turn.label(seen.scheduled) if seen.scheduled else "",
        "window": " – ".join(turn.label(at) for at in (seen.window_start, seen.window_end) if at),
        "price": inline(seen.price),
        "project": inline(seen.project),
        "place": inline(seen.place),
        "owner": inline(seen.owner),
        "support_contact": inline(seen.support_contact.name),
        "worker": inline(seen.worker.name),
        "payment_due": turn.label(seen.payment_due) if seen.payment_due else "",
        "paid_on": turn.label(seen.paid_on) if seen.paid_on else "",
        "average": _average(turn),
    }
    yield f"**{turn.internal_text('note.facts.assignment', assignment_id=seen.id)}**"
    yield ""
    yield from (f"- {turn.internal_text(f'label.{name}')}: {value}" for name, value in rows.items() if value)


def _average(turn: Turn) -> str:
    field = time_typed(turn.case.fields.get("average_approval"))
    if isinstance(field, Unread):
        return turn.internal_text("average.unread", typed=inline(field.typed))
    if field is not None:
        return turn.internal_text("average.field", hours=f"{field.total_seconds() / 3600:g}")
    return turn.internal_text("average.assumed", hours=f"{turn.policy.average_approval_hours:g}")


def _messages(turn: Turn, seen: AssignmentView) -> Iterator[str]:
    public = sorted((m for m in seen.messages if not m.private), key=lambda m: m.at)
    for message in public[-SHOWN_MESSAGES:]:
        yield f"{inline(message.author)}, {turn.label(message.at)}:\n{quote(message.text)}"
