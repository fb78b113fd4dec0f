"""One kill at every point of every story, and every two faults at the boundaries of what is sent."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations

import pytest

from tests.scale import NIGHTLY, scaled, tell
from tests.simulation.run import Outcome
from tests.simulation.scripted import BEGINS, SEAMS, STORIES, WIRE, Story, a_request, tell_story

EVERY = scaled(commit=41, nightly=1)
# What a commit kills of each story; the longest would have a dozen.
MOST_KILLS = 3
FEW = scaled(commit=97, nightly=1)
PASSINGS = 3


def worth_a_kill(story: Story, outcome: Outcome) -> list[int]:
    """The points that are a story's own: a kill where nothing was kept since the last one is the same kill."""
    seen: set[Hashable] = set()
    found = []
    for number, (at_s, process, name, at_stake) in enumerate(outcome.passed, start=1):
        here = process, name, at_stake
        if at_s >= BEGINS.get(story.__name__, 0.0) and here not in seen:
            seen.add(here)
            found.append(number)
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_kill_at_any_point_of_a_story_changes_nothing_of_its_end(story: Story) -> None:
    calm = tell_story(story, watch=True)
    assert not calm.wrong
    worth = worth_a_kill(story, calm)
    assert len(worth) > 20
    step = EVERY if NIGHTLY else max(EVERY, -(-len(worth) // MOST_KILLS))
    points = worth[len(story.__name__) % EVERY :: step]
    wrong = [one.wrong for one in (tell_story(story, kill_at=point) for point in points) if one.wrong]
    tell(f"kills_{story.__name__}", kills=len(points), of_points=len(calm.passed))
    assert not wrong, wrong[:3]


STRIKES = [(kind, number) for kind in (*WIRE, *SEAMS) for number in range(1, PASSINGS + 1)]
PAIRS = list(combinations(STRIKES, 2))
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_any_two_faults_at_the_boundaries_of_what_is_sent_are_made_good(share: int) -> None:
    pairs = PAIRS[share :: SHARES * FEW]
    wrong = [one.wrong for one in (tell_story(a_request, frozenset(pair)) for pair in pairs) if one.wrong]
    tell(f"pairs_{share}", pairs=len(pairs))
    assert not wrong, wrong[:3]


def test_there_are_twenty_stories_and_every_seam_is_passed_in_one() -> None:
    assert len(STORIES) >= 20
    passed = {point.name for point in tell_story(a_request, watch=True).passed}
    assert set(SEAMS) <= passed
    assert NIGHTLY or len(PAIRS) >= 900
