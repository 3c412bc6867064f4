from __future__ import annotations

import random

import pytest

from tests.app.driver import wall_of
from tests.app.walls import HandSession, a_board, a_session, a_state, an_item, spread
from tui.app.widgets.wall_view import cards_that_fit, columns_that_fit


@pytest.mark.parametrize(
    ("width", "columns"), [(1, 1), (40, 1), (59, 1), (60, 3), (80, 4), (100, 5), (120, 6), (200, 10)]
)
def test_how_many_columns_fit(width: int, columns: int) -> None:
    assert columns_that_fit(width) == columns


@pytest.mark.parametrize(("height", "cards"), [(0, 1), (1, 1), (3, 1), (5, 1), (6, 2), (21, 7), (22, 7), (24, 8)])
def test_how_many_cards_fit(height: int, cards: int) -> None:
    assert cards_that_fit(height) == cards


async def test_eighty_columns_show_what_fits_and_pan() -> None:
    async with wall_of(a_session(12, "A", "B", "C", "D", "E", "F"), size=(80, 24)) as wall:
        assert wall.columns == ["A", "B", "C", "D"]
        assert wall.column("D").head.endswith("2▸")
        await wall.press("$")
        assert wall.columns == ["C", "D", "E", "F"]
        assert wall.column("C").head.strip().startswith("◂2 ")
        await wall.press("h", "h", "h", "h")
        assert wall.columns == ["B", "C", "D", "E"]


async def test_a_narrow_screen_shows_one_column_at_a_time() -> None:
    async with wall_of(a_session(12), size=(59, 20)) as wall:
        assert wall.columns == ["Lead"]
        await wall.press("l")
        assert wall.columns == ["Qualified"]
        assert wall.panes[0].size.width == 59


async def test_a_screen_too_small_for_a_board_says_so_and_comes_back() -> None:
    async with wall_of(a_session(12), size=(100, 24)) as wall:
        await wall.press("j")
        await wall.resize(39, 24)
        assert "cardwall needs 40x10; this is 39x24" in wall.screen_text()
        await wall.resize(100, 9)
        assert "this is 100x9" in wall.screen_text()
        await wall.resize(100, 24)
        await wall.press("j")
        assert wall.cursor == "DEAL-9"
        assert "┃Deal 9" in wall.screen_text()


async def test_the_cursor_stays_in_view_whatever_the_size() -> None:
    async with wall_of(a_session(80), size=(100, 30)) as wall:
        await wall.press("G", "k", "3")
        cursor = wall.cursor
        assert cursor is not None
        name = cursor.replace("DEAL-", "Deal ")
        for size in [(100, 12), (60, 40), (45, 11), (200, 50), (80, 24)]:
            await wall.resize(*size)
            assert wall.cursor == cursor
            text = wall.screen_text()
            assert f"┃{cursor} {name} " in text or f"┃{name} " in text, size


async def test_no_size_crashes_it() -> None:
    chance = random.Random(7)
    hostile = [an_item(n, "Lead", name) for n, name in enumerate(["日本語" * 9, "e\u0301\x1b[2J", "", "x" * 500], 100)]
    board = a_board("Lead", "日本 wide", "C", "D", "E", limit=2)
    async with wall_of(HandSession(a_state(board, [*spread(30, board), *hostile]))) as wall:
        for _ in range(25):
            await wall.resize(chance.randint(1, 130), chance.randint(1, 45))
            await wall.press(chance.choice(["j", "l", "G", "h", "/", "escape", "L", "k", "u", "0", "$"]))
            assert wall.cursor is None or wall.app.wall.model.lane is not None
        await wall.press("escape")
        await wall.resize(100, 24)
        assert "cardwall" in wall.status
        assert "\x1b" not in wall.screen_text()


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (12, 4), (1, 1)], ids=str)
async def test_dialogs_fit_into_small_screens(size: tuple[int, int]) -> None:
    async with wall_of(a_session(8)) as wall:
        for key in [":", "?", "S", "f4"]:
            await wall.resize(100, 24)
            await wall.press(key)
            assert wall.place != "BoardScreen"
            await wall.resize(*size)
            await wall.press("down", "pagedown", "up", "escape")
            assert wall.place == "BoardScreen"


async def test_a_tall_board_scrolls_its_last_card_into_view() -> None:
    async with wall_of(a_session(400), size=(80, 24)) as wall:
        await wall.press("G")
        assert wall.cursor == "DEAL-397"
        assert wall.column("Lead").cards[-1] == "DEAL-397"


@pytest.mark.parametrize(
    "environ",
    [{"TERM": "xterm"}, {"TERM": "linux"}, {"TERM": "xterm-256color"}, {"NO_COLOR": "1", "TERM": "xterm"}, {}],
)
async def test_any_terminal_shows_the_cursor_without_colour(environ: dict[str, str]) -> None:
    async with wall_of(a_session(8), environ=environ) as wall:
        assert "┃Deal 1 " in wall.screen_text()
        await wall.press("j")
        assert "┃Deal 5 " in wall.screen_text()
        assert "┃Deal 1 " not in wall.screen_text()


@pytest.mark.parametrize("keys", [["L"], ["x"], ["j"], [":"], ["S"], ["e"], ["/"], ["c"], ["#"], ["g", "g"], ["b"]])
async def test_no_key_acts_on_a_board_that_cannot_be_seen(keys: list[str]) -> None:
    async with wall_of(a_session(12), size=(39, 9)) as wall:
        await wall.press(*keys)
        assert wall.place == "BoardScreen"
        assert wall.screen_text().count("cardwall needs 40x10; this is 39x9") == 2  # what is so, and the answer
        assert not wall.session.store.state.outbox
        assert not wall.app.wall.is_typing
        await wall.resize(100, 24)
        assert wall.cursor == "DEAL-1"
        assert wall.marked == set()


async def test_undo_help_and_quit_work_without_a_board_to_see() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("L")
        await wall.resize(39, 9)
        await wall.press("u")
        assert "is back in Lead" in wall.screen_text()
        await wall.press("?")
        assert wall.place == "HelpScreen"
        await wall.press("escape", "q")
        assert wall.app._exit


async def test_a_head_says_that_its_column_goes_on() -> None:
    async with wall_of(a_session(80), size=(100, 24)) as wall:
        assert wall.column("Lead").head.endswith(" ↓")
        await wall.press("j")
        assert wall.column("Lead").head.endswith(" ↓")
        await wall.press("G")
        assert wall.column("Lead").head.endswith(" ↑")
        assert wall.column("Qualified").head.endswith(" ↓13")
    async with wall_of(a_session(80), size=(100, 24), ascii_only=True) as wall:
        assert wall.column("Lead").head.rstrip("|").rstrip().endswith(" v")
