"""A new board by two questions, or from there as text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import TextArea

from tests.app.dialog_kit import Desk, DeskSession
from tests.app.driver import Wall, wall_of
from tui.app.screens.board_editor import BoardEditor
from tui.errors import Invalid


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    BoardEditor.kept.clear()
    yield
    BoardEditor.kept.clear()


async def begin(wall: Wall, *answers: str) -> None:
    """From the palette, with these answers."""
    wall.app.run_command("board.new")
    await wall.settle()
    for answer in answers:
        await wall.type_at_once(answer, "enter")


async def test_a_name_and_columns_make_a_board_that_is_opened() -> None:
    session = DeskSession(Desk())
    async with wall_of(session) as wall:
        await begin(wall, "Spring", "Ideas, In work, Done")
        assert "name Spring" in wall.screen_text()
        await wall.press("enter")
        board, force = session.put[0]
        assert ([column.name for column in board.columns], force) == (["Ideas", "In work", "Done"], False)
        assert (board.id, board.name, board.columns[2].closed) == ("", "Spring", "done")
        assert "open " in session.asked[-1]
        assert "Spring is saved." in wall.bottom


async def test_the_columns_of_others_are_offered_and_narrowed_by_typing() -> None:
    session = DeskSession(Desk())
    async with wall_of(session) as wall:
        await begin(wall, "Help desk")
        assert "as for deals" in wall.screen_text()
        await wall.type_at_once("ticket", "enter")
        await wall.press("enter")
        board, _ = session.put[0]
        assert [column.name for column in board.columns] == ["New", "Open", "Waiting", "Solved"]
        assert board.field("priority")


async def test_what_is_wrong_is_said_while_it_is_typed_and_nothing_is_made() -> None:
    session = DeskSession(Desk())
    async with wall_of(session) as wall:
        await begin(wall)
        await wall.press("enter")
        assert wall.place == "NewBoardScreen"
        await wall.type_at_once("Spring", "enter")
        await wall.type_at_once("one, two, One")
        assert "it has “One” twice" in wall.screen_text()
        await wall.press("enter")
        assert "It has “One” twice." in wall.screen_text()
        assert not session.put


async def test_escape_goes_a_step_back_and_then_out() -> None:
    session = DeskSession(Desk())
    async with wall_of(session) as wall:
        await begin(wall, "Spring", "One, Two")
        await wall.press("escape")
        assert "Which columns" in wall.screen_text()
        await wall.press("escape")
        assert "What is the board called" in wall.screen_text()
        assert "Spring" in wall.screen_text(), "the name is still there, to be changed"
        await wall.press("escape")
        assert wall.place == "BoardScreen"
        assert not session.put


async def test_the_rest_can_be_changed_as_text_first() -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 50)) as wall:
        await begin(wall, "Spring", "One, Two")
        await wall.press("down", "enter")
        assert wall.place == "BoardEditor"
        text = wall.app.screen.query_one(TextArea).text
        assert 'name = "Spring"' in text
        await wall.press("ctrl+s")
        board, _ = session.put[0]
        assert ([column.name for column in board.columns], board.name) == (["One", "Two"], "Spring")
        assert "open " in session.asked[-1]


async def test_a_text_that_was_begun_is_gone_on_with() -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 50)) as wall:
        await begin(wall, "Spring", "One, Two")
        await wall.press("down", "enter", "x", "escape")
        await begin(wall)
        assert wall.place == "BoardEditor"
        assert "What you typed before is still here" in wall.screen_text()


async def test_a_server_that_refuses_is_heard_and_the_answers_stay() -> None:
    session = DeskSession(Desk())
    session.problem = Invalid("There is a board of that name.")
    async with wall_of(session) as wall:
        await begin(wall, "Spring", "One, Two")
        await wall.press("enter")
        assert "There is a board of that name." in wall.screen_text()
        assert "columns One, Two" in wall.screen_text()
        session.problem = None
        await wall.press("enter")
        assert wall.place == "BoardScreen"
        assert len(session.put) == 2
