from __future__ import annotations

from msgspec.structs import replace

from tests.app.dialog_kit import ALL, DEAL, Desk, DeskSession
from tests.app.driver import wall_of
from tui.api.backend import Duplicate
from tui.domain.changes import Create
from tui.domain.model import ItemId
from tui.errors import Offline


async def test_a_new_item_lands_in_the_cursors_column_with_the_cursor_on_it() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "c", *"Globex", "ctrl+s")
        change = desk.state.outbox[desk.pending].change
        assert isinstance(change, Create)
        assert (change.item.name, change.item.column_id, change.item.key) == ("Globex", "proposal", "new")
        assert change.item.is_local
        desk.accept()
        await wall.settle()
        assert wall.place == "BoardScreen"
        assert wall.cursor == "DEAL-99"
        assert "saved as DEAL-99" in wall.bottom


async def test_a_missing_name_is_asked_for() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("c", "ctrl+s")
        assert "This must be filled in." in wall.screen_text()
        assert not desk.state.outbox


async def test_a_duplicate_is_shown_before_saving() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.resembling = (Duplicate(DEAL, ("email",), 1.0),)
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        assert wall.place == "DuplicatesScreen"
        assert "DEAL-42 Acme renewal in Proposal: same email" in wall.screen_text()
        await wall.press("escape")
        assert (wall.place, wall.typed) == ("FormScreen", "Acme")
        await wall.press("ctrl+s", *"create", "enter")
        assert isinstance(desk.state.outbox[desk.pending].change, Create)


async def test_opening_the_duplicate_keeps_what_was_typed() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.resembling = (Duplicate(DEAL, ("email",), 0.83),)
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        assert "83% alike" in wall.screen_text()
        await wall.press("enter")
        assert (wall.place, wall.cursor) == ("BoardScreen", "DEAL-42")
        await wall.press("c")
        assert wall.typed == "Acme", "the draft is offered again"


async def test_an_unfinished_item_comes_back_and_says_how_to_start_afresh() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "escape")
        await wall.press("c")
        assert wall.typed == "Acme"
        assert "Ctrl-r twice throws it away and starts afresh." in wall.screen_text()
        await wall.press("ctrl+r", "ctrl+r")
        assert wall.typed == ""
        assert not desk.state.drafts


async def test_escape_gives_up_the_check_and_not_the_form() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.answers.clear()
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        assert "Looking for duplicates" in wall.screen_text()
        await wall.press("escape")
        assert (wall.place, wall.typed) == ("FormScreen", "Acme")
        session.answers.set()
        await wall.settle()
        assert not desk.state.outbox, "a late answer to a check that was given up saves nothing"


async def test_saving_again_does_not_wait_for_the_check() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.answers.clear()
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s", "ctrl+s")
        assert len(desk.state.outbox) == 1


async def test_a_check_that_fails_does_not_stop_the_save() -> None:
    desk = Desk()
    session = DeskSession(desk)
    session.problem = Offline("The server cannot be reached.")
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        assert len(desk.state.outbox) == 1
        assert any("Not checked for duplicates" in said for said in [*wall.toasts, wall.bottom])


async def test_a_server_without_the_check_is_not_asked() -> None:
    desk = Desk()
    session = DeskSession(desk, capabilities=replace(ALL, duplicates=False))
    async with wall_of(session, size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        assert len(desk.state.outbox) == 1
        assert not any(asked.startswith("duplicates") for asked in session.asked)


async def test_a_refused_new_item_can_be_mended_in_place() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("c", *"Acme", "ctrl+s")
        desk.refuse("A field is wrong.", name="taken")
        await wall.settle()
        assert "taken" in wall.screen_text()
        await wall.press("2", "ctrl+s")
        desk.accept()
        await wall.settle()
        assert desk.state.items[ItemId("i99")].name == "Acme2"


async def test_why_nothing_can_be_made_here() -> None:
    desk = Desk(board=replace(Desk().board, columns=()), items=())
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("c")
        assert "has no columns" in wall.bottom
    async with wall_of(DeskSession(Desk(), read_only=True), size=(100, 24)) as wall:
        await wall.press("c")
        assert "read-only" in wall.bottom
