"""The table of figures: each with its words, its definition, and how it is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from escalation.model.tiers import TIERS
from escalation.model.values import Reason
from parley.report import tallies
from parley.report.facts import LATE_AFTER
from parley.report.tallies import UNKNOWN, Counted, FigureRow, company_of, grouped, in_words

NumberUnit = Literal["number", "share", "span"]


@dataclass(frozen=True, slots=True)
class Column:
    """A number of each row. `charted` ones are drawn, too."""

    key: str
    words: str
    definition: str
    unit: NumberUnit = "number"
    charted: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows of numbers that are counted in one way, each row `of` something. One without has a single row."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Counted], list[FigureRow]]
    of: str = ""


OPENED: Final = Column("opened", "opened", "Cases whose first line in the journal is in the period.", charted=True)
ENDED_IN: Final = Column(
    "ended",
    "ended",
    "Cases that ended in the period and had not come back by its end. An end is resolved, not eligible, off "
    "platform, withdrawn or joined.",
    charted=True,
)
OPEN: Final = Column("open", "open at the end", "Cases that had begun and not ended when the period was over.")
FLOW: Final = (OPENED, ENDED_IN, OPEN)
NO_TIER: Final = "none yet"

FIGURES: Final = (
    Figure("cases", "Cases", FLOW, tallies.all_cases),
    Figure("over_time", "Over time", (OPENED, ENDED_IN), tallies.over_time, of="when"),
    Figure(
        "outcomes",
        "How cases ended",
        (
            Column("cases", "cases", "Cases that ended in the period, by the state they ended in.", charted=True),
            Column(
                "by_desk",
                "by the desk",
                "Of these, those that the desk ended by its rules. People ended the others.",
            ),
            Column(
                "median", "half took at most", "Half of these cases took no longer from first line to end.", "span"
            ),
            Column("longest", "longest", "The longest that one of them took.", "span"),
        ),
        tallies.outcomes,
        of="end",
    ),
    Figure(
        "by_reason",
        "By reason",
        FLOW,
        grouped(
            lambda case, _: in_words(case.reason) or UNKNOWN, lambda _: [in_words(reason) for reason in Reason]
        ),
        of="reason",
    ),
    Figure(
        "by_company",
        "By client company",
        FLOW,
        grouped(company_of, lambda counted: list(counted.companies.values())),
        of="company",
    ),
    Figure(
        "by_tier",
        "By the last tier that was reached",
        FLOW,
        grouped(
            lambda case, _: f"tier {case.tier}" if case.tier else NO_TIER,
            lambda _: [NO_TIER, *(f"tier {tier.number}" for tier in TIERS)],
        ),
        of="tier",
    ),
    Figure(
        "tiers",
        "Answers in each tier",
        (
            Column("left", "times left", "How often a case left the tier in the period, for whatever reason."),
            Column("answered", "answered", "Of these, how often since the other side had answered."),
            Column("share", "share", "Of the times it was left, those after an answer.", "share", charted=True),
        ),
        tallies.tiers,
        of="tier",
    ),
    Figure(
        "first_answer",
        "Time to the first answer",
        (
            Column("cases", "cases answered", "Cases whose other side answered for the first time in the period."),
            Column(
                "median",
                "half took at most",
                "Half of these answers came so soon after the first tier began.",
                "span",
            ),
            Column("longest", "longest", "The longest that one of them took.", "span"),
        ),
        tallies.first_answer,
    ),
    Figure(
        "updates",
        "Updates to requesters",
        (
            Column(
                "owed",
                "promised",
                "Words to a requester that the desk had promised by a moment: those that came in the period, and "
                "those that are late and have not come. It promises them in a tier, after an answer and in review.",
            ),
            Column(
                "on_time",
                "on time",
                "Of these, those that came within the policy's business hours since the last word, or no more than "
                f"{LATE_AFTER.total_seconds() / 60:.0f} minutes after.",
            ),
            Column("share", "share on time", "Updates on time, of all that were promised.", "share"),
            Column("longest_late", "longest lateness", "By how much the latest of them missed its moment.", "span"),
        ),
        tallies.updates,
    ),
    Figure(
        "trouble",
        "What could not be done",
        (
            Column(
                "off_platform",
                "off platform",
                "Cases that ended with the way off the platform, since nobody answered for the policy's months.",
            ),
            Column(
                "dead_letters",
                "new dead letters",
                "What the desk gave up on in the period and left to a person. Webhooks that could not be read are "
                "not among them.",
            ),
            Column(
                "settled_letters",
                "dead letters settled (older ones too)",
                "How often somebody replayed or discarded a dead letter in the period, whenever the desk gave up "
                "on it; webhooks that could not be read are among these.",
            ),
        ),
        tallies.trouble,
    ),
    Figure(
        "overrules",
        "Agents' overrules",
        (
            Column(
                "times",
                "times",
                "How often an agent let a rule pass that had not passed, ended a case as not eligible, or went on "
                "with one that had ended.",
                charted=True,
            ),
        ),
        tallies.overrules,
        of="what agents did",
    ),
    Figure(
        "waits",
        "What the desk waited for",
        (
            Column(
                "time",
                "time, all cases together",
                "How long open cases waited in the period, by whom or what their state waits for. Two cases that "
                "wait one day each are two days.",
                "span",
            ),
            Column("share", "share", "Of the time of all open cases in the period.", "share", charted=True),
        ),
        tallies.waits,
        of="waited for",
    ),
)
