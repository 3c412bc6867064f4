"""The window of a request budget, against a server that counts for itself."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.budget import FIRST_PAUSE, KEPT, LEAST_KEPT, LONGEST_FLIGHT, Ledger, Told, answer, give_back, kept, take
from tui.api.budget import left as left_of
from tui.api.rank import Rank
from tui.config import RateLimit

START = 1_795_262_400.0
MINUTE, DAY = RateLimit(60, 60), RateLimit(1000, 86_400)
RANKS = st.sampled_from(list(Rank))
STEPS = st.lists(
    st.tuples(st.floats(0, 20), RANKS, st.floats(0, 1), st.floats(0, 5), st.booleans()), min_size=1, max_size=120
)


class Counting:
    """A server that counts what reaches it in any window, whatever its clock's second is."""

    def __init__(self, limits: tuple[RateLimit, ...]) -> None:
        self.limits = limits
        self.seen: deque[float] = deque()

    def ask(self, now: float) -> None:
        self.seen.append(now)
        for limit in self.limits:
            recent = sum(1 for at in self.seen if at > now - limit.seconds)
            assert recent <= limit.count, f"a 429 of our own making: {recent} in {limit.seconds} s"


def spent_at(ledger: Ledger, limit: RateLimit, now: float) -> int:
    found = left_of(ledger, (limit,), now)
    assert found is not None
    return limit.count - found[0]


@given(STEPS, st.integers(1, 12))
def test_the_server_never_counts_more_than_the_limit(
    steps: list[tuple[float, Rank, float, float, bool]], count: int
) -> None:
    """Whenever between its sending and its answer the server counts a request, and however many are under way."""
    limits = (RateLimit(count, 60),)
    server, ledger, now = Counting(limits), Ledger(), START
    arrivals: list[float] = []
    for gap, rank, when, flight, again in steps:
        now += gap
        ledger, wait = take(ledger, limits, now, rank)
        assert wait >= 0
        if wait:
            continue
        arrivals.append(now + when * flight)
        answered = now + flight
        if again:  # the next request leaves before this one is answered
            ledger, wait = take(ledger, limits, now, Rank.WRITE)
            if not wait:
                arrivals.append(now + flight)
                ledger = answer(ledger, limits, answered, Told())
        ledger = answer(ledger, limits, answered, Told())
        now = answered
    for at in sorted(arrivals):
        server.ask(at)


@given(RANKS, st.integers(1, 2000))
def test_what_a_rank_leaves_alone_grows_with_it_and_never_shuts_it_out(rank: Rank, count: int) -> None:
    assert 0 <= kept(rank, count) < count
    assert kept(Rank.WRITE, count) == 0
    if rank is not Rank.REFRESH:
        assert kept(rank, count) <= kept(Rank(rank + 1), count)


@pytest.mark.parametrize(("rank", "sent"), [(Rank.WRITE, 60), (Rank.ASK, 54), (Rank.LOAD, 48), (Rank.REFRESH, 36)])
def test_writes_take_the_last_request_and_news_leave_most(rank: Rank, sent: int) -> None:
    ledger = Ledger()
    for _ in range(sent):
        ledger, wait = take(ledger, (MINUTE,), START, rank)
        assert wait == 0
        ledger = answer(ledger, (MINUTE,), START, Told())
    same, wait = take(ledger, (MINUTE,), START, rank)
    assert wait > 0
    assert same.flying == ()
    ledger, wait = take(ledger, (MINUTE,), START + wait, rank)
    assert wait == 0


def test_a_slot_comes_back_a_window_after_its_answer_and_not_after_its_sending() -> None:
    limits = (RateLimit(1, 60),)
    ledger, _ = take(Ledger(), limits, START, Rank.WRITE)
    assert take(ledger, limits, START + 70, Rank.WRITE)[1] > 0, "nobody knows when it was counted"
    ledger = answer(ledger, limits, START + 70, Told())
    assert take(ledger, limits, START + 129.9, Rank.WRITE)[1] > 0
    assert take(ledger, limits, START + 130.3, Rank.WRITE)[1] == 0


def test_a_request_whose_process_was_killed_is_not_counted_for_ever() -> None:
    limits = (RateLimit(1, 60),)
    ledger, _ = take(Ledger(), limits, START, Rank.WRITE)
    assert take(ledger, limits, START + LONGEST_FLIGHT + 59, Rank.WRITE)[1] > 0
    assert take(ledger, limits, START + LONGEST_FLIGHT + 61, Rank.WRITE)[1] == 0


