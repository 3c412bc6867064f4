from __future__ import annotations

from msgspec.structs import replace
from textual import events

from tests.app.driver import wall_of
from tests.app.walls import HandSession, a_board, a_session, a_state, an_item, spread
from tui.domain.changes import Delete, Move, Set
from tui.domain.model import COLUMN, STATUS
from tui.sync.events import Accepted, Opened, Sealed
from tui.sync.outbox import Request


async def test_the_wall_is_there_from_the_first_frame() -> None:
    async with wall_of(a_session(8)) as wall:
        assert wall.columns == ["Lead", "Qualified", "Proposal", "Won"]
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5"]
        assert wall.head("Lead") == "Lead 2 $6k ≈$3k"
        assert wall.status.split() == ["cardwall", "Sales", "▾", "acme", "synced", "·", "?", "keys"]
        assert wall.cursor == "DEAL-1"
        assert "start" in wall.session.asked
    assert wall.session.asked[-1] == "close"


async def test_movement() -> None:
    async with wall_of(a_session(40)) as wall:
        for key, where in [
            ("j", "DEAL-5"),
            ("down", "DEAL-9"),
            ("k", "DEAL-5"),
            ("up", "DEAL-1"),
            ("l", "DEAL-2"),
            ("right", "DEAL-3"),
            ("h", "DEAL-2"),
            ("left", "DEAL-1"),
            ("G", "DEAL-37"),
            ("home", "DEAL-1"),
            ("end", "DEAL-37"),
            ("$", "DEAL-28"),
            ("0", "DEAL-37"),
            ("4", "DEAL-28"),
            ("1", "DEAL-37"),
            ("ctrl+u", "DEAL-25"),
            ("ctrl+d", "DEAL-37"),
            ("pageup", "DEAL-9"),
            ("pagedown", "DEAL-37"),
        ]:
            await wall.press(key)
            assert wall.cursor == where, key
        await wall.press("g")
        assert wall.cursor == "DEAL-37"
        assert wall.bottom.startswith(" g…")
        await wall.press("g")
        assert wall.cursor == "DEAL-1"


async def test_a_key_without_a_command_says_so_and_names_the_one_that_was_meant() -> None:
    async with wall_of(a_session(8), size=(80, 24)) as wall:
        for key, said in [
            ("w", "w does nothing here; ? shows the keys."),
            ("d", "d does nothing here; # deletes, ? shows the keys."),
            ("i", "i does nothing here; e edits, c makes a new card, ? shows the keys."),
            ("y", "y does nothing here; Enter y copies the key, ? shows the keys."),
            ("v", "v does nothing here; x marks, V marks the column, ? shows the keys."),
            ("f2", "F2 does nothing here; e edits, ? shows the keys."),
            ("tab", "Tab does nothing here; l goes to the next column, ? shows the keys."),
            ("ctrl+g", "Ctrl-g does nothing here; ? shows the keys."),
        ]:
            await wall.press(key)
            assert wall.bottom.strip() == said
        await wall.press("j")
        assert "nothing" not in wall.bottom
        await wall.press("left_shift")
        assert "nothing" not in wall.bottom


async def test_a_key_of_the_users_own_is_the_one_that_is_named() -> None:
    async with wall_of(a_session(8), keys={"item.delete": ["%"], "app.help": []}) as wall:
        await wall.press("d")
        assert wall.bottom.strip() == "d does nothing here; % deletes."


async def test_a_number_without_a_column_says_so() -> None:
    async with wall_of(a_session(4)) as wall:
        await wall.press("7")
        assert wall.cursor == "DEAL-1"
        assert "4 columns" in wall.bottom


async def test_moving_an_item_is_one_change_against_what_was_seen_and_the_cursor_goes_along() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("L")
        assert wall.cursor == "DEAL-1"
        assert wall.bottom.strip() == "DEAL-1 moved to Qualified."
        assert "DEAL-1" in wall.column("Qualified").cards
        assert wall.head("Lead").startswith("Lead 1 ")
        assert wall.column("Qualified").lines[1].endswith("⟳│")
        assert "↑1 pending" in wall.status
        (pending,) = wall.session.store.state.outbox.values()
        assert isinstance(pending.change, Move)
        assert pending.change.edits[COLUMN] == Set("c-Lead", "c-Qualified")
        assert pending.change.edits[STATUS] == Set("s-Lead-open", "s-Qualified-open")
        await wall.press("<")
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5"]


async def test_the_first_and_the_last_column_say_why_not() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("H")
        assert wall.bottom.strip() == "There is no column to the left of this one."
        assert not wall.session.store.state.outbox
        await wall.press("$", "L")
        assert wall.bottom.strip() == "There is no column to the right of this one."
        await wall.press("h")
        assert "no column" not in wall.bottom


