from __future__ import annotations

import pytest
from textual.widgets import OptionList

from tests.app.driver import wall_of
from tests.app.walls import a_session


@pytest.mark.parametrize("key", [":", "ctrl+p", "ctrl+k"])
async def test_the_palette_runs_what_a_few_letters_find(key: str) -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(key)
        assert wall.place == "PaletteScreen"
        await wall.type_at_once("mvright")
        assert "Move to the column on the right" in wall.screen_text()
        await wall.press("enter")
        assert wall.place == "BoardScreen"
        assert "DEAL-1" in wall.column("Qualified").cards


@pytest.mark.parametrize(("typed", "place"), [("wq", 0), ("q!", 0), ("q", 0), ("w", -1), ("x", -1)])
async def test_the_palette_knows_how_one_leaves_an_editor(typed: str, place: int) -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":")
        rows = wall.app.screen.rows(typed)  # type: ignore[attr-defined]  # the palette
        assert rows[place].id == "app.quit"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rename", "item.edit"),
        ("help", "app.help"),
        ("add", "item.create_form"),
        ("remove", "item.delete"),
        ("waits sent", "outbox.open"),
    ],
)
async def test_the_palette_finds_a_command_by_another_name_and_by_what_it_does(typed: str, found: str) -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":")
        assert found in [row.id for row in wall.app.screen.rows(typed)]  # type: ignore[attr-defined]  # the palette


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("preferences", ("view.card_fields", "board.edit")),
        ("settings", ("view.card_fields", "board.edit")),
        ("theme", ("board.edit",)),
        ("add column", ("board.edit",)),
        *((word, ("item.edit",)) for word in ("assign", "owner", "comment", "tag", "note")),
        *((word, ("item.move",)) for word in ("archive", "lost")),
        ("copy", ("item.open",)),
        *((word, ("item.create_form",)) for word in ("add card", "duplicate", "add")),
        ("trash", ("item.delete",)),
        ("restore", ("history.undo",)),
        *((word, ("outbox.open",)) for word in ("drop", "discard")),
        *((word, ("profile.switch", "profile.add")) for word in ("user", "User", "login")),
        ("log out", ("profile.switch",)),
        ("history", ("history.open",)),
        ("goto", ("search.open",)),
        ("undo", ("history.undo",)),
        ("move", ("item.move_left", "item.move_right", "item.move")),
        ("what waits", ("outbox.open",)),
        ("hist", ("history.open",)),
    ],
)
async def test_the_palette_puts_whole_words_before_scattered_letters(typed: str, first: tuple[str, ...]) -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":")
        rows = wall.app.screen.rows(typed)  # type: ignore[attr-defined]  # the palette
        assert {row.id for row in rows[: len(first)]} == set(first), [row.id for row in rows]


async def test_the_palette_still_finds_scattered_letters_last() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":")
        found = [row.id for row in wall.app.screen.rows("rename")]  # type: ignore[attr-defined]  # the palette
        assert found[0] == "item.edit"
        assert wall.app.screen.rows("mvright")[0].id == "item.move_right"  # type: ignore[attr-defined]  # the palette


async def test_the_palette_opens_the_help_of_the_board() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once(":help", "enter")
        assert "Go to the next card." in wall.screen_text()


async def test_the_palette_shows_keys_and_says_what_cannot_be_run_and_why() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.type_at_once(":undo")
        text = wall.screen_text()
        assert "u z" in text
        assert "There is nothing to undo" in text
        await wall.press("enter")
        assert "There is nothing to undo" in wall.bottom


async def test_every_command_that_is_not_a_key_alone_is_in_the_palette() -> None:
    async with wall_of(a_session(12), size=(120, 60)) as wall:
        await wall.press(":")
        for command in wall.app.commands.values():
            if command.place == "board" and not command.hidden:
                rows = wall.app.screen.rows(command.title)  # type: ignore[attr-defined]  # the palette
                assert command.id in [row.id for row in rows], command.id


async def test_arrows_choose_and_escape_leaves_with_nothing() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":", "down", "down", "up", "escape")
        assert wall.place == "BoardScreen"
        assert wall.session.asked == ["start"]


