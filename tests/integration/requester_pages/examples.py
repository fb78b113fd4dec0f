"""Pages of requesters, made from cases of the process's own tests, as a browser is given them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from escalation.model.case import Case, DeadlineMove, JournalEntry
from escalation.model.files import CaseFile, Direction, FileState
from escalation.model.values import EndedBy, Party, State, Timer
from escalation.policies.policy import Policy
from escalation.telling.progress_page import ProgressPage, progress_page
from escalation.telling.stored import StoredCase, StoredEffect
from parley.pages.requester.page_html import About, elsewhere, shown
from tests.pseudo import LANGUAGE, pseudo_texts
from tests.unit.escalation.case_world import START, CaseWorld, in_tier, policy

ADDRESS: Final = "https://desk.test/p/" + "a" * 22
REQUEST_URL: Final = "https://acme.zendesk.com/hc/requests/35"
HOSTILE: Final = '"><script>alert(document.domain)</script>\u202egnp.exe' + "w" * 90
CASES: Final = ("tier_2", "client", "asked", "ended", "hostile")


def rules() -> Policy:
    return replace(policy(), texts=pseudo_texts())


def told(name: str, language: str = "en") -> ProgressPage:
    """The page of an example in a language; `pseudo` is one that nobody speaks."""
    world = _world(name, LANGUAGE if language == "pseudo" else language)
    world.now += timedelta(hours=3)
    page = progress_page(_stored(world), world.now, world.policy)
    assert page is not None
    return page


def answer(name: str, language: str = "en", *, pressed: About | None = None) -> Response:
    if name == "nothing":
        texts = rules().texts.of(LANGUAGE if language == "pseudo" else language)
        return elsewhere(texts, "nothing", 404)
    return shown(told(name, language), REQUEST_URL, pressed=pressed)


def _world(name: str, language: str) -> CaseWorld:
    if name == "asked":
        world = CaseWorld(rules=rules(), fields={"assignment_id": ""})
        world.case.language = language
        world.look()
        return world
    world = in_tier(2, rules=rules())
    case = world.case
    case.language = language
    _attach(case, HOSTILE if name == "hostile" else "invoice-1047.pdf")
    if name == "client":
        case.party = Party.CLIENT
    if name == "hostile":
        case.assignment_id = HOSTILE
    if name == "ended":
        case.state, case.ended_by, case.tier = State.OFF_PLATFORM, EndedBy.MONTH, None
        case.deadlines = {}
    else:
        _moved(case)
    return world


def _moved(case: Case) -> None:
    due = case.deadlines[Timer.NEXT_UPDATE]
    move = DeadlineMove(due.due - timedelta(days=1), due.due - timedelta(days=1), "Ada Agent", "An agent wrote.")
    case.deadlines = {**case.deadlines, Timer.NEXT_UPDATE: replace(due, moved=(move,))}


def _stored(world: CaseWorld) -> StoredCase:
    effects = tuple(
        StoredEffect(one.id, one.type, "done", 1, START, START, one, START, START + timedelta(days=2 * number))
        for number, one in enumerate(world.public())
    )
    ended = (JournalEntry(world.now, "parley", f"tier_2 → {world.case.state.value}", "x"),)
    return StoredCase(world.case, effects=effects, journal=ended if world.case.ended else ())


def _attach(case: Case, name: str) -> None:
    file = CaseFile(name, Direction.TO_ASSIGNMENT, FileState.DONE)
    case.files = replace(case.files, moved={"C-1.9": file})