async def test_a_read_only_profile_moves_nothing_and_says_why() -> None:
    async with wall_of(a_session(8, read_only=True)) as wall:
        await wall.press("L")
        assert wall.bottom.strip() == "This profile is read-only."
        assert "read-only" in wall.status
        assert not wall.session.store.state.outbox


async def test_an_empty_column_has_no_card_to_act_on() -> None:
    board = a_board("Lead", "Won")
    async with wall_of(HandSession(a_state(board, [an_item(1)]))) as wall:
        await wall.press("l")
        assert wall.cursor is None
        assert wall.column("Won").head.startswith("┃Won 0")
        assert "empty" in wall.column("Won").lines[2]
        await wall.press("L")
        assert wall.bottom.strip() == "There is no card under the cursor."
        await wall.press("j", "G", "g", "g", "x", "n")
        assert wall.cursor is None


async def test_undo_and_redo_say_what_they_did_and_go_there() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("u")
        assert "nothing to undo" in wall.bottom
        await wall.press("L", "0", "u")
        assert wall.bottom.strip() == "Undone: DEAL-1 Deal 1 is back in Lead."
        assert wall.cursor == "DEAL-1"
        assert "DEAL-1" in wall.column("Lead").cards
        await wall.press("U")
        assert wall.bottom.strip() == "Redone: DEAL-1 Deal 1 is back in Qualified."
        assert "DEAL-1" in wall.column("Qualified").cards
        await wall.press("z", "ctrl+r")
        assert wall.bottom.startswith(" Redone: ")
        await wall.press("U")
        assert "nothing to redo" in wall.bottom


async def test_marked_items_move_together_and_one_undo_takes_them_back() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("x", "x")
        assert wall.marked == {"DEAL-1", "DEAL-5"}
        assert wall.cursor == "DEAL-9"
        assert "2 marked" in wall.bottom
        assert wall.column("Lead").lines[1].startswith("▪Deal 1")
        await wall.press("L")
        assert wall.bottom.strip() == "2 items moved to Qualified.   2 marked"
        assert wall.cursor == "DEAL-1"
        assert wall.column("Lead").cards == ["DEAL-9"]
        assert set(wall.column("Qualified").cards) >= {"DEAL-1", "DEAL-5"}
        await wall.press("u")
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5", "DEAL-9"]
        assert wall.bottom.strip() == "Undone: DEAL-1, DEAL-5: back in Lead.   2 marked"
        await wall.press("escape")
        assert wall.marked == set()


async def test_marking_a_column_and_everything() -> None:
    async with wall_of(a_session(12)) as wall:
        await wall.press("V")
        assert wall.marked == {"DEAL-1", "DEAL-5", "DEAL-9"}
        await wall.press("V")
        assert wall.marked == set()
        await wall.press("*")
        assert len(wall.marked) == 12


async def test_the_users_keys_replace_the_defaults() -> None:
    async with wall_of(a_session(8), keys={"cursor.down": ["s"], "item.fly": "y"}) as wall:
        await wall.press("s")
        assert wall.cursor == "DEAL-5"
        await wall.press("j")
        assert wall.cursor == "DEAL-5"
        assert any("item.fly" in toast for toast in wall.toasts)


async def test_a_cyrillic_keyboard_moves_the_cursor() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("о")
        assert wall.cursor == "DEAL-5"


async def test_a_paste_on_the_board_is_never_commands() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.paste("LLLjq")
        assert wall.cursor == "DEAL-1"
        assert not wall.session.store.state.outbox
        assert wall.app.is_running


async def test_escape_steps_out_of_marks_then_the_filter_and_never_quits() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.type_at_once("/deal", "enter", "x")
        await wall.press("escape")
        assert (wall.marked, wall.app.wall.filter_text) == (set(), "deal")
        await wall.press("escape")
        assert wall.app.wall.filter_text == ""
        await wall.press("escape", "escape", "escape")
        assert wall.app.is_running


async def test_refresh_and_reload_ask_the_session() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("r", "R")
        assert wall.session.asked == ["start", "refresh", "reload"]


async def test_the_mouse_puts_the_cursor_on_a_card_and_the_wheel_moves_it() -> None:
    async with wall_of(a_session(16)) as wall:
        pane = wall.panes[1]
        await wall.pilot.click(pane, offset=(3, 4))
        await wall.settle()
        assert wall.cursor == "DEAL-6"
        pane.post_message(events.MouseScrollDown(pane, 1, 1, 0, 1, 0, shift=False, meta=False, ctrl=False))
        await wall.settle()
        assert wall.cursor == "DEAL-10"