def test_a_slot_of_a_request_that_was_never_sent_is_free_at_once() -> None:
    ledger, _ = take(Ledger(), (MINUTE,), START, Rank.ASK)
    assert left_of(give_back(ledger), (MINUTE,), START) == (60, 60)
    assert give_back(Ledger()) == Ledger()


def test_the_limit_nearest_its_end_is_told() -> None:
    ledger = Ledger()
    for _ in range(30):
        ledger, _ = take(ledger, (MINUTE, DAY), START, Rank.WRITE)
        ledger = answer(ledger, (MINUTE, DAY), START, Told())
    assert left_of(ledger, (MINUTE, DAY), START) == (30, 60)
    assert left_of(ledger, (MINUTE, DAY), START + 61) == (60, 60)
    assert spent_at(ledger, DAY, START + 61) == 30
    assert left_of(ledger, (), START) is None


def test_what_others_use_is_learned_from_the_server() -> None:
    ledger, _ = take(Ledger(), (MINUTE,), START, Rank.ASK)
    ledger = answer(ledger, (MINUTE,), START, Told(limit=60, remaining=12))
    assert left_of(ledger, (MINUTE,), START) == (12, 60)
    ledger, _ = take(ledger, (MINUTE,), START + 1, Rank.ASK)
    ledger = answer(ledger, (MINUTE,), START + 1, Told(limit=60, remaining=59))
    assert left_of(ledger, (MINUTE,), START + 1) == (11, 60), "ours is the careful one"
    assert left_of(ledger, (MINUTE,), START + 61.5) == (60, 60)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_a_server_that_counts_as_we_do_never_makes_us_count_twice(gaps: list[float]) -> None:
    ledger, now, seen = Ledger(), START, []
    for gap in gaps:
        now += gap
        ledger, wait = take(ledger, (MINUTE,), now, Rank.WRITE)
        if wait:
            continue
        seen.append(now)
        remaining = 60 - sum(1 for at in seen if at > now - 60)
        ledger = answer(ledger, (MINUTE,), now, Told(60, remaining))
        ours = sum(1 for at in seen if at > now - 60.5)
        assert spent_at(ledger, MINUTE, now) <= ours


def test_a_refusal_holds_everything_and_doubles_while_the_server_does_not_say_how_long() -> None:
    ledger = answer(Ledger(), (MINUTE,), START, Told(refused=True, pause=9.0))
    assert take(ledger, (MINUTE,), START, Rank.WRITE)[1] == pytest.approx(9)
    assert take(ledger, (MINUTE,), START + 9, Rank.REFRESH)[1] == 0
    now, pauses = START, []
    ledger = Ledger()
    for _ in range(8):
        ledger = answer(ledger, (DAY,), now, Told(refused=True))
        pauses.append(ledger.resumes_at - now)
        now = ledger.resumes_at
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == 3600
    ledger = answer(answer(ledger, (DAY,), now, Told()), (DAY,), now, Told(refused=True))
    assert ledger.resumes_at - now == FIRST_PAUSE, "an answer ends the row"


@given(STEPS)
def test_a_clock_that_was_set_back_locks_nobody_out(steps: list[tuple[float, Rank, float, float, bool]]) -> None:
    ledger, now = Ledger(), START
    for gap, rank, _, flight, _ in steps:
        now += gap
        ledger, wait = take(ledger, (MINUTE, DAY), now, rank)
        if not wait:
            ledger = answer(ledger, (MINUTE, DAY), now + flight, Told())
    early = START - 400 * DAY.seconds
    ledger, wait = take(ledger, (MINUTE, DAY), early, Rank.REFRESH)
    assert wait == 0


def test_another_process_with_other_limits_counts_for_ours() -> None:
    """One profile knows of the day's limit, the other only of the minute's: the day counts both."""
    ledger, _ = take(Ledger(), (MINUTE, DAY), START, Rank.ASK)
    ledger = answer(ledger, (MINUTE, DAY), START, Told())
    ledger, _ = take(ledger, (MINUTE,), START, Rank.ASK)
    ledger = answer(ledger, (MINUTE,), START, Told())
    assert spent_at(ledger, DAY, START + 120) == 2


def test_the_percentages_are_those_that_are_promised() -> None:
    assert (KEPT[Rank.ASK], LEAST_KEPT, KEPT[Rank.REFRESH]) == (10, 5, 40)
    assert [kept(Rank.ASK, count) for count in (1, 8, 30, 60, 1000)] == [0, 4, 5, 6, 100]
