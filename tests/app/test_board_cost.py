"""Costs are counted, never timed: what a key or a page makes the wall draw must not grow with the board."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from tests.app.driver import Wall, wall_of
from tests.app.walls import HandSession, a_board, a_session, a_state, an_item, spread
from tui.app import drawing
from tui.sync.events import Link, LinkChanged, Opened


@dataclass(frozen=True)
class Cost:
    lines: int
    """Lines of columns drawn."""
    cards: int
    """Cards made into strips."""


def spent(wall: Wall) -> Cost:
    return Cost(sum(pane.drawn for pane in wall.panes), wall.app.wall.cache.made)


async def cost_of(wall: Wall, *keys: str) -> Cost:
    before = spent(wall)
    await wall.press(*keys)
    after = spent(wall)
    return Cost(after.lines - before.lines, after.cards - before.cards)


async def test_moving_the_cursor_draws_one_line_of_each_of_two_cards() -> None:
    async with wall_of(a_session(40)) as wall:
        cost = await cost_of(wall, "j")
        assert cost == Cost(lines=2, cards=2)
        assert await cost_of(wall, "k") == Cost(lines=2, cards=0)


async def test_going_to_another_column_draws_two_cards_and_two_heads() -> None:
    async with wall_of(a_session(40)) as wall:
        assert (await cost_of(wall, "l")).lines == 4


async def test_a_key_that_changes_nothing_draws_nothing() -> None:
    async with wall_of(a_session(40)) as wall:
        assert await cost_of(wall, "k", "g", "g", "h", "home", "Я") == Cost(0, 0)


KEYS = ["j", "l", "L", "u", "G", "k", "ctrl+u", "pagedown", "g", "g", "x", "escape", "4", "U"]


@pytest.mark.parametrize("keys", [KEYS])
async def test_no_key_costs_more_on_a_larger_board(keys: list[str]) -> None:
    costs: list[list[Cost]] = []
    for items in (200, 4000):
        async with wall_of(a_session(items)) as wall:
            wall.app.wall.repaint_all()  # what was drawn while the board was arranged depends on the clock
            await wall.settle()
            costs.append([await cost_of(wall, key) for key in keys])
    assert costs[0] == costs[1]


async def test_a_pull_out_of_view_draws_heads_alone() -> None:
    async with wall_of(a_session(400)) as wall:
        before = spent(wall)
        wall.session.pull(*[an_item(n, "Lead") for n in range(1001, 1101)])
        await wall.settle()
        assert spent(wall) == Cost(before.lines + 1, before.cards)


async def test_a_pull_that_says_nothing_new_draws_nothing() -> None:
    async with wall_of(a_session(400)) as wall:
        before = spent(wall)
        items = wall.session.store.state.items
        wall.session.pull(*[replace(items[item_id]) for item_id in list(items)[:100]])
        wall.session.store.apply(LinkChanged(replace(wall.session.store.state.link)))
        await wall.settle()
        assert spent(wall).cards == before.cards


async def test_one_changed_card_draws_its_own_lines() -> None:
    async with wall_of(a_session(40)) as wall:
        before = spent(wall)
        wall.session.pull(replace(an_item(5), version=2, name="Renamed"))
        await wall.settle()
        assert spent(wall) == Cost(before.lines + drawing.CARD, before.cards + 1)


async def test_a_first_load_draws_what_comes_into_view_once() -> None:
    board = a_board()
    session = HandSession(a_state(None))
    async with wall_of(session) as wall:
        items = spread(4000, board)
        session.store.apply(LinkChanged(Link("online", loading=(0, 4000))))
        session.store.apply(Opened(board))
        for page in range(20):
            session.pull(*items[page * 200 : page * 200 + 200], first=True)
            session.store.apply(LinkChanged(Link("online", loading=(page * 200 + 200, 4000))))
            await wall.settle()
        session.store.apply(LinkChanged(Link("online", synced_at=session.now)))
        await wall.settle()
        screens = sum(pane.size.height for pane in wall.panes)
        assert spent(wall).lines <= 3 * screens
        assert spent(wall).cards == 4 * 7
        assert wall.head("Lead").startswith("Lead 1,000 ")


async def test_many_events_in_one_turn_are_painted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wall_of(a_session(40)) as wall:
        paints: list[int] = []
        monkeypatch.setattr(wall.app.wall, "paint", lambda: paints.append(1))
        for number in range(50, 80):
            wall.session.pull(an_item(number, "Won"))
        await wall.settle()
        assert len(paints) == 1


async def test_nothing_ticks_on_an_idle_wall() -> None:
    async with wall_of(a_session(40)) as wall:
        await wall.press("j", "/", "d", "enter", ":", "s", "escape")
        loop = asyncio.get_running_loop()
        due = [handle for handle in loop._scheduled if not handle.cancelled()]  # type: ignore[attr-defined]
        assert due == []


async def test_cards_that_scroll_back_into_view_are_not_drawn_again() -> None:
    async with wall_of(a_session(400)) as wall:
        await wall.press("pagedown", "pagedown", "pageup")
        made = spent(wall).cards
        await wall.press("pageup")
        # Only the cards that the cursor was on are new: with and without it.
        assert spent(wall).cards - made <= 2


async def test_as_many_cards_are_kept_drawn_as_two_screens_hold_however_far_one_scrolls() -> None:
    async with wall_of(a_session(4000)) as wall:
        for _ in range(30):
            await wall.press("pagedown")
        cache = wall.app.wall.cache
        assert spent(wall).cards > cache.room
        assert len(cache) == cache.room
        small = cache.room
        await wall.pilot.resize_terminal(200, 60)
        await wall.press("pagedown")
        assert cache.room > small
