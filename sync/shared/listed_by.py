"""What lists of cases are narrowed by beside what the desk itself asks for: columns that tell what a body holds."""

from __future__ import annotations

from typing import Any

from escalation.model.case import Case


def listed_by(case: Case) -> dict[str, Any]:
    """Return these columns of a case's row."""
    return {
        "language": case.language or None,
        "next_due": min((deadline.due for deadline in case.deadlines.values()), default=None),
        "requester_email": case.requester.email.strip().lower(),
    }