async def test_ctrl_c_twice_quits_and_anything_between_forgets_the_first() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("ctrl+c")
        assert "Once more" in wall.bottom
        await wall.press("j", "ctrl+c")
        assert wall.app.is_running
        assert wall.app._exit is False
        await wall.press("ctrl+c")
        assert wall.app._exit is True


async def test_letters_of_a_form_come_between_two_ctrl_c_as_well() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("e", "ctrl+c", "x", "ctrl+c")
        assert wall.place == "FormScreen"
        assert wall.app._exit is False
        await wall.press("ctrl+c")
        assert wall.app._exit is True


async def test_a_board_that_is_not_there_yet_takes_keys_and_then_appears() -> None:
    session = HandSession(a_state(None))
    async with wall_of(session) as wall:
        await wall.press("j", "L", "S", "u", "/", "x")
        assert wall.place == "BoardScreen"
        board = a_board("Lead", "Won")
        session.store.apply(Opened(board))
        session.pull(*spread(4, board), first=True)
        await wall.settle()
        assert wall.columns == ["Lead", "Won"]
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-3"]


async def test_ascii_signs() -> None:
    async with wall_of(a_session(8), ascii_only=True) as wall:
        await wall.press("L", "x")
        assert wall.screen_text().isascii()


async def test_a_waiting_key_shows_itself_and_one_that_does_not_go_on_is_not_lost() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("g")
        assert wall.bottom.startswith(" g…")
        await wall.press("L")
        assert wall.bottom.strip() == "gL is no command."
        assert not wall.session.store.state.outbox
        await wall.press("g", "down")
        assert wall.cursor == "DEAL-5"
        await wall.press("g", "enter")
        assert wall.place == "ItemScreen"
        await wall.press("escape", "g", "escape")
        assert "no command" not in wall.bottom


async def test_a_deletion_that_is_undone_is_said_to_be_brought_back() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        item = wall.item("i-5")
        assert item is not None
        store.dispatch(Delete(item.id, item))
        await wall.press("u")
        assert wall.bottom.strip() == "Undone: DEAL-5 Deal 5 brought back."
        await wall.press("U")
        assert wall.bottom.strip() == "Redone: DEAL-5 Deal 5 deleted again."


async def test_marked_items_of_several_columns_move_one_column_each_and_the_last_stay() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("x", "l", "x", "$", "x", "L")
        assert (
            wall.bottom.strip()
            == "2 items moved one column to the right; 1 stayed, there is no column further.   3 marked"
        )


async def test_a_deletion_that_is_not_confirmed_is_told() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("#", "n")
        assert wall.bottom.strip() == "DEAL-1 not deleted."
        await wall.press("x", "x", "#", "escape")
        assert wall.bottom.strip() == "2 items not deleted.   2 marked"
        assert not wall.session.store.state.outbox


async def test_an_undo_of_what_someone_else_took_back_says_that_it_was_so_already() -> None:
    async with wall_of(a_session(8)) as wall:
        store = wall.session.store
        await wall.press("L")
        (pending,) = store.state.outbox.values()
        assert isinstance(pending.change, Move)
        store.apply(Sealed(pending.id, Request("k", an_item(1), pending.change.edits)))
        store.apply(Accepted(pending.id, replace(an_item(1, "Qualified"), version=2)))
        wall.session.pull(replace(an_item(1), version=3))
        await wall.settle()
        await wall.press("u")
        assert wall.bottom.strip() == "Already so: DEAL-1 Deal 1 is back in Lead."
        await wall.press("j", "#", "y")
        (pending,) = (one for one in store.state.outbox.values() if isinstance(one.change, Delete))
        deleted = str(pending.item_id)
        store.apply(Sealed(pending.id, Request("k", an_item(5))))
        store.apply(Accepted(pending.id, None))
        wall.session.pull(replace(an_item(int(deleted.removeprefix("i-"))), version=3))
        await wall.settle()
        await wall.press("u")
        assert wall.bottom.strip().startswith("Already so: ")
        assert wall.bottom.strip().endswith(" brought back.")


async def test_an_empty_board_says_how_an_item_is_made() -> None:
    async with wall_of(HandSession(a_state(a_board()))) as wall:
        assert "c makes an item" in wall.column("Lead").lines[2]
        assert "empty" in wall.column("Won").lines[2]
    async with wall_of(HandSession(a_state(a_board()), read_only=True)) as wall:
        assert "empty" in wall.column("Lead").lines[2]
