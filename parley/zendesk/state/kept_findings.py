"""What the last look at the Zendesk account found: kept so that a page can tell it without asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from store import Tx

Part = Literal["drift", "lint", "rights"]
PARTS: Final[tuple[Part, ...]] = ("drift", "lint", "rights")
"""Whether what Parley made is as it should be, what the account's own rules could do, and what we may call."""
PREFIX: Final = "account_look."
MOST: Final = 24
"""So many findings of a part are kept, whatever an account holds; how many there were is kept too."""
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class AccountFinding:
    """Something in the account, what is the matter with it, and what mends it. `at` is where people find it, under
    the account's address."""

    what: str
    grade: Literal["warning", "problem"]
    said: str
    todo: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class PartLook:
    """A look at one part. `looked` is when it was last seen whole, None for never; `failing_since` and `why` where
    it can't be looked at now."""

    part: Part
    looked: datetime | None = None
    total: int = 0
    findings: tuple[AccountFinding, ...] = ()
    failing_since: datetime | None = None
    why: str = ""

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether it was not looked at for so long."""
        return self.looked is None or not timedelta(0) <= now - self.looked < every


def looked_at(tx: Tx) -> dict[Part, PartLook]:
    """The last look at each part, also at one that was never looked at."""
    marks = tx.marks.some([PREFIX + part for part in PARTS])
    kept = {part: marks[PREFIX + part].read(read_part) for part in PARTS if PREFIX + part in marks}
    return {part: replace(look, part=part) if (look := kept.get(part)) else PartLook(part) for part in PARTS}


def keep_findings(tx: Tx, part: Part, found: Sequence[AccountFinding], now: datetime) -> None:
    """A part was just looked at."""
    _set(tx, PartLook(part, now, len(found), tuple(map(_short, found[:MOST]))), now)


def keep_failure(tx: Tx, part: Part, why: str, now: datetime) -> None:
    """A part could not be looked at; what was found before stays."""
    last = looked_at(tx)[part]
    since = last.failing_since or now
    _set(tx, PartLook(part, last.looked, last.total, last.findings, since, why[:LONGEST]), now)


def read_part(value: Any) -> PartLook:
    """What a mark says of some part."""
    findings = tuple(_finding(one) for one in value["findings"][:MOST])
    looked, failing = _moment(value["looked"]), _moment(value["failing"])
    return PartLook("drift", looked, int(value["total"]), findings, failing, str(value["why"]))


def _finding(value: Mapping[str, Any]) -> AccountFinding:
    what, grade, said, todo, at = (str(value[name]) for name in ("what", "grade", "said", "todo", "at"))
    return AccountFinding(what, "problem" if grade == "problem" else "warning", said, todo, at)


def _short(one: AccountFinding) -> AccountFinding:
    return AccountFinding(_cut(one.what), one.grade, _cut(one.said), _cut(one.todo), _cut(one.at))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _set(tx: Tx, look: PartLook, now: datetime) -> None:
    value = {
        "looked": _iso(look.looked),
        "total": look.total,
        "findings": [asdict(one) for one in look.findings],
        "failing": _iso(look.failing_since),
        "why": look.why,
    }
    tx.marks.set(PREFIX + look.part, value, now)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
