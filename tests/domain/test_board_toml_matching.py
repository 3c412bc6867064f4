"""Which board a file changes: by ids, else by name, else a new one; ids of another server are left behind."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tui.domain.board_toml import dump
from tui.domain.board_toml_matching import read_board
from tui.domain.model import Board, BoardId, Column, ColumnId, Status, StatusId
from tui.errors import Invalid


def board(name: str, mark: str, **more: object) -> Board:
    columns = (
        Column(ColumnId(f"{mark}1"), "Lead", statuses=(Status(StatusId(f"{mark}s"), "Open"),)),
        Column(ColumnId(f"{mark}2"), "Won"),
    )
    return replace(Board(BoardId(mark), name, columns, prefix="DEAL", revision=3), **more)


SALES, SUPPORT = board("Sales", "a"), board("Support", "b")
KNOWN = (SALES, SUPPORT)


def ids(found: Board) -> list[str]:
    return [part for column in found.columns for part in (column.id, *(status.id for status in column.statuses))]


def test_what_was_exported_is_the_board_it_came_from() -> None:
    assert read_board(dump(SALES), KNOWN) == (SALES, SALES)


def test_ids_find_a_board_under_its_new_name() -> None:
    found, base = read_board(dump(replace(SALES, name="Deals")), KNOWN)
    assert (base, found.id, found.name, found.revision, ids(found)) == (SALES, "a", "Deals", 3, ids(SALES))


def test_without_ids_the_name_finds_it_whatever_its_case() -> None:
    text = 'name = " sAles"\n[[columns]]\nname = "lead"\nstatuses = ["open"]\n[[columns]]\nname = "New"\n'
    found, base = read_board(text, KNOWN)
    assert (base, found.id, ids(found)) == (SALES, "a", ["a1", "as", ""])


def test_a_name_nobody_has_makes_a_new_one() -> None:
    found, base = read_board('name = "Hiring"\n[[columns]]\nname = "Lead"\n', KNOWN)
    assert (base, found.id, found.revision, ids(found)) == (None, "", None, [""])


def test_a_board_of_another_server_is_new_here() -> None:
    found, base = read_board(dump(board("Hiring", "x")), KNOWN)
    assert (base, found.id, found.revision, ids(found)) == (None, "", None, ["", "", ""])


def test_a_board_of_another_server_changes_the_one_of_its_name_here() -> None:
    theirs = dump(board("sales", "x", columns=(*board("", "x").columns, Column(ColumnId("x3"), "Lost"))))
    found, base = read_board(theirs, KNOWN)
    assert (base, found.revision, ids(found)) == (SALES, 3, ["a1", "as", "a2", ""])


def test_statuses_alone_may_carry_ids_of_another_server() -> None:
    text = 'name = "Sales"\n[[columns]]\nname = "Lead"\nstatuses = [{ id = "x", name = "Open" }]\n'
    assert ids(read_board(text, KNOWN)[0]) == ["a1", "as"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "At the end: a value is missing"),
        ("[" * 2000, "a name is missing|nested too deeply"),
        ("columns = 3\n", "columns"),
        ('name = 3\n[[columns]]\nname = "A"\n', "name"),
        ('name = "x"\n[[columns]]\nid = 3\nname = "A"\n', r"columns\[1\]\.id \(line 3\): must be a text"),
        (
            'name = "Sales"\n[[columns]]\nid = "a1"\nname = "A"\n[[columns]]\nid = "zz"\nname = "B"\n',
            r"\[2\]\.id \(line 6",
        ),
        ('name = "x"\n[[columns]]\nid = "q"\nname = "A"\n[[columns]]\nid = "q"\nname = "B"\n', "is there twice"),
    ],
)
def test_mistakes_are_told_with_key_and_line(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read_board(text, KNOWN)
