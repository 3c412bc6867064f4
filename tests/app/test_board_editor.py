from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import TextArea

from tests.app.dialog_kit import SALES, Desk, DeskSession
from tests.app.driver import Wall, key_event, wall_of
from tui.app import external_editor
from tui.app.app import WallApp
from tui.app.screens.board_editor import BoardEditor
from tui.domain.board_toml import dump
from tui.domain.model import BoardId, BoardName
from tui.errors import CardwallError, Conflict, Invalid
from tui.sync.events import BoardsListed


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    BoardEditor.kept.clear()
    yield
    BoardEditor.kept.clear()


def write(wall: Wall, text: str) -> None:
    wall.app.screen.query_one(TextArea).load_text(text)


async def test_a_board_is_changed_as_toml() -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        assert 'name = "Sales"' in wall.screen_text()
        write(wall, dump(SALES).replace('name = "Proposal"', 'name = "Offer"'))
        await wall.press("ctrl+s")
        assert wall.place == "BoardScreen"
        board, force = session.put[0]
        assert [column.name for column in board.columns] == ["Lead", "Offer", "Won", "Lost"]
        assert (board.id, board.columns[1].id, force) == (SALES.id, "proposal", False)


async def test_a_mistake_names_key_and_line_and_the_text_stays() -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        text = dump(SALES).replace('kind = "date"', 'kind = "day"')
        write(wall, text)
        await wall.press("f2")
        assert "fields[3].kind (line " in wall.screen_text()
        area = wall.app.screen.query_one(TextArea)
        assert area.text == text
        assert area.document.get_line(area.cursor_location[0]) == 'kind = "day"'
        assert not session.put
        await wall.press("escape", "B")
        assert wall.app.screen.query_one(TextArea).text == text, "closing loses nothing"


async def test_a_slip_of_writing_is_told_in_plain_words_where_it_is_until_it_is_mended() -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(120, 40)) as wall:
        await wall.press("B")
        write(wall, dump(SALES).replace('name = "Sales"', "name = Sales"))
        await wall.press("ctrl+s")
        assert "column 8: a value is missing or not one; a text stands in quotes" in wall.screen_text()
        area = wall.app.screen.query_one(TextArea)
        row, column = area.cursor_location
        assert area.document.get_line(row)[:column] == "name = ", "what is typed now stands where the mistake is"
        await wall.press('"')
        assert "a value is missing" not in wall.screen_text()


async def test_what_would_drop_data_is_asked_first() -> None:
    session = DeskSession(Desk())
    session.problem = Conflict("Column Lost holds 3 items.")
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        write(wall, dump(SALES).replace('name = "Lost"', 'name = "Gone"'))
        await wall.press("ctrl+s")
        assert "Column Lost holds 3 items. Apply it anyway?" in wall.screen_text()
        await wall.press("enter")
        assert wall.place == "BoardEditor"
        await wall.press("ctrl+s", "y")
        assert wall.place == "BoardScreen"
        assert [force for _, force in session.put] == [False, False, True]


async def test_what_the_server_refuses_is_shown() -> None:
    session = DeskSession(Desk())
    session.problem = Invalid("Two columns have one name.")
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        write(wall, dump(SALES).replace('name = "Lost"', 'name = "Gone"'))
        await wall.press("ctrl+s")
        assert wall.place == "BoardEditor"
        assert "Two columns have one name." in wall.screen_text()


async def test_switching_boards_by_typing() -> None:
    desk = Desk()
    desk.store.apply(BoardsListed((BoardName(SALES.id, "Sales"), BoardName(BoardId("b2"), "[/] Support"))))
    session = DeskSession(desk)
    async with wall_of(session, size=(100, 24)) as wall:
        await wall.press("b")
        assert "[/] Support" in wall.screen_text()
        await wall.press(*"sup", "enter")
        assert session.asked[-2:] == ["refresh", "open b2"]
        await wall.press("b", *"sal", "enter")
        assert session.asked[-1] == "refresh", "the open board is not opened again"


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """An editor that does what the test tells it: Python, with the file as `p`; nothing until it is told."""
    script = tmp_path / "editor.py"

    def does(program: str) -> None:
        script.write_text(f"import sys, pathlib\np = pathlib.Path(sys.argv[-1])\n{program}\n")

    does("")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.setattr(WallApp, "lent", lambda _: nullcontext())
    return does


async def test_the_users_own_editor_comes_first(editor: Callable[[str], None]) -> None:
    editor(
        "assert p.stat().st_mode & 0o077 == 0\n"
        "p.write_text(p.read_text().replace('name = \"Proposal\"', 'name = \"Offer\"'))"
    )
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        assert wall.place == "BoardScreen"
        assert session.put[0][0].columns[1].name == "Offer"


