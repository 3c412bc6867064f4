from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.app.driver import wall_of
from tests.app.walls import a_board, a_session, spread
from tui.app.views import FileViews, Looks, MemoryViews
from tui.domain.model import STATUS, BoardId, Member
from tui.sync.events import Opened

BOARD = BoardId("b-sales")


def test_looks_are_kept_by_profile_and_board(tmp_path: Path) -> None:
    file = tmp_path / "state" / "views.json"
    looks = Looks("-field.deal_value", (STATUS, Member("field.owner")))
    FileViews(file, "one").save(BOARD, looks)
    FileViews(file, "two").save(BOARD, Looks("name"))
    FileViews(file, "one").save(BoardId("b-two"), Looks("", ()))
    assert FileViews(file, "one").load(BOARD) == looks
    assert FileViews(file, "two").load(BOARD) == Looks("name")
    assert FileViews(file, "one").load(BoardId("b-two")) == Looks("", ())
    assert FileViews(file, "three").load(BOARD) == Looks()
    assert [path.name for path in file.parent.iterdir()] == ["views.json"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"one": 3}', '{"one": {"b-sales": {"sort": 4}}}', "\x00", '{"one": {"b-sales": []}}', "[" * 9999],
)
def test_a_file_that_holds_something_else_counts_as_empty_and_is_written_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "views.json"
    file.write_text(text)
    views = FileViews(file, "one")
    assert views.load(BOARD) == Looks()
    views.save(BOARD, Looks("name"))
    assert views.load(BOARD) == Looks("name")


def test_a_place_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    views = FileViews(tmp_path / "file" / "views.json", "one")
    views.save(BOARD, Looks("name"))
    assert views.load(BOARD) == Looks()


async def test_order_and_card_fields_come_back_on_the_next_start(tmp_path: Path) -> None:
    views = FileViews(tmp_path / "views.json", "one")
    async with wall_of(a_session(12), views=views) as wall:
        assert "sorted" not in wall.bottom
        await wall.press("S")
        await wall.type_at_once("value, highest", "enter")
        assert "sorted by Value, highest first" in wall.bottom.replace("…", "")
        await wall.press("f4")
        await wall.type_at_once("owner", "enter", "escape")
    async with wall_of(a_session(12), views=views, size=(140, 24)) as wall:
        assert wall.column("Lead").cards == ["DEAL-9", "DEAL-5", "DEAL-1"]
        assert "sorted by Value, highest first" in wall.bottom
        assert "Sam" not in wall.screen_text()
        await wall.press("S", "enter")
        assert "sorted" not in wall.bottom
    async with wall_of(a_session(12), views=views) as wall:
        assert wall.column("Lead").cards == ["DEAL-1", "DEAL-5", "DEAL-9"]


async def test_each_board_has_its_own_look_and_members_that_are_gone_are_left_out() -> None:
    views = MemoryViews()
    views.save(BoardId("b-two"), Looks("-field.deal_value", (Member("field.gone"), STATUS)))
    views.save(BOARD, Looks("field.gone"))
    async with wall_of(a_session(8), views=views) as wall:
        assert "sorted" not in wall.bottom
        board = replace(a_board("In", "Out"), id=BoardId("b-two"))
        wall.session.store.apply(Opened(board))
        wall.session.pull(*spread(6, board), first=True)
        await wall.settle()
        assert wall.column("In").cards == ["DEAL-5", "DEAL-3", "DEAL-1"]
        assert wall.app.wall.members == (STATUS,)
