"""A question that may hang is asked seldom and never twice at once."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from parley.health.asking import CachedQuestion

BOUND_S = 60.0


class Oracle:
    """Answers 1, 2, 3… once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        assert self.may_answer.wait(BOUND_S)
        if self.asked == 2:
            raise RuntimeError("not now")
        return self.asked


def test_who_asks_while_it_is_being_asked_waits_for_the_same_answer() -> None:
    oracle = Oracle()
    question = CachedQuestion(oracle, kept_s=0)
    waiting: list[Future[int]] = [question.begin() for _ in range(20)]
    oracle.may_answer.set()
    assert [one.result(BOUND_S) for one in waiting] == [1] * 20
    assert oracle.asked == 1


def test_an_answer_is_kept_for_its_time_and_a_failure_too() -> None:
    oracle = Oracle()
    oracle.may_answer.set()
    kept, fresh = CachedQuestion(oracle, kept_s=BOUND_S), CachedQuestion(oracle, kept_s=0)
    assert [kept.begin().result(BOUND_S) for _ in range(3)] == [1, 1, 1]
    with pytest.raises(RuntimeError):
        fresh.begin().result(BOUND_S)
    assert fresh.begin().result(BOUND_S) == 3
