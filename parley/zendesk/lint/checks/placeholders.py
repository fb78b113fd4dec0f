"""Placeholders in the texts of actions: which of them show comments.

https://support.zendesk.com/hc/en-us/articles/4408886858138
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from parley.zendesk.lint.facts.business_rules import RuleAction

_ANY_COMMENT: Final = re.compile(r"ticket\.(?:latest_comment|comments)")
_LATEST: Final = re.compile(r"ticket\.latest_comment")
_FIELD: Final = re.compile(r"ticket\.ticket_field(?:_option_title)?_(\d+)")
_SOMEBODYS_WORDS: Final = re.compile(
    r"ticket\.(?:latest_(?:public_)?comment|(?:public_)?comments|description|verbatim)"
)


def shows_notes(action: RuleAction) -> bool:
    """Whether a text shows the comment of the moment, also an internal one; `public` placeholders never do."""
    return _in_texts(_ANY_COMMENT, action)


def shows_latest(action: RuleAction) -> bool:
    """Whether a text shows the latest comment there is, also an internal one.

    Lists of all comments leave internal ones out where an end user reads them: standard triggers use them so.
    """
    return _in_texts(_LATEST, action)


def shows_words(action: RuleAction) -> bool:
    """Whether a text holds what somebody wrote on the ticket, and not the same words each time."""
    return _in_texts(_SOMEBODYS_WORDS, action)


def shown_field(action: RuleAction, fields: Collection[str]) -> str:
    """The first of these ticket fields, by id, that any text shows; empty where none does."""
    shown = (found for text in action.values for found in _FIELD.findall(text))
    return next((one for one in shown if one in fields), "")


def _in_texts(pattern: re.Pattern[str], action: RuleAction) -> bool:
    return any(pattern.search(text) for text in action.values[1:])