async def test_an_editor_that_changes_nothing_changes_nothing(editor: Callable[[str], None]) -> None:
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        assert wall.place == "BoardScreen"
        assert not session.put


async def test_an_editor_that_fails_leaves_the_text_here(editor: Callable[[str], None]) -> None:
    editor("raise SystemExit(3)")
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        assert wall.place == "BoardEditor"
        assert "ended with code 3" in wall.screen_text()
        assert 'name = "Sales"' in wall.screen_text()


async def test_the_wall_goes_on_while_the_users_editor_is_open(editor: Callable[[str], None], tmp_path: Path) -> None:
    """The editor ends once someone else's change is on the wall, so a wall that waits for it would wait for ever."""
    there, heard = tmp_path / "there", tmp_path / "heard"
    wait = f"while not pathlib.Path({str(heard)!r}).exists(): time.sleep(0.005)"
    editor(f"import time\npathlib.Path({str(there)!r}).touch()\n{wait}\np.write_text('from the editor')")
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e", "up")
        wall.app.post_message(key_event("ctrl+e"))
        while not there.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.005)
        item = next(iter(desk.state.items.values()))
        desk.pull(replace(item, name="Theirs", version=(item.version or 0) + 1))
        heard.touch()
        await wall.settle()
        assert "from the editor" in wall.screen_text()


async def test_a_long_text_in_the_users_editor(editor: Callable[[str], None]) -> None:
    editor("p.write_text(p.read_text() + '\\nfour\\n')")
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 30)) as wall:
        await wall.press("l", "e", "up", "ctrl+e", "ctrl+s")
        desk.accept()
        await wall.settle()
        assert desk.state.items[next(iter(desk.state.items))].fields["notes"] == "one\ntwo\nthree\nfour"


def test_what_a_failed_editor_wrote_is_kept_in_a_file(editor: Callable[[str], None]) -> None:
    editor("p.write_bytes(b'\\xff\\xfe')")
    app = type("App", (), {"lent": lambda _: nullcontext()})()
    with pytest.raises(CardwallError) as raised:
        asyncio.run(external_editor.edit_text(app, "before", ".md"))
    kept = Path(raised.value.message.rsplit(" ", 1)[1].rstrip("."))
    assert kept.read_bytes() == b"\xff\xfe"
    kept.unlink()


def test_no_editor_says_how_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not external_editor.has_editor({})
    assert not external_editor.has_editor({"EDITOR": "no-such-program-anywhere"})
    with pytest.raises(CardwallError, match=r"set \$EDITOR"):
        external_editor.editor_command({})
    with pytest.raises(CardwallError, match="cannot be read"):
        external_editor.editor_command({"EDITOR": '"'})


async def test_the_list_follows_what_others_make_and_offers_a_new_board() -> None:
    desk = Desk()
    desk.store.apply(BoardsListed((BoardName(SALES.id, "Sales"),)))
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("b")
        assert "Support" not in wall.screen_text()
        desk.store.apply(BoardsListed((BoardName(SALES.id, "Sales"), BoardName(BoardId("b2"), "Support"))))
        await wall.settle()
        assert "Support" in wall.screen_text()
        await wall.press("up", "down", "down", "enter")
        assert wall.place == "NewBoardScreen"


async def test_every_return_from_the_users_editor_applies_again(editor: Callable[[str], None]) -> None:
    editor("p.write_text(p.read_text().replace('kind = \"date\"', 'kind = \"day\"'))")
    session = DeskSession(Desk())
    async with wall_of(session, size=(100, 40)) as wall:
        await wall.press("B")
        assert "kind (line " in wall.screen_text()
        editor("p.write_text(p.read_text().replace('kind = \"day\"', 'kind = \"text\"'))")
        await wall.press("ctrl+e")
        assert wall.place == "BoardScreen"
        assert session.put[0][0].fields[2].kind == "text"


async def test_typing_is_taken_back_and_the_end_is_a_key_away() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk)) as wall:
        await wall.press("B")
        area = wall.app.screen.query_one(TextArea)
        whole = area.text
        await wall.press("ctrl+end", "z", "z")
        assert area.text == whole + "zz"
        await wall.press("ctrl+home", "y")
        assert area.text == "y" + whole + "zz"
        await wall.press("ctrl+underscore", "ctrl+underscore")
        assert area.text == whole


async def test_a_choice_is_not_opened_in_the_users_editor(editor: Callable[[str], None]) -> None:
    editor("p.write_text('not a choice')")
    async with wall_of(DeskSession(Desk()), size=(80, 30)) as wall:
        await wall.press("l", "e", "tab", "ctrl+e")
        assert "not a choice" not in wall.screen_text()
        assert wall.place == "FormScreen"
