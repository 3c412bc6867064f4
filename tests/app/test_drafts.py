from __future__ import annotations

from tests.app.dialog_kit import DEAL, Desk, DeskSession
from tests.app.driver import wall_of


async def test_the_palette_lists_drafts_and_enter_goes_on_with_one() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *" 2027", "escape")
        assert "kept as a draft: edit the card to go on; “: drafts” lists them all" in wall.bottom
        await wall.press("c", *"Globex", "escape")
        assert "kept as a draft: a new item starts with it" in wall.bottom
        await wall.press(":", *"draft", "enter")
        assert "new item: Globex" in wall.screen_text()
        await wall.press(*"deal-42")
        assert "DEAL-42  Acme renewal 2027" in wall.screen_text()
        assert "Globex" not in wall.screen_text()
        await wall.press("enter")
        assert (wall.place, wall.typed) == ("FormScreen", "Acme renewal 2027")
        await wall.press("escape", ":", *"draft", "enter", *"globex", "enter")
        assert (wall.place, wall.typed) == ("FormScreen", "Globex")
        assert "New item on Sales" in wall.screen_text()


async def test_a_draft_of_a_deleted_item_is_found_too() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("l", "e", *"!", "escape")
        desk.remove(DEAL.id)
        await wall.settle()
        await wall.press(":", *"draft", "enter", "enter")
        assert "was deleted on the server while you changed it" in wall.screen_text()


async def test_without_a_draft_the_palette_says_why_there_is_no_list() -> None:
    async with wall_of(DeskSession(Desk()), size=(80, 24)) as wall:
        await wall.press(":", *"draft", "enter")
        assert "No form was left unsaved" in wall.bottom


async def test_a_start_says_that_a_draft_waits() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        await wall.press("c", *"Globex", "escape")
    async with wall_of(DeskSession(desk), size=(80, 24)) as wall:
        assert wall.bottom.strip() == "A draft of yours waited here: : and “drafts” finds it."
