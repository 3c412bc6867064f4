"""The sliding window, against the sentence it keeps: at most `count` granted calls in any `seconds`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config import RateLimit
from tui.server.program.window import Window

LIMITS = st.lists(
    st.builds(RateLimit, count=st.integers(1, 6), seconds=st.integers(1, 5)), min_size=1, max_size=3, unique=True
)
STEPS = st.lists(st.integers(0, 2500), max_size=60)


def granted_within(granted: list[int], limit: RateLimit, now: int) -> int:
    return sum(at + limit.seconds * 1000 > now for at in granted)


@given(LIMITS, STEPS)
def test_a_call_is_granted_exactly_when_no_limit_is_used_up(limits: list[RateLimit], steps: list[int]) -> None:
    window = Window(limits)
    granted: list[int] = []
    now = 1_000_000
    for step in steps:
        now += step
        free = all(granted_within(granted, limit, now) < limit.count for limit in limits)
        budget = window.take(now)
        assert budget.granted is free
        if free:
            granted.append(now)
            left = min(limit.count - granted_within(granted, limit, now) for limit in limits)
            assert budget.remaining == left
        else:
            assert budget.remaining == 0
        assert budget.limit in {limit.count for limit in limits}


@given(LIMITS, STEPS)
def test_who_waits_as_long_as_told_is_let_in_and_a_second_less_is_too_early(
    limits: list[RateLimit], steps: list[int]
) -> None:
    window = Window(limits)
    granted: list[int] = []
    now = 0
    for step in steps:
        now += step
        budget = window.take(now)
        if budget.granted:
            granted.append(now)
            continue
        early = now + (budget.reset - 1) * 1000
        assert any(granted_within(granted, limit, early) == limit.count for limit in limits)
        now += budget.reset * 1000
        assert window.take(now).granted
        granted.append(now)


def test_the_reset_is_when_the_next_call_is_given_back() -> None:
    window = Window([RateLimit(2, 60)])
    assert (window.take(0).reset, window.take(10_500).reset) == (60, 50)
    refused = window.take(20_000)
    assert (refused.granted, refused.limit, refused.remaining, refused.reset) == (False, 2, 0, 40)
    assert not window.take(59_999).granted
    assert window.take(60_000).reset == 11


def test_the_window_nearest_to_its_end_is_told() -> None:
    window = Window([RateLimit(10, 60), RateLimit(3, 86_400)])
    assert [window.take(n).limit for n in range(4)] == [3, 3, 3, 3]
    assert window.take(70_000).reset == 86_330


def test_a_window_without_a_limit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="limit"):
        Window([])
