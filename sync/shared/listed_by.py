"""What lists of cases are narrowed by beside what the desk itself asks for: columns that tell what a body holds."""

from __future__ import annotations

from typing import Any

from escalation.model.case import Case
from escalation.model.kept_deadlines import kept_deadlines


def listed_by(case: Case) -> dict[str, Any]:
    """Return these columns of a case's row."""
    return {
        "language": case.language or None,
        "next_due": next((deadline.due for _, deadline in kept_deadlines(case)), None),
        "requester_email": case.requester.email.strip().lower(),
    }
