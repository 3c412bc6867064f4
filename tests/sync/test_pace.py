"""How many requests an hour costs, and that news still come: with time that jumps, counted at the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.sync.backend import FOREIGN, OURS
from tests.sync.desk import labels, sets
from tests.sync.hours import HOUR, day
from tui.api.backend import Capabilities
from tui.config import RateLimit
from tui.domain.changes import Edit
from tui.domain.model import ItemId
from tui.sync.pace import ACTIVE_SHARE, IDLE_AN_HOUR, IDLE_SHARE, NoBudget, Pace, between_looks

MINUTE, DAY = RateLimit(60, 60), RateLimit(1000, 86_400)
BY_CHANGE = replace(FOREIGN, by_change=True)
LIMITS = st.lists(st.builds(RateLimit, st.integers(1, 5000), st.sampled_from([60, 3600, 86_400])), max_size=3)


@pytest.mark.parametrize("capabilities", [OURS, FOREIGN, BY_CHANGE], ids=["feed", "whole", "newest first"])
@pytest.mark.parametrize(("limits", "most"), [((MINUTE,), 120), ((MINUTE, DAY), 25)], ids=["minute", "minute and day"])
def test_an_idle_hour_on_an_unchanged_board_is_cheap(
    limits: tuple[RateLimit, ...], most: int, capabilities: Capabilities
) -> None:
    with day(*limits, capabilities=capabilities) as today:
        first = today.pass_time(HOUR)
        assert first < most + (30 if not capabilities.changes else 0), "with what opening the board takes"
        assert 5 <= today.pass_time(HOUR) < most
        assert today.wire.refused == 0


def test_an_active_hour_is_quick_and_leaves_most_of_the_minute() -> None:
    with day(MINUTE) as today:
        sent = today.work(HOUR)
        assert sent > 600, "news come every five seconds"
        busiest = max(sum(1 for at, _ in today.wire.sent if start < at <= start + 60) for start, _ in today.wire.sent)
        assert busiest <= 36


def test_a_working_day_on_a_thin_limit_leaves_room_for_the_users_edits() -> None:
    with day(MINUTE, DAY) as today:
        today.work(10 * HOUR, every=30.0)
        today.pass_time(13 * HOUR)
        assert len(today.wire.sent) <= 600
        assert today.wire.refused == 0
        left = today.gate.left()
        assert left is not None
        assert today.store.state.link.reach == "online"


def test_who_comes_back_is_shown_what_happened_at_once() -> None:
    with day(MINUTE, DAY) as today:
        today.pass_time(HOUR)
        item = today.server.items[ItemId("i2")]
        today.server.edit("pat", "", item, labels(ItemId("i2"), add="theirs").edits)
        today.engine.touch()
        assert today.pass_time(0.1) == 1
        assert today.store.state.items[ItemId("i2")].labels == today.server.items[ItemId("i2")].labels
        today.engine.touch()
        assert today.pass_time(1.0) == 0, "the next key is no reason to ask again"


def test_news_come_though_nobody_touches_a_key() -> None:
    with day(MINUTE) as today:
        today.pass_time(HOUR)
        today.server.edit("pat", "", today.server.items[ItemId("i2")], labels(ItemId("i2"), add="theirs").edits)
        today.pass_time(90)
        assert today.store.state.items == today.store.state.items.update(today.server.items)


@pytest.mark.parametrize("capabilities", [OURS, FOREIGN, BY_CHANGE])
def test_writes_go_out_while_news_wait(capabilities: Capabilities) -> None:
    """An edit every two seconds and a server that refuses the 61st request: no 429, and every edit arrives."""
    with day(MINUTE, capabilities=capabilities, allows=60) as today:
        today.pass_time(30)

        def act(press: int) -> None:
            value = today.store.state.items[ItemId("i1")].fields["value"]
            today.store.dispatch(sets(value=(value, press)))

        today.work(600, act, every=2.0)
        today.pass_time(130)
        assert today.wire.refused == 0
        assert not today.store.state.outbox
        assert today.server.items[ItemId("i1")].fields["value"] == 299


def test_a_burst_of_edits_is_sent_as_far_as_the_budget_goes_and_the_rest_waits() -> None:
    items = tuple(ItemId(f"i{number}") for number in range(1, 91))
    with day(MINUTE, items=90, allows=60) as today:
        today.pass_time(61)
        today.store.dispatch(*(Edit(item, labels(item, add="hot").edits) for item in items))
        today.pass_time(10)
        link = today.store.state.link
        assert (link.reach, link.held) == ("paused", True)
        assert link.resumes_at is not None
        assert link.budget == (0, 60)
        assert 20 < len(today.store.state.outbox) < 60
        today.pass_time(70)
        assert not today.store.state.outbox
        assert today.wire.refused == 0
        assert today.store.state.link.reach == "online"


def test_another_host_with_the_same_key_means_a_pause_and_no_loop() -> None:
    with day(MINUTE, allows=10) as today:
        today.pass_time(20)
        today.work(60, every=5.0)
        assert today.wire.refused > 0
        assert today.wire.refused <= 5
        link = today.store.state.link
        assert link.reach in ("online", "paused")
        today.pass_time(HOUR)
        assert today.store.state.link.reach == "online"
        assert today.wire.refused <= 8


def test_a_load_that_is_larger_than_the_budget_comes_to_its_end() -> None:
    """Forty pages of three on twenty requests a minute."""
    with day(RateLimit(20, 60), items=120, allows=20) as today:
        today.pass_time(400)
        assert len(today.store.state.items) == 120
        assert today.wire.refused == 0
        assert today.store.state.link.reach == "online"


def test_newest_first_reads_what_changed_and_finds_what_is_gone() -> None:
    with day(MINUTE, capabilities=BY_CHANGE, items=30) as today:
        today.pass_time(60)
        before = len(today.wire.sent)
        today.server.edit("pat", "", today.server.items[ItemId("i9")], labels(ItemId("i9"), add="theirs").edits)
        today.pass_time(70)
        assert "theirs" in today.store.state.items[ItemId("i9")].labels
        looks = [what for _, what in today.wire.sent[before:]]
        assert "changed" in looks
        assert "page" not in looks
        today.server.delete("pat", "", today.server.items[ItemId("i4")])
        today.pass_time(300)
        assert ItemId("i4") not in today.store.state.items


def test_an_unversioned_server_counts_edits() -> None:
    with day(MINUTE, capabilities=replace(FOREIGN, versioned=False)) as today:
        today.pass_time(1)
        link = today.store.state.link
        assert link.counts == "edits"
        assert link.budget is not None
        assert link.budget[1] == 20


def test_without_a_budget_nothing_is_counted_and_the_pace_is_the_profiles() -> None:
    clock = [0.0]
    pace = Pace(5.0, lambda: clock[0])
    assert isinstance(pace.budget, NoBudget)
    assert pace.budget.left() is None
    pace.begin()
    clock[0] = 10_000.0
    assert pace.seconds() == 5.0
    assert pace.touch() is False


@given(st.floats(0.5, 600), LIMITS, st.integers(1, 100), st.booleans())
def test_the_pace_never_takes_more_than_its_share(
    poll: float, limits: list[RateLimit], cost: int, active: bool
) -> None:
    seconds = between_looks(poll, limits, cost, active=active)
    assert seconds >= poll
    for limit in limits:
        span = 86_400 / 3 if active and limit.seconds == 86_400 else limit.seconds
        if limit.seconds < 3600 or limit.seconds == 86_400:
            share = ACTIVE_SHARE if active else IDLE_SHARE
            assert cost * span / seconds <= limit.count * share * 1.0001
    if limits and not active:
        assert cost * HOUR / seconds <= IDLE_AN_HOUR * 1.0001
    assert between_looks(poll, limits, cost, active=True) <= between_looks(poll, limits, cost, active=False) * 1.0001


def test_an_open_form_looks_no_more_often_than_the_limits_bear() -> None:
    with day(MINUTE, DAY) as today:
        pace = Pace(5.0, today.loop.time, today.gate)
        seen = 0
        for second in range(0, 3600, 5):
            today.loop.now += 5
            if second % 30 == 0:
                pace.touch()
            seen += pace.may_reread()
        assert 60 < seen <= 75
    clock = [0.0]
    free = Pace(5.0, lambda: clock[0])
    assert [free.may_reread() for _ in range(3)] == [True] * 3
