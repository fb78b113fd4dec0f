"""Fills in what lists of cases are narrowed by, of cases that were kept before there were columns of it."""

from __future__ import annotations

from typing import Final

from store import CaseRow, Store, Tx
from sync.shared.codec import readable_case
from sync.shared.listed_by import listed_by

SLICE: Final = 200
MOST_SLICES: Final = 25
UNKNOWN: Final = {"language": None, "next_due": None, "requester_email": ""}
"""Of a case whose body can't be read."""


def fill_case_columns(store: Store) -> int:
    """Fill them in, some thousand a time; of how many. Costs one question where there is none.

    Raises StoreUnavailable.
    """
    filled = 0
    for _ in range(MOST_SLICES):
        rows = store.read(lambda tx: tx.case_lists.untold(SLICE))
        if not rows:
            break
        filled += store.write(lambda tx, rows=rows: _tell(tx, rows))  # type: ignore[misc]
    return filled


def _tell(tx: Tx, rows: list[CaseRow]) -> int:
    told = 0
    for row in rows:
        case = readable_case(row.body)
        told += tx.case_lists.tell(row, UNKNOWN if case is None else listed_by(case))
    return told
