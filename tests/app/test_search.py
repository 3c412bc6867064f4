from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tests.app.dialog_kit import DEAL, NOON, SALES, Desk, DeskSession, with_fields
from tests.app.driver import Wall, wall_of
from tests.app.walls import a_session
from tui.api.backend import Capabilities
from tui.app.screens import search as search_screen
from tui.app.screens.search import MOST, SearchScreen
from tui.domain.model import BoardId, Item, ItemId
from tui.errors import Offline
from tui.sync.events import Link, LinkChanged, Pulled


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


class Answering(DeskSession):
    """A session whose server finds what the test says, when the test says."""

    def __init__(self, desk: Desk, *found: Item) -> None:
        super().__init__(desk)
        self.found = found
        self.searches: list[str] = []

    async def search(self, board_id: BoardId, text: str) -> tuple[ItemId, ...]:
        assert board_id == SALES.id
        self.searches.append(text)
        await self.answers.wait()
        if self.problem:
            raise self.problem
        self.desk.store.apply(Pulled(self.found, True))
        return tuple(item.id for item in self.found)


def loading(desk: Desk) -> Desk:
    desk.store.apply(LinkChanged(Link("online", NOON, loading=(1, 1000))))
    return desk


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is asked with every key."""
    monkeypatch.setattr(search_screen, "PAUSE", 0.001)


async def said(wall: Wall, words: str) -> bool:
    """Whether words come on the screen."""
    for _ in range(200):
        await wall.settle()
        if words in wall.screen_text():
            return True
    return False


@pytest.mark.usefixtures("at_once")
async def test_while_the_board_loads_the_server_finds_what_is_not_there_yet() -> None:
    far, other = (
        replace(DEAL, id=ItemId(f"f{n}"), key=f"DEAL-9{n}", name=name) for n, name in enumerate(["Acme far", "X"])
    )
    session = Answering(loading(Desk()), far, other)
    session.answers.clear()
    async with wall_of(session, size=(100, 24)) as wall:
        await wall.press("ctrl+f", *"acme")
        assert await said(wall, "1 found; asking the server for what is still loading")
        session.answers.set()
        assert await said(wall, "2 found")
        assert "asking the server" not in wall.screen_text()
        assert re.search(r"DEAL-90  \w+  Acme far", wall.screen_text())
        assert "DEAL-91" not in wall.screen_text()  # it is filtered here again
        assert session.searches[-1] == "acme"


@pytest.mark.usefixtures("at_once")
async def test_a_server_that_cannot_be_asked_is_told_beside_what_is_known() -> None:
    session = Answering(loading(Desk()))
    session.problem = Offline("crm.example cannot be reached")
    async with wall_of(session, size=(100, 24)) as wall:
        await wall.press("ctrl+f", *"acme")
        assert await said(wall, "1 found; the server could not be asked: crm.example cannot be reached")


@pytest.mark.usefixtures("at_once")
async def test_a_server_is_not_asked_for_what_is_loaded_or_what_it_cannot_find() -> None:
    for session in (
        Answering(Desk()),
        DeskSession(loading(Desk()), capabilities=Capabilities(rename=True)),
    ):
        async with wall_of(session, size=(100, 24)) as wall:
            await wall.press("ctrl+f", *"acme")
            assert await said(wall, "1 found")
            assert "asking" not in wall.screen_text()
    session = Answering(loading(Desk()))
    async with wall_of(session, size=(100, 24)) as wall:
        await wall.press("ctrl+f", *"value>10k")  # a server's search knows words alone
        assert await said(wall, "1 found")
        assert not [text for text in session.searches if "10k" in text]