async def test_the_row_under_the_cursor_is_reversed_for_terminals_without_colours() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press(":", "down")
        choices = wall.app.screen.query_one(OptionList)
        styles = [[piece.style for piece in choices.render_line(y)] for y in range(3)]
        assert [all(style and style.reverse for style in row if style) for row in styles] == [False, True, False]


async def test_help_lists_the_keys_of_the_board_and_narrows() -> None:
    async with wall_of(a_session(12), size=(100, 40)) as wall:
        await wall.press("?")
        assert "Go to the next card." in wall.screen_text()
        await wall.type_at_once("undid")
        assert "Do again what you undid last." in wall.screen_text()
        assert "Go to the next card." not in wall.screen_text()
        await wall.press("escape", "?")
        await wall.type_at_once("column right", "enter")
        assert wall.cursor == "DEAL-2"


async def test_help_has_a_row_for_every_key_that_works_on_the_board() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("?")
        rows = {row.id for row in wall.app.screen.rows("")}  # type: ignore[attr-defined]  # the help
        working = {command.id for command in wall.app.keymap.table("board").values()}
        assert working <= rows


async def test_card_fields_are_picked_up_to_three_and_cards_follow() -> None:
    async with wall_of(a_session(12), size=(120, 24)) as wall:
        assert "$1,000 · Sam" in wall.screen_text()
        await wall.press("f4")
        await wall.type_at_once("owner", "enter")
        await wall.type_at_once("status", "enter")
        await wall.press("escape")
        assert "$1,000 · Open" in wall.screen_text()
        assert "Sam" not in wall.screen_text()


async def test_a_fourth_card_field_is_refused_in_words() -> None:
    async with wall_of(a_session(12), size=(120, 24)) as wall:
        await wall.press("f4")
        await wall.type_at_once("status", "enter")
        assert "three are chosen already; take one off first" in wall.screen_text()
        await wall.press("escape")
        assert "$1,000 · Sam" in wall.screen_text()


async def test_help_explains_the_marks_and_says_when_nothing_is_found() -> None:
    async with wall_of(a_session(12), size=(100, 40)) as wall:
        await wall.press("?")
        assert "Esc closes" in wall.screen_text()
        await wall.type_at_once("conflict:")
        assert "▲   conflict: someone else" in wall.screen_text()
        await wall.type_at_once("zzz")
        assert "nothing found" in wall.screen_text()
        await wall.press("enter", "down", "end", "pagedown")
        assert wall.place == "HelpScreen"


async def test_the_help_of_a_form_begins_with_its_own_keys_and_how_to_type() -> None:
    async with wall_of(a_session(12), size=(100, 40)) as wall:
        await wall.press("e", "f1")
        text = wall.screen_text()
        places = [text.index(said) for said in ("Form", "Save what was typed", "Typing", "Ctrl-u", "Program")]
        assert places == sorted(places)
        assert "in notes: a new line" in text
        await wall.type_at_once("tab")
        assert "the next field" in wall.screen_text()
        assert "Save what was typed" not in wall.screen_text()


