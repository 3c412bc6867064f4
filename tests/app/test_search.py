from __future__ import annotations

import re

from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, Desk, DeskSession, with_fields
from tests.app.driver import wall_of
from tests.app.walls import a_session
from tui.app.screens.search import MOST, SearchScreen
from tui.domain.model import Item, ItemId


def many(count: int) -> tuple[Item, ...]:
    return tuple(replace(DEAL, id=ItemId(f"n{i}"), key=f"DEAL-{i + 100}", name=f"Globex {i}") for i in range(count))


async def test_words_keys_and_fields_are_found() -> None:
    other = replace(with_fields(DEAL, notes="call the umbrella company"), id=ItemId("i7"), key="DEAL-7", name="Stark")
    desk = Desk(items=(DEAL, other))
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("ctrl+f", *"acme")
        assert "1 found" in wall.screen_text()
        await wall.press("escape", "ctrl+f", *"umbrella")
        assert re.search(r"DEAL-7  \w+  Stark", wall.screen_text())
        assert "notes: call the umbrella" in wall.screen_text()
        await wall.press("enter")
        assert (wall.place, wall.cursor) == ("BoardScreen", "DEAL-7")


async def test_nothing_is_said_to_be_missing_before_something_was_looked_for() -> None:
    async with wall_of(DeskSession(Desk()), size=(100, 24)) as wall:
        await wall.press("ctrl+f")
        assert "nothing found" not in wall.screen_text()
        await wall.press(*"zzz")
        assert "nothing found" in wall.screen_text()


async def test_the_filter_language_works_and_a_mistake_is_told() -> None:
    desk = Desk()
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("ctrl+f", *"value>10k")
        assert "DEAL-42" in wall.screen_text()
        await wall.press(*" (")
        assert not re.search(r"DEAL-42  \w+  Acme", wall.screen_text())
        assert wall.place == "SearchScreen"


async def test_a_filter_that_hides_the_hit_is_cleared_and_that_is_said() -> None:
    desk = Desk(items=(DEAL, *many(3)))
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        await wall.press("/", *"globex", "enter")
        await wall.press("ctrl+f", *"acme")
        assert "hidden by the filter" in wall.screen_text()
        await wall.press("enter")
        assert wall.cursor == "DEAL-42"
        assert "so it was cleared" in wall.bottom


async def test_hits_are_bounded_and_another_word_begins_anew() -> None:
    desk = Desk(items=())
    async with wall_of(DeskSession(desk), size=(100, 24)) as wall:
        for start in range(0, 600, 200):
            desk.pull(*many(600)[start : start + 200])
        await wall.settle()
        await wall.press("ctrl+f")
        await wall.type_at_once("globex")
        screen = wall.app.screen
        assert isinstance(screen, SearchScreen)
        for _ in range(100):
            if not screen.is_looking:
                break
            await wall.settle()
        assert f"the first {MOST}" in wall.screen_text()
        await wall.type_at_once(" 599")
        for _ in range(100):
            if not screen.is_looking:
                break
            await wall.settle()
        assert "2 found" in wall.screen_text(), "by name, and by key"


async def test_before_anything_is_typed_nothing_is_said_to_be_missing() -> None:
    async with wall_of(a_session(8)) as wall:
        await wall.press("ctrl+f")
        assert "nothing found" not in wall.screen_text()
        await wall.type_at_once("qqq")
        assert "nothing found" in wall.screen_text()