async def test_wrapped_help_hangs_and_the_list_ends_on_the_screen() -> None:
    async with wall_of(a_session(12), size=(48, 16)) as wall:
        await wall.press("?", "end")
        assert "Esc closes" in wall.screen_text()
        help_screen = wall.app.screen
        rows = help_screen.rows("")  # type: ignore[attr-defined]  # the help
        long = [row.text.plain.splitlines() for row in rows if row.id and "\n" in row.text.plain]
        assert long
        indent = min(18, help_screen.room // 3) + 4  # type: ignore[attr-defined]  # the help
        assert all(line.startswith(" " * indent) for row in long for line in row[1:])
        assert all(len(line) <= help_screen.room for row in long for line in row)  # type: ignore[attr-defined]


async def test_a_row_of_several_lines_has_its_sign_once() -> None:
    async with wall_of(a_session(12), size=(48, 16)) as wall:
        await wall.press("?", *"take its mark")
        lines = [line for line in wall.screen_lines() if "│" in line]
        assert sum("mark" in line for line in lines) >= 2, "the row is wrapped"
        assert sum("> " in line for line in lines) == 1


async def test_the_palette_stands_in_columns() -> None:
    async with wall_of(a_session(12), size=(120, 30)) as wall:
        await wall.press(":")
        screen = wall.app.screen
        rows = {row.id: row.text.plain for row in screen.rows("")}  # type: ignore[attr-defined]  # the palette
        help_of = wall.app.commands
        places = {rows[one].index(help_of[one].help[:12]) for one in ("filter.edit", "view.refresh", "view.sort")}
        assert len(places) == 1


async def test_no_dialog_of_an_ascii_wall_draws_anything_else() -> None:
    async with wall_of(a_session(12), ascii_only=True) as wall:
        for key in [":", "?", "S", "f4"]:
            await wall.press(key)
            assert wall.place != "BoardScreen", key
            assert {sign for sign in wall.screen_text() if not sign.isascii()} == set(), key
            await wall.press("escape", "escape")
        await wall.press("e", "f1")
        assert "Shift-Tab Up" in wall.screen_text()


async def test_hostile_text_is_shown_as_text_everywhere() -> None:
    from msgspec.structs import replace

    from tests.app.walls import HandSession, a_board, a_state, an_item
    from tui.domain.model import Column, ColumnId, Field

    evil = "[/b][@click=app.exit]x[/] \x1b]52;c;aGk=\x07\x9b31m\u202e"
    board = a_board()
    board = replace(
        board,
        name=evil,
        columns=(Column(ColumnId("c-Lead"), evil), *board.columns[1:]),
        fields=(Field("deal_value", evil, "currency", currency="USD", sum=True), Field("x", evil)),
    )
    item = replace(an_item(1, name=evil, x=evil), key=evil, labels=(evil,))
    session = HandSession(a_state(board, [item]))
    session.profile_name = evil
    async with wall_of(session, size=(100, 30)) as wall:
        for keys in (["j"], ["L"], ["u"], ["S"], ["escape", "f4"], ["escape", "/"], [*"[/b]"], ["enter", "?"]):
            await wall.press(*keys)
            text = "\n".join(strip.text for strip in wall.app.screen._compositor.render_strips())
            assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c == "\u202e" for c in text), keys
        assert wall.app.is_running
        wall.app.say(evil, "error")
        await wall.settle()
        assert all("\x1b" not in toast for toast in wall.toasts)


async def test_a_narrow_palette_keeps_titles_and_a_wide_one_uses_its_room() -> None:
    async with wall_of(a_session(12), size=(60, 30)) as wall:
        await wall.type_at_once(":move to the column")
        assert "Move to the column on the right" in wall.screen_text()
        assert "There is no column to the left" not in wall.screen_text()
        await wall.resize(160, 30)
        assert "Move the item, or the marked items, one column to the right." in wall.screen_text()
        assert "There is no column to the left of this one." in wall.screen_text()


@pytest.mark.parametrize("keys", ["m", "S", ":", "?"])
async def test_every_list_has_the_same_sign_before_the_row_under_its_cursor(keys: str) -> None:
    async with wall_of(a_session(12), size=(80, 30)) as wall:
        await wall.press(keys)
        before = [line for line in wall.screen_lines() if "│ > " in line]
        assert len(before) == 1
        await wall.press("down")
        after = [line for line in wall.screen_lines() if "│ > " in line]
        assert len(after) == 1
        assert before != after


async def test_the_help_explains_every_sign_and_finds_it_by_its_words() -> None:
    async with wall_of(a_session(12), size=(80, 40)) as wall:
        signs = {
            "conflict": "▲",
            "draft": "✎",
            "looked": "●",
            "refused": "✗",
            "saved": "⟳",
            "marked": "▪",
            "limit": "≤",
            "weighted": "≈",
            "below": "↓",
            "age": "16d",
        }
        for word, sign in signs.items():
            await wall.press("?")
            await wall.type_at_once(word)
            assert f" {sign} " in wall.screen_text(), word
            await wall.press("escape")
